// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace qsnap::diff {

/// Where two large values part. Paths are as PayloadReader::Leaf writes them: ".items[3].price", empty at the top.
struct FirstDifference {
  std::size_t byte = 0;  ///< counted from 0; the size of the shorter text where it is the beginning of the other
  std::string path;      ///< of the value there
  /// The smallest value outside of which both are the same: its path, and what it is on both sides (views into them).
  std::string only_path;
  std::string_view only_before;
  std::string_view only_after;
};

/// A few walks over two different texts of canonical JSON; nothing is parsed. REQUIRES: both are whole values
[[nodiscard]] FirstDifference first_difference(std::string_view before, std::string_view after);

}  // namespace qsnap::diff
