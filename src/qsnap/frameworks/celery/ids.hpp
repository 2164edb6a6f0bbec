// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

/// The ids that Celery makes: UUIDs, also inside of bodies and results. There they are noise, and what stands around
/// them is meaning.
namespace qsnap::frameworks::celery {

[[nodiscard]] bool is_uuid(std::string_view text);

/// Where in a JSON value ids are looked for.
enum class IdPlaces : std::uint8_t {
  options,   ///< task_id and the like in the `options` of signatures (objects with a `task` in front of them)
  anywhere,  ///< every string
};

/// A value with "#1", "#2", … where ids were; one id has one number.
struct WithoutIds {
  std::string json;
  std::vector<std::string> ids;
};
/// Absent if the value has such a "#1" already. REQUIRES: `json` is canonical
[[nodiscard]] std::optional<WithoutIds> take_ids(std::string_view json, IdPlaces places);
/// The inverse. Errors with `corrupt` for a number that has no id.
Result<std::string> put_ids(std::string_view json, const std::vector<std::string>& ids, IdPlaces places);

/// An array of texts as a member's value, and back.
[[nodiscard]] std::string ids_text(const std::vector<std::string>& ids);
Result<std::vector<std::string>> parse_ids(std::optional<std::string_view> json);

}  // namespace qsnap::frameworks::celery
