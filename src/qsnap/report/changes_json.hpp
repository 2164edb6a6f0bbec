// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/report/changes_report.hpp>

namespace qsnap::report {

/// The members that diff and verify share, from "before" to "unmatched_rules", into an open object. Internal to
/// report: pass the finished text through harmless_json.
void write_changes(JsonWriter& json, const diff::Changes& changes, const Sides& sides);
/// One of them.
void write_change(JsonWriter& json, const diff::Change& change);

}  // namespace qsnap::report
