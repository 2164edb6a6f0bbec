// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <qsnap/base/limits.hpp>

namespace qsnap::config {

/// How many entries of a history series stay (`keep:`). Of each period the newest entry counts; a period without any is
/// not counted. What is tagged or referred to stays whatever this says. All zero: nothing is said, and nothing is ever
/// dropped.
struct KeepRules {
  std::uint32_t last = 0;
  std::uint32_t hourly = 0;
  std::uint32_t daily = 0;
  std::uint32_t weekly = 0;  ///< ISO weeks
  std::uint32_t monthly = 0;
  std::uint32_t yearly = 0;

  friend bool operator==(const KeepRules&, const KeepRules&) = default;
};

/// `history:`
struct HistorySection {
  enum class Store : std::uint8_t {
    refs,  ///< the payload in refs/qsnap/history, a small index file in the tree
    tree,  ///< the snapshot itself in the tree
  };
  Store store = Store::refs;
};

/// `lfs:`
struct LfsSection {
  /// Packed snapshots above this go to Git LFS; 0: never.
  std::uint64_t threshold_bytes = 20 * limits::k_mib;
};

}  // namespace qsnap::config
