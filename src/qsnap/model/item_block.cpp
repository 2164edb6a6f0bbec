// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/base/cursor.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::model {

void ItemBlock::push(std::string_view item) {
  if (m_bounds.empty()) {
    m_bounds.push_back(m_bytes.size());
  }
  m_bytes += item;
  m_bounds.push_back(m_bytes.size());
}

void ItemBlock::reserve(std::size_t items, std::size_t bytes) {
  m_bounds.reserve(items + 1);
  m_bytes.reserve(bytes);
}

void ItemBlock::clear() {
  m_bytes.clear();
  m_bounds.clear();
}

std::string ItemBlock::encode() const {
  std::string out = encode_lengths();
  out += payload();
  return out;
}

std::string ItemBlock::encode_lengths() const {
  std::string out;
  out.reserve(2 * size() + 8);
  append_varint(out, size());
  for (std::size_t i = 0; i < size(); ++i) {
    append_varint(out, (*this)[i].size());
  }
  return out;
}

Result<ItemBlock> ItemBlock::decode(std::string encoded) {
  ByteCursor cursor{encoded};
  QSNAP_ASSIGN(const std::uint64_t count, cursor.varint());
  if (count > cursor.remaining()) {  // each length takes at least one byte
    return make_error(ErrorCode::corrupt, "more items than bytes");
  }
  ItemBlock block;
  block.m_bounds.reserve(count + 1);
  block.m_bounds.push_back(0);
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_ASSIGN(const std::uint64_t length, cursor.varint());
    if (length > encoded.size() - block.m_bounds.back()) {
      return make_error(ErrorCode::corrupt, "item longer than its block");
    }
    block.m_bounds.push_back(block.m_bounds.back() + length);
  }
  if (block.m_bounds.back() > cursor.remaining()) {
    return make_error(ErrorCode::corrupt, "items longer than their block");
  }
  const std::uint64_t start = encoded.size() - cursor.remaining();
  for (std::uint64_t& bound : block.m_bounds) {
    bound += start;
  }
  encoded.resize(block.m_bounds.back());
  block.m_bytes = std::move(encoded);
  return block;
}

bool operator==(const ItemBlock& a, const ItemBlock& b) {
  if (a.size() != b.size() || a.bytes() != b.bytes()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace qsnap::model
