// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/cli/command.hpp>
#include <qsnap/report/count_metrics.hpp>

namespace qsnap::cli {

/// set_action() for a command that has --metrics-file: what comes of it is added to that file, or to the one that
/// QSNAP_METRICS_FILE names, with what the action put into session.metrics(). A file that cannot be written is told on
/// standard error, and changes nothing of the answer.
void set_counted_action(Program& program, CLI::App* command, Action action);

}  // namespace qsnap::cli
