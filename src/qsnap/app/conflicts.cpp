// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/conflicts.hpp>

namespace qsnap::app {

Result<void> refuse_conflicts(const codec::SnapshotReader& snapshot) {
  if (!snapshot.has_conflicts()) {
    return {};
  }
  return make_error(ErrorCode::corrupt, "the snapshot has conflicts that nobody has resolved, so it is no state",
                    {"take another version of it from Git, or save it again"});
}

}  // namespace qsnap::app
