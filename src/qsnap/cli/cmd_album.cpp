// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/album_commands.hpp>

namespace qsnap::cli {

void add_album(Program& program) {
  CLI::App* group = add_group(program, "album", "Group related snapshots under a name");
  add_album_views(program, group);
  add_album_edits(program, group);
  add_album_members(program, group);
}

}  // namespace qsnap::cli
