// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/name.hpp>

/// Which snapshots a test run referred to. Each process appends to a file of its own,
/// <git dir>/qsnap/runs/<run id>/<host>-<process>-<random>.jsonl, a line for each event
/// (schemas/v1/run-event.schema.json), by one O_APPEND write: so runs may be parallel, and files of shards, whose hosts
/// and processes may have the same names and numbers, can be put together by copying them.
namespace qsnap::store {

/// [A-Za-z0-9][A-Za-z0-9._-]{0,99}, and no '.' at the end: it becomes a folder's name.
class RunId {
 public:
  /// Errors with `usage`.
  static Result<RunId> parse(std::string_view text);
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  explicit RunId(std::string text) : m_text(std::move(text)) {}
  std::string m_text;
};

enum class RunEventKind : std::uint8_t { asserted, loaded, saved };

struct RunEvent {
  RunEventKind kind = RunEventKind::asserted;
  SnapshotName name;
  bool held = true;  ///< of asserted
  std::string test;
  Instant at;
};

class RunLedger {
 public:
  /// `runs` is the folder of all runs. Nothing is made yet.
  RunLedger(std::filesystem::path runs, RunId id);
  /// Makes what is missing. A run that is new puts away old ones (run_list.hpp). Threads may append to one ledger.
  Result<void> append(const RunEvent& event) const;

 private:
  std::filesystem::path m_runs;
  RunId m_id;
  std::string m_file;  ///< one for each ledger, as different as processes are
};

/// All events of a run's folder, or of a file or folder that came as an artifact; in a folder, those of all *.jsonl in
/// it and below. A torn last line (its writer was killed) is left out; any other broken line is an error that names
/// file and line. Errors with not_found when there is nothing, with refused for links: what they hide would be taken
/// for never asserted.
Result<std::vector<RunEvent>> read_run_events(const std::filesystem::path& file_or_folder);

}  // namespace qsnap::store
