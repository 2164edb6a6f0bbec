// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/diff/changes.hpp>

/// Values of members for people. Internal to report; everything returned is plain bytes, not escaped.
namespace qsnap::report {

/// A JSON string without its quotes and escapes, unless it would read like another value then ("", "12", "true",
/// "[1]"); everything else as it is.
[[nodiscard]] std::string plain_value(std::string_view json);

/// "250ms", "2.5s", "5m", "1h 5m", "3d 4h"; with "~" in front when smaller units were rounded away.
[[nodiscard]] std::string rounded_duration(std::int64_t milliseconds);
/// The same with all units: "1h 5m 3s 12ms".
[[nodiscard]] std::string exact_duration(std::int64_t milliseconds);

/// Both values of a member, and the step from one to the other where that says more than they do: "1h later", "+3".
/// Durations are told in units. Different values never read the same.
struct ValueWords {
  std::string before;
  std::string after;
  std::string remark;
};
[[nodiscard]] ValueWords value_words(const diff::FieldChange& field);

/// "due 1h later" for a job whose requested delay or implied wait changed; empty for any other member.
[[nodiscard]] std::string due_words(const diff::FieldChange& field);

}  // namespace qsnap::report
