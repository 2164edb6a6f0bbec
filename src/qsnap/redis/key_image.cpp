// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/key_image.hpp>

namespace qsnap::redis {

namespace {

/// What a reader of the image holds in memory at a time, but for one larger element.
constexpr std::size_t k_part_bytes = 256 * limits::k_kib;
constexpr std::size_t k_part_items = 16384;

}  // namespace

Result<void> PartWriter::end_element() {
  return m_block.bytes() >= k_part_bytes || m_block.size() >= k_part_items ? flush() : Result<void>{};
}

Result<void> PartWriter::flush() {
  QSNAP_ASSIGN(const SpoolRef ref, m_spool.append({m_block.encode_lengths(), m_block.payload()}));
  m_parts.push_back(ref);
  if (m_block.bytes() > 2 * k_part_bytes) {  // one huge element: what comes next is small, most likely
    m_block = {};
  }
  m_block.clear();
  return {};
}

Result<std::vector<SpoolRef>> PartWriter::finish() {
  if (!m_block.empty() || m_parts.empty()) {
    QSNAP_TRY(flush());
  }
  return std::move(m_parts);
}

void KeyTable::add_scanned(std::string_view name) {
  Entry entry;
  entry.name_at = m_names.size();
  entry.name_bytes = static_cast<std::uint32_t>(name.size());
  m_names += name;
  m_entries.push_back(entry);
}

void KeyTable::sort_by_name() {
  const auto before = [&](const Entry& a, const Entry& b) { return name(a) < name(b); };
  if (!std::is_sorted(m_entries.begin(), m_entries.end(), before)) {  // they are, where nothing appeared while reading
    std::sort(m_entries.begin(), m_entries.end(), before);
  }
}

void KeyTable::seal() {
  sort_by_name();
  const auto same = [&](const Entry& a, const Entry& b) { return name(a) == name(b); };
  m_entries.erase(std::unique(m_entries.begin(), m_entries.end(), same), m_entries.end());
  m_sealed = m_entries.size();
}

std::optional<KeyTable::Index> KeyTable::find(std::string_view wanted) const {
  const auto end = m_entries.begin() + static_cast<std::ptrdiff_t>(m_sealed);
  const auto at = std::lower_bound(m_entries.begin(), end, wanted,
                                   [&](const Entry& entry, std::string_view value) { return name(entry) < value; });
  if (at != end && name(*at) == wanted) {
    return static_cast<Index>(at - m_entries.begin());
  }
  const auto late = m_late.find(wanted);
  return late == m_late.end() ? std::nullopt : std::optional{late->second};
}

KeyTable::Index KeyTable::insert(std::string_view wanted) {
  const auto known = find(wanted);
  if (known) {
    return *known;
  }
  const auto index = static_cast<Index>(m_entries.size());
  add_scanned(wanted);
  m_late.emplace(wanted, index);
  return index;
}

std::string_view KeyTable::name(const Entry& entry) const {
  return std::string_view{m_names}.substr(entry.name_at, entry.name_bytes);
}

std::string_view KeyTable::name(Index key) const {
  return name(m_entries[key]);
}

bool KeyTable::is_stream(Index key) const {
  return m_entries[key].present && m_entries[key].type == model::RedisType::stream;
}

KeyTable::Overflow& KeyTable::overflow(Entry& entry) {
  if (entry.overflow == 0) {
    m_overflow.emplace_back();
    entry.overflow = static_cast<std::uint32_t>(m_overflow.size());
  }
  return m_overflow[entry.overflow - 1];
}

void KeyTable::set_value(Index key, Value value) {
  Entry& entry = m_entries[key];
  entry.present = true;
  entry.type = value.type;
  entry.expires_at_ms = value.expires_at_ms;
  entry.first_at = value.parts.front().offset;
  entry.first_bytes = static_cast<std::uint32_t>(value.parts.front().bytes);
  if (value.parts.size() > 1 || entry.overflow != 0) {
    overflow(entry) = Overflow{{value.parts.begin() + 1, value.parts.end()}, {}};
  }
}

void KeyTable::set_absent(Index key) {
  m_entries[key].present = false;
}

void KeyTable::set_stream_state(Index key, std::vector<SpoolRef> parts) {
  overflow(m_entries[key]).state = std::move(parts);
}

void KeyTable::freeze(Instant at) {
  const auto gone = [&](const Entry& entry) { return !entry.present || entry.expires_at_ms <= to_ms(at); };
  m_entries.erase(std::remove_if(m_entries.begin(), m_entries.end(), gone), m_entries.end());
  sort_by_name();
  m_late.clear();
  m_sealed = m_entries.size();
}

std::optional<Instant> KeyTable::expires_at(Index key) const {
  const std::int64_t at = m_entries[key].expires_at_ms;
  return at == k_no_expiry ? std::nullopt : std::optional{instant_from_ms(at)};
}

std::optional<SpoolRef> KeyTable::only_part(Index key) const {
  const Entry& entry = m_entries[key];
  return entry.overflow == 0 ? std::optional{entry.first()} : std::nullopt;
}

std::vector<SpoolRef> KeyTable::parts(Index key) const {
  const Entry& entry = m_entries[key];
  if (entry.overflow == 0) {
    return {entry.first()};
  }
  const Overflow& more = m_overflow[entry.overflow - 1];
  std::vector<SpoolRef> all;
  if (!more.state.empty()) {  // meta stands in front of the entries, groups behind them
    all.push_back(more.state.front());
  }
  all.push_back(entry.first());
  all.insert(all.end(), more.rest.begin(), more.rest.end());
  if (!more.state.empty()) {
    all.insert(all.end(), more.state.begin() + 1, more.state.end());
  }
  return all;
}

std::uint64_t KeyTable::bytes(Index key) const {
  std::uint64_t sum = 0;
  for (const SpoolRef part : parts(key)) {
    sum += part.bytes;
  }
  return sum;
}

Result<model::ItemBlock> KeyImage::read_part(SpoolRef part) const {
  QSNAP_ASSIGN(std::string bytes, m_spool.read(part));
  return model::ItemBlock::decode(std::move(bytes));
}

Result<void> KeyImage::read(model::KeyId key, Direction direction, const BlockReader& reader) const {
  std::vector<SpoolRef> parts = m_table.parts(key);
  if (direction == Direction::backward) {
    std::reverse(parts.begin(), parts.end());
  }
  for (const SpoolRef part : parts) {
    QSNAP_ASSIGN(const model::ItemBlock block, read_part(part));
    QSNAP_TRY(reader(block));
  }
  return {};
}

Result<std::shared_ptr<const model::ItemBlock>> KeyImage::read_shared(model::KeyId key) const {
  const std::optional<SpoolRef> part = m_table.only_part(key);
  if (!part) {
    return Keyspace::read_shared(key);
  }
  QSNAP_ASSIGN(model::ItemBlock block, read_part(*part));
  return std::make_shared<const model::ItemBlock>(std::move(block));
}

}  // namespace qsnap::redis
