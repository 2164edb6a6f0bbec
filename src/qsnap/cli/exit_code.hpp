// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/report/exit_code.hpp>

/// The exit codes of report/exit_code.hpp, which every command uses.
namespace qsnap::cli {

using report::error_word;
using report::exit_code;
using report::k_exit_broken;
using report::k_exit_closed_pipe;
using report::k_exit_differs;
using report::k_exit_inconsistent;
using report::k_exit_internal;
using report::k_exit_interrupted;
using report::k_exit_io;
using report::k_exit_ok;
using report::k_exit_redis;
using report::k_exit_refused;
using report::k_exit_usage;

}  // namespace qsnap::cli
