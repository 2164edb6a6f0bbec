// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/model/record.hpp>

/// What went wrong, from the text that RQ keeps of it: mostly a Python traceback.
namespace qsnap::frameworks::rq {

/// The text inside bytes in a codec (frameworks/decode). Absent for bytes that are not in it, or no UTF-8 inside.
[[nodiscard]] std::optional<std::string> read_trace(std::string_view bytes, std::string_view codec);

/// `error` and `error_class`, for people and comparisons: without frames, which tell of paths and lines, and without
/// the instant that RQ puts behind its own words.
void describe_error(const std::optional<std::string>& trace, model::Fields& members);

}  // namespace qsnap::frameworks::rq
