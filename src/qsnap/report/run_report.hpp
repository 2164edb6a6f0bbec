// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/report/assert_report.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/outcome_report.hpp>
#include <qsnap/report/output.hpp>

namespace qsnap::report {

/// What `git qsnap run` says. Texts are plain bytes, and hostile.
struct RunView {
  std::string program;  ///< of the command: its first word; the others may hold secrets
  int command_exit_code = 0;
  std::optional<int> signal;  ///< that ended the command
  std::string not_started;    ///< why it could not be run; empty: it could
  bool interrupted = false;
  int exit_code = 0;  ///< of all
  std::string run_id;
  std::string baseline;  ///< as the user named it; empty: the Redis was empty
  std::uint64_t loaded_keys = 0, loaded_jobs = 0;
  std::optional<AssertView> assertion;
  std::optional<SnapshotDiff> changes;  ///< by the command, where nothing was asserted
  std::optional<ErrorView> trouble;     ///< why there is none of the two
  std::uint64_t stopped = 0;            ///< processes that the command left running
  std::vector<std::string> stopped_names;
  std::uint64_t immortal = 0;  ///< of them, those that are still there
  std::vector<std::string> notes;
};

/// How the command ended, and what became of the state; the trouble is the caller's.
[[nodiscard]] Result<std::string> run_text(const RunView& view, const FaceOptions& options);
/// What was left running; empty for nothing.
[[nodiscard]] std::string stopped_text(const RunView& view, const Style& style);
/// All of it: {"schema":"qsnap.run/1",…}, schemas/v1/run.schema.json.
[[nodiscard]] Result<std::string> run_json(const RunView& view, const FaceOptions& options);

}  // namespace qsnap::report
