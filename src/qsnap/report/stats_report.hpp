// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/report/capture_report.hpp>
#include <qsnap/report/log_report.hpp>
#include <qsnap/report/snapshot_report.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `stats`: how large snapshots are, what is in them, how they grew. Texts are plain bytes: faces escape.
/// Sums of what a document claims stop at the largest 64-bit integer.
namespace qsnap::report {

/// Payloads as the document has them, in bytes of JSON text.
struct PayloadStats {
  std::uint64_t jobs = 0;  ///< that have one
  std::uint64_t bytes = 0;
  std::uint64_t largest = 0;
  std::string largest_job;  ///< its id; empty for a job without one

  void add(const PayloadStats& other);
};

/// When jobs are due, in milliseconds from the capture on; negative: before it.
struct DueStats {
  std::uint64_t jobs = 0;
  std::uint64_t overdue = 0;  ///< due at the capture or before it
  std::int64_t earliest_ms = 0;
  std::int64_t latest_ms = 0;

  void add(const DueStats& other);
};

/// What only the jobs themselves tell.
struct JobStats {
  std::uint64_t with_error = 0;
  std::uint64_t retried = 0;  ///< at least once
  std::uint64_t retries = 0;
  PayloadStats payloads;
  DueStats due;

  void add(const JobStats& other);
};

struct QueueStats {
  QueueView queue;
  std::optional<JobStats> contents;  ///< where jobs were read

  /// What one record of the queue says. A document has one for each; of a hostile one, all are added up.
  void add(const QueueView& record);
  [[nodiscard]] std::uint64_t jobs() const;
};

/// All queues of one framework.
struct FrameworkStats {
  std::string name;
  std::uint64_t queues = 0;
  std::uint64_t jobs = 0;
};

struct SectionStats {
  model::Section section = model::Section::jobs;
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;  ///< of the document
};

/// How large a snapshot is, in bytes.
struct SizeStats {
  std::uint64_t document = 0;        ///< without compression
  std::uint64_t file = 0;            ///< as it lies in the work tree
  bool is_packed = false;            ///< else the file is in the stored form
  std::uint64_t stored = 0;          ///< in the form that the clean filter gives to Git
  std::optional<std::uint64_t> git;  ///< what the version in HEAD takes of the repository
  std::vector<SectionStats> sections;
};

/// A version in Git's history.
struct VersionStats {
  CommitView commit;
  std::string problem;  ///< why it tells no numbers: broken, deleted
  std::uint64_t jobs = 0;
  std::uint64_t document_bytes = 0;
  std::optional<std::uint64_t> git_bytes;
};

struct GrowthStats {
  std::vector<VersionStats> versions;  ///< the newest first
  std::uint64_t more = 0;              ///< older ones that were not asked for
};

struct SnapshotStats {
  std::string name;
  std::string problem;  ///< why it cannot be read; nothing else counts then
  Instant captured_at;
  bool has_conflicts = false;
  SizeStats sizes;
  std::uint64_t jobs = 0;
  std::vector<QueueStats> queues;  ///< sorted by id, each once
  bool has_contents = false;       ///< whether jobs were read
  std::optional<GrowthStats> growth;
  std::optional<CaptureView> capture;  ///< of a live state

  /// Of all queues; absent where jobs were not read.
  [[nodiscard]] std::optional<JobStats> contents() const;
  /// By name.
  [[nodiscard]] std::vector<FrameworkStats> frameworks() const;
};

/// Whether growth is also drawn: ▁▃▇.
enum class Sparklines : std::uint8_t { none, drawn };

/// A line for each snapshot and their sum; or, where jobs were read, a paragraph for each.
[[nodiscard]] std::string stats_text(std::span<const SnapshotStats> snapshots, Sparklines sparklines,
                                     const Style& style);
/// schemas/v1/stats.schema.json
[[nodiscard]] std::string stats_json(std::span<const SnapshotStats> snapshots);

/// One character for each value, from ▁ for the least to █ for the most; a gap for what is absent.
[[nodiscard]] std::string sparkline(std::span<const std::optional<std::uint64_t>> values);

}  // namespace qsnap::report
