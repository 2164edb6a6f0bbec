// SPDX-License-Identifier: Apache-2.0
#include <qsnap/base/limits.hpp>
#include <qsnap/redis/item_log.hpp>

namespace qsnap::redis {

namespace {

constexpr std::size_t k_block_bytes = 64 * limits::k_kib;
constexpr std::size_t k_block_items = 4096;

}  // namespace

Result<void> ItemLog::append(std::initializer_list<std::string_view> items) {
  if (m_last.bytes() >= k_block_bytes || m_last.size() >= k_block_items) {
    QSNAP_TRY(flush());
  }
  for (const std::string_view item : items) {
    m_last.push(item);
  }
  return {};
}

Result<void> ItemLog::flush() {
  if (!m_spool) {
    QSNAP_ASSIGN(m_spool, Spool::create());
  }
  QSNAP_ASSIGN(const SpoolRef ref, m_spool->append(m_last.encode()));
  m_blocks.push_back(ref);
  m_last.clear();
  return {};
}

Result<void> ItemLog::read(const BlockReader& reader) const {
  for (const SpoolRef& ref : m_blocks) {
    QSNAP_ASSIGN(const std::string bytes, m_spool->read(ref));
    QSNAP_ASSIGN(const model::ItemBlock block, model::ItemBlock::decode(bytes));
    QSNAP_TRY(reader(block));
  }
  return reader(m_last);
}

}  // namespace qsnap::redis
