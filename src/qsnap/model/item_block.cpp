// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/cursor.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::model {

void ItemBlock::push(std::string_view item) {
  m_bytes += item;
  m_ends.push_back(m_bytes.size());
}

void ItemBlock::clear() {
  m_bytes.clear();
  m_ends.clear();
}

std::string_view ItemBlock::operator[](std::size_t i) const {
  const std::uint64_t from = i == 0 ? 0 : m_ends[i - 1];
  return std::string_view{m_bytes}.substr(from, m_ends[i] - from);
}

std::string ItemBlock::encode() const {
  std::string out;
  out.reserve(m_bytes.size() + 2 * m_ends.size() + 8);
  append_varint(out, m_ends.size());
  for (std::size_t i = 0; i < size(); ++i) {
    append_varint(out, (*this)[i].size());
  }
  out += m_bytes;
  return out;
}

Result<ItemBlock> ItemBlock::decode(std::string_view encoded) {
  ByteCursor cursor{encoded};
  QSNAP_ASSIGN(const std::uint64_t count, cursor.varint());
  if (count > cursor.remaining()) {  // each length takes at least one byte
    return make_error(ErrorCode::corrupt, "more items than bytes");
  }
  ItemBlock block;
  block.m_ends.reserve(count);
  std::uint64_t end = 0;
  for (std::uint64_t i = 0; i < count; ++i) {
    QSNAP_ASSIGN(const std::uint64_t length, cursor.varint());
    if (length > encoded.size() - end) {
      return make_error(ErrorCode::corrupt, "item longer than its block");
    }
    end += length;
    block.m_ends.push_back(end);
  }
  QSNAP_ASSIGN(const std::string_view bytes, cursor.bytes(end));
  block.m_bytes = bytes;
  return block;
}

}  // namespace qsnap::model
