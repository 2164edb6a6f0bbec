// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/cli/command.hpp>

/// The commands of `git qsnap history`.
namespace qsnap::cli {

void add_history_list(Program& program, CLI::App* group);
void add_history_show(Program& program, CLI::App* group);
void add_history_push(Program& program, CLI::App* group);
void add_history_pull(Program& program, CLI::App* group);
void add_history_prune(Program& program, CLI::App* group);
void add_history_archive(Program& program, CLI::App* group);
void add_history_restore(Program& program, CLI::App* group);
void add_history_compact(Program& program, CLI::App* group);
void add_history_stats(Program& program, CLI::App* group);

}  // namespace qsnap::cli
