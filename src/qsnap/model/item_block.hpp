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
  void reserve(std::size_t items, std::size_t bytes);
  void clear();

  [[nodiscard]] std::size_t size() const { return m_bounds.empty() ? 0 : m_bounds.size() - 1; }
  [[nodiscard]] bool empty() const { return size() == 0; }
  /// REQUIRES: i < size()
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return {m_bytes.data() + m_bounds[i], m_bounds[i + 1] - m_bounds[i]};
  }
  /// Sum of the items' lengths.
  [[nodiscard]] std::size_t bytes() const { return m_bounds.empty() ? 0 : m_bytes.size() - m_bounds.front(); }

  /// A byte form for a Spool: the lengths, and behind them payload(), the items one after the other.
  /// decode(encode(x)) == x.
  [[nodiscard]] std::string encode() const;
  [[nodiscard]] std::string encode_lengths() const;
  [[nodiscard]] std::string_view payload() const { return std::string_view{m_bytes}.substr(m_bytes.size() - bytes()); }
  /// Keeps `encoded`: its items stay where they are.
  static Result<ItemBlock> decode(std::string encoded);

  friend bool operator==(const ItemBlock& a, const ItemBlock& b);

 private:
  std::string m_bytes;                  ///< of a decoded block, with the lengths in front of the items
  std::vector<std::uint64_t> m_bounds;  ///< in m_bytes: where the first item begins, and where each one ends
};

}  // namespace qsnap::model
