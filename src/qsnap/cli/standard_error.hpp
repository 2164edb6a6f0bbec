// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace qsnap::cli {

/// Writes to standard error, at once. Where that is closed or full there is nobody to tell, and the exit code stays
/// what it is; fmt::print throws then.
void print_to_stderr(std::string_view text);

}  // namespace qsnap::cli
