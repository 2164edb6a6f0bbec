// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/report/capture_report.hpp>

/// What every face of a comparison renders: text, side by side, JSON, Markdown, HTML, JUnit, TAP, annotations. Values
/// only; all texts in it are plain bytes, and hostile: the faces escape.
namespace qsnap::report {

/// The two sides of a comparison, as words for the reader.
struct Sides {
  std::string before;  ///< "checkout-flow", "HEAD:checkout-flow", "live"; a Redis without its password
  std::string after;
  model::Consistency before_consistency = model::Consistency::point_in_time;
  model::Consistency after_consistency = model::Consistency::point_in_time;
  std::optional<CaptureView> capture{};  ///< of the live side
  std::vector<std::string> notes{};      ///< what the comparison could not see, a sentence each
};

/// What became of one snapshot.
enum class SnapshotStatus : std::uint8_t {
  compared,    ///< both sides are there: `changes` tells what differs, which may be nothing
  added,       ///< the after side alone: `changes` has its counts, and no list
  removed,     ///< the before side alone: likewise
  unreadable,  ///< one side is broken, conflicted or an LFS pointer without its object: `trouble`
  broken,      ///< no snapshot but an invariant of a contract, which does not hold: `trouble`
};

struct SnapshotDiff {
  std::string name;  ///< "test-cases/checkout-flow"; where no name is compared, "a.qsnap → b.qsnap"
  std::string file;  ///< in the work tree, relative to the top: what annotations point at; empty for none
  SnapshotStatus status = SnapshotStatus::compared;
  Sides sides;
  diff::Changes changes;
  std::string trouble;  ///< a sentence, for `unreadable` and `broken`

  [[nodiscard]] bool is_equal() const { return status == SnapshotStatus::compared && changes.empty(); }
  /// Whether it has a sentence in place of counts and changes.
  [[nodiscard]] bool has_trouble() const {
    return status == SnapshotStatus::unreadable || status == SnapshotStatus::broken;
  }
};

/// One comparison, or all of those of a range of commits.
struct DiffReport {
  std::string range;                    ///< "origin/main...HEAD"; empty for two sides
  std::vector<SnapshotDiff> snapshots;  ///< by name; those of a range that do not differ are not among them
  std::uint64_t unchanged = 0;          ///< snapshots of a range that do not differ
  std::string program_version;          ///< "0.6.0"
  /// Of a range: rules that matched nothing in any of its snapshots. (Of two sides, `changes` has them.)
  std::vector<std::string> unmatched_rules;

  [[nodiscard]] bool is_equal() const;
  /// Whether it is of any number of snapshots, each with its name; else it is of two sides, and one.
  [[nodiscard]] bool is_set() const { return !range.empty() || snapshots.size() != 1; }
};

enum class Detail { folded, full };

}  // namespace qsnap::report
