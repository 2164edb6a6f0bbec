// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/cli/command.hpp>

/// The commands of `git qsnap album`.
namespace qsnap::cli {

/// list, show
void add_album_views(Program& program, CLI::App* group);
/// create, edit, delete
void add_album_edits(Program& program, CLI::App* group);
/// add, remove
void add_album_members(Program& program, CLI::App* group);

}  // namespace qsnap::cli
