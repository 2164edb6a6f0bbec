// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/layout/json_job.hpp>

/// One value of a JSON job as a member of its record, by one line of the table, and back.
namespace qsnap::frameworks::layout {

using IsGenerated = std::function<bool(std::string_view id)>;

/// Sets the member. False, and nothing is set, when the value has not the form of the line's kind; of a line that
/// tells what the job's place told already, when it tells something else. `json` is canonical.
[[nodiscard]] bool describe_line(const JsonMember& line, const IsGenerated& is_generated, const JobContext& job,
                                 std::string_view json, model::Record& record);

/// The canonical value that describe_line was given, absent without the member. Errors with `corrupt`.
Result<std::optional<std::string>> line_value(const JsonMember& line, const JobContext& job,
                                              const model::Record& record);

/// Whether the value follows from the job's place, so that no member says that it is there.
[[nodiscard]] bool is_implied(const JsonMember& line, const JobContext& job);

}  // namespace qsnap::frameworks::layout
