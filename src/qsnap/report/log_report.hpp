// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `log` and `blame`: what commits did to a snapshot, and to one job of it.
namespace qsnap::report {

struct CommitView {
  std::string id;
  std::string short_id;
  std::string author;
  std::string subject;
  Instant at;
};

/// How a version differs from the one before it.
enum class VersionChange : std::uint8_t {
  created,
  changed,
  same_meaning,   ///< other times, generated ids or metadata alone
  same_document,  ///< stored in another form, or only renamed
  deleted,
  unknown,  ///< one of the two cannot be read
};
[[nodiscard]] std::string_view to_text(VersionChange change);

struct LoggedVersion {
  CommitView commit;
  VersionChange change = VersionChange::changed;
  std::string renamed_from;  ///< path; empty where it was not
  std::string problem;       ///< why this version cannot be read; empty where it can
  std::uint64_t jobs = 0;
  std::map<std::string, diff::QueueCounts> queues;  ///< by id; nothing in `before` where there is no version before
};

struct LogView {
  std::string name;
  std::vector<LoggedVersion> versions;  ///< the newest first
  std::uint64_t more = 0;               ///< older ones that were not asked for
};
[[nodiscard]] std::string log_text(const LogView& view, const Style& style);
[[nodiscard]] std::string log_json(const LogView& view);

/// One thing that a commit did to the job.
struct BlameStep {
  CommitView commit;
  diff::Change change;
};
struct BlameView {
  std::string name;
  std::string id;  ///< of the job, as it is called in the newest version that has it
  std::string job_name;
  diff::Place place;
  std::optional<std::size_t> since;  ///< the step that brought it into its queue and state
  std::vector<BlameStep> steps;      ///< the newest first
  std::string note;                  ///< why the trail ends before the job's creation; empty where it does not
};
[[nodiscard]] std::string blame_text(const BlameView& view, const Style& style);
[[nodiscard]] std::string blame_json(const BlameView& view);

}  // namespace qsnap::report
