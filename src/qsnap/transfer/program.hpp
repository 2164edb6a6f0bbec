// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qsnap::transfer {

/// git-qsnap-lfs, which git-lfs starts:
///   git-qsnap-lfs agent --store PLACE [--url ENDPOINT] [--rsh PROGRAM]
/// Standard output belongs to git-lfs. QSNAP_LFS_VERIFY=1: chunks that a store has are read before they are believed.
int run(int argc, char** argv, char** environment);

}  // namespace qsnap::transfer
