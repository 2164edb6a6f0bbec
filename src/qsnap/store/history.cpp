// SPDX-License-Identifier: Apache-2.0
#include <qsnap/store/history.hpp>

namespace qsnap::store {

Result<std::optional<codec::SnapshotReader>> find_in_history(const git::Repository& /*repository*/,
                                                             const SnapshotName& /*name*/, const SetName& /*set*/) {
  return std::optional<codec::SnapshotReader>{};
}

}  // namespace qsnap::store
