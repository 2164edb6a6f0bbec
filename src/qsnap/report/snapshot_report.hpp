// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/report/capture_report.hpp>
#include <qsnap/report/set_owner.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `show` and `list`.
namespace qsnap::report {

struct StateJobs {
  std::string state;
  std::uint64_t jobs = 0;
};

struct QueueView {
  std::string queue;  ///< full id
  bool paused = false;
  std::vector<StateJobs> states;
};

/// What a snapshot is about, without its jobs.
struct SnapshotView {
  std::string name;
  model::Metadata metadata;
  std::vector<QueueView> queues;
  std::uint64_t jobs = 0;
  std::uint64_t keys = 0;  ///< records of verbatim keys
  std::uint64_t file_bytes = 0;
  std::uint64_t raw_bytes = 0;
  std::string fingerprint;  ///< 32 raw bytes
  std::optional<SetOwner> owner;
  std::optional<CaptureView> capture;  ///< of a live state
};

/// One job of `show`. Texts are plain bytes.
struct JobRow {
  std::string queue;
  std::string state;
  std::string id;
  std::string name;
  std::string payload;  ///< JSON text; empty for a job without one
  std::optional<std::uint64_t> retry_count;
  std::string error;
  std::optional<Instant> due_at;
};

/// Metadata, and the counts of each queue as bars (as numbers alone where the width does not allow bars).
[[nodiscard]] std::string snapshot_text(const SnapshotView& view, const Style& style);
/// Queue and state of jobs that are printed already; both empty: none.
struct JobHeading {
  std::string queue;
  std::string state;
};

/// Aligned rows under a heading for each queue and each of its states, but for the heading that stands `above`
/// already. What does not fit is cut with "…". `total` is how many there are: when `jobs` are fewer, the last line says
/// so.
[[nodiscard]] std::string jobs_text(std::span<const JobRow> jobs, std::uint64_t total, JobHeading above,
                                    const Style& style);
/// One element of the member "jobs" of `show --json`, for writing them one by one.
[[nodiscard]] std::string job_json(const JobRow& row);
/// Both in one document; schemas/v1/show.schema.json. Without `jobs`, the member is left out.
[[nodiscard]] std::string snapshot_json(const SnapshotView& view, const std::optional<std::vector<JobRow>>& jobs);

/// A line of `list`: a snapshot, or why it cannot be opened.
struct ListedSnapshot {
  std::string name;
  std::optional<SnapshotView> view;
  std::string problem;  ///< empty when there is a view
  std::optional<SetOwner> owner;
  bool in_conflict = false;
};
/// `pattern` is what was asked for; empty: everything.
[[nodiscard]] std::string list_text(std::span<const ListedSnapshot> snapshots, std::string_view pattern,
                                    const Style& style);
[[nodiscard]] std::string list_json(std::span<const ListedSnapshot> snapshots);

}  // namespace qsnap::report
