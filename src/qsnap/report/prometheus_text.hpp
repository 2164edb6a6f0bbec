// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

/// What the pages of Prometheus share. Internal to report.
namespace qsnap::report {

/// Whether '%' in a text is %25 already: in the id of a queue it is.
enum class Percent : std::uint8_t { escaped, plain };

/// A label's text between its quotes. Different texts stay different: two series of one name and equal labels are an
/// error of the whole page.
[[nodiscard]] std::string label_text(std::string_view text, Percent percent);

/// Milliseconds as decimal seconds, exactly.
[[nodiscard]] std::string seconds(std::int64_t ms);

}  // namespace qsnap::report
