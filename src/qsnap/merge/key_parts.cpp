// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/key_parts.hpp>

namespace qsnap::merge {

KeyReader::KeyReader(const model::RecordSource& source, const model::PayloadReader& payloads)
    : m_source(source), m_payloads(payloads) {
  std::uint32_t first = 0;
  const auto chunks = source.chunks();
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    if (chunks[i].section == model::Section::keys && chunks[i].records > 0) {
      const auto records = static_cast<std::uint32_t>(chunks[i].records);
      m_chunks.push_back({i, first, records});
      first += records;
    }
  }
}

Result<std::optional<model::Record>> KeyReader::record_at(std::uint32_t ordinal) {
  const auto behind = std::upper_bound(m_chunks.begin(), m_chunks.end(), ordinal,
                                       [](std::uint32_t value, const Chunk& chunk) { return value < chunk.first; });
  if (behind == m_chunks.begin() || ordinal - (behind - 1)->first >= (behind - 1)->records) {
    return std::optional<model::Record>{};
  }
  const auto at = static_cast<std::size_t>(behind - 1 - m_chunks.begin());
  if (m_open != at) {
    m_lines.clear();
    QSNAP_TRY(m_source.read_chunk(m_chunks[at].index, [&](const model::Chunk& chunk) -> Result<void> {
      m_lines.assign(chunk.lines.begin(), chunk.lines.end());
      return {};
    }));
    m_open = at;
  }
  const std::size_t line = ordinal - m_chunks[at].first;
  if (line >= m_lines.size()) {
    return make_error(ErrorCode::corrupt, "a chunk changed while it was merged");
  }
  QSNAP_ASSIGN(model::Record record, m_source.parse(model::Section::keys, m_lines[line]));
  return std::optional{std::move(record)};
}

Result<void> KeyReader::for_each_part(std::uint32_t first, const PartReader& reader) {
  std::optional<std::string> name;
  for (std::uint32_t ordinal = first;; ++ordinal) {
    QSNAP_ASSIGN(std::optional<model::Record> part, record_at(ordinal));
    if (!part || (name && key_name(*part, m_payloads) != *name)) {
      return {};
    }
    if (!name) {
      name = key_name(*part, m_payloads);
    }
    QSNAP_TRY(reader(*std::move(part)));
  }
}

Result<std::optional<KeyParts>> KeyReader::read(std::uint32_t first, std::uint64_t most) {
  KeyParts parts;
  std::uint64_t bytes = 0;
  QSNAP_TRY(for_each_part(first, [&](model::Record part) -> Result<void> {
    bytes += part.fields.find("items").value_or("").size();
    if (bytes <= most) {
      parts.push_back(std::move(part));
    }
    return {};
  }));
  return bytes <= most ? std::optional{std::move(parts)} : std::nullopt;
}

std::string key_name(const model::Record& part, const model::PayloadReader& payloads) {
  return diff::plain_member(part, "key", payloads);
}

}  // namespace qsnap::merge
