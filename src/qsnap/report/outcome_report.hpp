// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/capture_report.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/set_owner.hpp>
#include <qsnap/report/style.hpp>

/// What the commands say when they are done. Small values in, one text or one JSON document out. Everywhere in
/// report: texts end with a newline, JSON does not; both are free of what could command a terminal (law 6). The JSON
/// is described by schemas/v1/<command>.schema.json.
namespace qsnap::report {

struct SaveView {
  std::string name;
  std::string path;
  bool written = true;
  std::string reason;   ///< created, changed, metadata-changed, refreshed, same-meaning, inherited
  Instant captured_at;  ///< of the snapshot that is now in the tree
  std::uint64_t jobs = 0;
  std::uint64_t queues = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t raw_bytes = 0;
  std::string fingerprint;  ///< 32 raw bytes
  bool in_lfs = false;      ///< the file is a pointer of Git LFS
  std::string ref;          ///< of a dated capture: where it is, and `path` is its index file; empty: in `path`
  std::optional<SetOwner> owner;
  CaptureView capture;
  std::vector<std::string> notes;  ///< what is kept but could not be explained
};
/// " (in Git LFS: 24 MiB)", to stand behind a path; empty for one in Git.
[[nodiscard]] std::string storage_words(const SaveView& view);
/// Why nothing was written.
[[nodiscard]] std::string unwritten_text(const SaveView& view, const Style& style);
[[nodiscard]] std::string save_text(const SaveView& view, const Style& style);
[[nodiscard]] std::string save_json(const SaveView& view);

struct InitView {
  std::string folder;
  std::vector<std::string> created;  ///< relative to the work tree
};
[[nodiscard]] std::string init_text(const InitView& view, const Style& style);
[[nodiscard]] std::string init_json(const InitView& view);

/// Something wrong with one snapshot. `where` may be empty: the file as a whole.
struct FindingView {
  std::string where;
  std::string what;
  bool is_note = false;  ///< nothing wrong with the snapshot
};
/// What puts a state right, and whether it was done.
struct FixView {
  std::vector<FindingView> steps;
  bool written = false;
};
struct CheckedSnapshot {
  std::string name;
  std::vector<FindingView> findings;  ///< with a fix: those that stay
  std::optional<FixView> fix = std::nullopt;

  /// As it lies in the tree now.
  [[nodiscard]] bool sound() const { return faults() == 0 && (!fix || fix->written || fix->steps.empty()); }
  /// Findings that are no notes.
  [[nodiscard]] std::uint64_t faults() const;
};
[[nodiscard]] std::string fsck_text(std::span<const CheckedSnapshot> snapshots, const Style& style);
[[nodiscard]] std::string fsck_json(std::span<const CheckedSnapshot> snapshots);

/// The last line of verify, below the changes as text: whether the live state is what the snapshot says.
[[nodiscard]] std::string verify_verdict(const SnapshotDiff& diff, const Style& style);
/// The JSON of diff with the member "ok", under the name qsnap.verify/1.
Result<void> write_verify_json(const SnapshotDiff& diff, const std::optional<SetOwner>& owner, const Output& out);

struct ErrorView {
  std::string code;  ///< "not-found"
  int exit_code = 70;
  std::string message;
  std::vector<std::string> hints;
};
[[nodiscard]] std::string error_text(const ErrorView& error, const Style& style);
[[nodiscard]] std::string error_json(const ErrorView& error);

}  // namespace qsnap::report
