// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/report/style.hpp>

/// What `search` and `grep` have in common. Internal to report; texts are escaped.
namespace qsnap::report {

/// "payload.reason: the card was «declined»", in the width that is left behind `indent`; with a newline.
[[nodiscard]] std::string found_line(const FoundText& text, int indent, const Style& style);

/// "job 17  send-welcome  bullmq:bull:mail failed", and a line for each of its texts.
[[nodiscard]] std::string record_lines(const FoundRecord& record, const Style& style);
/// How many records were left out.
[[nodiscard]] std::string more_line(const MoreRecords& more, const Style& style);
/// A line for each snapshot that could not be searched.
[[nodiscard]] std::string problem_lines(const std::vector<SearchProblem>& problems, const Style& style);

/// A member "problems", an array.
void write_problems(JsonWriter& json, const std::vector<SearchProblem>& problems);
/// A record as an element of an array.
void write_found_record(JsonWriter& json, const FoundRecord& record);
/// An element of an array.
void write_found_text(JsonWriter& json, const FoundText& text);

}  // namespace qsnap::report
