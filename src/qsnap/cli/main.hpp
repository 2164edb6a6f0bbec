// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace qsnap::cli {

/// The whole program: parses the command line, runs one command, prints, and returns the documented exit code.
int run(int argc, char** argv);

}  // namespace qsnap::cli
