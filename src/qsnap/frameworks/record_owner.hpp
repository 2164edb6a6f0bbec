// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/model/record.hpp>

/// Which adapter, in which namespace, rebuilds a record. A capture's proof and a load must agree on that, so both
/// ask here.
namespace qsnap::frameworks {

/// The member that tells it, as JSON text: "queue", else "framework". Absent if there is neither.
[[nodiscard]] std::optional<std::string_view> owner_member(const model::Record& record);

/// "bullmq:bull" of "bullmq:bull:mail" and of "bullmq:bull" itself, given as JSON. The namespace stays escaped, so
/// that equal owners are equal texts. Absent for any other text.
[[nodiscard]] std::optional<std::string> owner_of(std::string_view member_json);

/// The owner text of what an adapter found.
[[nodiscard]] std::string owner_text(std::string_view framework, std::string_view name_space);

struct Owner {
  std::string framework;
  std::string name_space;  ///< bytes, not escaped
};
/// REQUIRES: `text` is an owner text
[[nodiscard]] Owner parse_owner(std::string_view text);

}  // namespace qsnap::frameworks
