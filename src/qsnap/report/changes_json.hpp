// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/report/diff_report.hpp>

/// Changes as JSON: what the documents of diff, verify and blame share. Internal to report: pass the finished text
/// through harmless_json.
namespace qsnap::report {

/// One change, as an object.
void write_change(JsonWriter& json, const diff::Change& change);
/// Its members, into an open object.
void write_change_members(JsonWriter& json, const diff::Change& change);

/// The members "before" to "equal", into an open object.
void write_sides(JsonWriter& json, const SnapshotDiff& diff);
/// The members "queues" to "unmatched_rules"; "aliases" and "notes" where there are any.
void write_counts_and_rules(JsonWriter& json, const SnapshotDiff& diff);

/// One difference that was left out, as members of an open object.
void write_ignored_members(JsonWriter& json, const diff::IgnoredDifference& ignored);

}  // namespace qsnap::report
