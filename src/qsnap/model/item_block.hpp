// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

namespace qsnap::model {

/// A list of byte strings in two allocations: what a Redis reply or a part of a key's value is made of.
/// Views stay valid until the block changes.
class ItemBlock {
 public:
  void push(std::string_view item);
  void clear();

  [[nodiscard]] std::size_t size() const { return m_ends.size(); }
  [[nodiscard]] bool empty() const { return m_ends.empty(); }
  /// REQUIRES: i < size()
  [[nodiscard]] std::string_view operator[](std::size_t i) const;
  /// Sum of the items' lengths.
  [[nodiscard]] std::size_t bytes() const { return m_bytes.size(); }

  /// A byte form for a Spool; decode(encode(x)) == x.
  [[nodiscard]] std::string encode() const;
  static Result<ItemBlock> decode(std::string_view encoded);

  friend bool operator==(const ItemBlock&, const ItemBlock&) = default;

 private:
  std::string m_bytes;
  std::vector<std::uint64_t> m_ends;  ///< where each item ends in m_bytes
};

}  // namespace qsnap::model
