// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/error.hpp>

/// How a program tells what became of its work: the exit codes of the command line, which are the statuses of libqsnap
/// (include/qsnap/qsnap.h), too. A documented contract: git-qsnap(1) and each help text repeat them.
namespace qsnap::report {

inline constexpr int k_exit_ok = 0;
inline constexpr int k_exit_differs = 1;       ///< differences, or the snapshot to verify is not there
inline constexpr int k_exit_usage = 2;         ///< command line, config.yaml, unknown NAME
inline constexpr int k_exit_redis = 3;         ///< unreachable, not authorised, time-out
inline constexpr int k_exit_inconsistent = 4;  ///< no point-in-time state could be had
inline constexpr int k_exit_broken = 5;        ///< broken or conflicted snapshot, unknown format, fsck findings
inline constexpr int k_exit_refused = 6;       ///< refused for safety
inline constexpr int k_exit_io = 7;            ///< disk full, read-only, denied
inline constexpr int k_exit_internal = 70;     ///< a bug of ours
inline constexpr int k_exit_interrupted = 130;
inline constexpr int k_exit_closed_pipe = 141;  ///< nobody reads any more, as a shell tells of git's programs

[[nodiscard]] int exit_code(ErrorCode code);
/// The word for a code in --json.
[[nodiscard]] const char* error_word(ErrorCode code);

}  // namespace qsnap::report
