// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

/// A look at single members of a job's JSON without parsing all of it. Linear, without recursion or allocation, for
/// bytes nobody has checked: on well-formed JSON without repeated names it tells the truth, on anything else it may
/// tell anything. So what it tells may sort and classify jobs, but never says what a job is.
namespace qsnap::frameworks {

/// The raw text of one member of the object `json`. Absent if there is none, or if `json` is no object.
[[nodiscard]] std::optional<std::string_view> peek_member(std::string_view json, std::string_view name);

/// The text of a member that is a JSON string.
[[nodiscard]] std::optional<std::string> peek_text(std::string_view json, std::string_view name);

/// Whether raw JSON text, as peek_member hands it out, is a string.
[[nodiscard]] bool is_json_string(std::string_view json);

}  // namespace qsnap::frameworks
