// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What Git starts for each file: textconv, clean, and the long-running filter process. Nothing that is slow to start
/// may be in here: no libgit2, no TLS, no EVP (libcrypto's fetching of algorithms).
namespace qsnap::driver {

/// The whole program. Exit codes are what Git understands: textconv always answers 0 (anything else would end the
/// user's `git diff`), a filter 0 or 1, usage 129.
int run(int argc, char** argv);

}  // namespace qsnap::driver
