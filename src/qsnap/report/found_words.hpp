// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/report/style.hpp>

/// What `search` and `grep` have in common. Internal to report; texts are escaped.
namespace qsnap::report {

/// "job 17  send-welcome  bullmq:bull:mail failed"
[[nodiscard]] std::string record_heading(const FoundRecord& record, const Style& style);
/// "payload.reason: the card was «declined»", in the width that is left behind `indent`; with a newline.
[[nodiscard]] std::string found_line(const FoundText& text, int indent, const Style& style);

/// A record as an element of an array.
void write_found_record(JsonWriter& json, const FoundRecord& record);
/// An element of an array.
void write_found_text(JsonWriter& json, const FoundText& text);

}  // namespace qsnap::report
