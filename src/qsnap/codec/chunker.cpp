// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/chunker.hpp>
#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>

namespace qsnap::codec {

namespace {

constexpr unsigned k_target_bits = 17;  // 128 KiB
/// Most chunks are shorter than this, and memory that is not touched costs nothing.
constexpr std::size_t k_usual_bytes = 256 * limits::k_kib;
constexpr std::size_t k_around = 32;  // of a record: brackets, the name "volatile"

/// The bytes of a member that is a name, for the index.
std::string index_name(const model::Record& record, std::string_view member) {
  const auto json = record.fields.find(member);
  std::string name = json ? json_to_bytes(*json).value_or("") : "";
  return name.size() <= k_index_text_bytes ? name : "";
}

Result<void> check_chunk(const ChunkEntry& chunk, std::string_view last_key) {
  const std::size_t limit = chunk.records == 1 ? limits::k_record_bytes : limits::k_chunk_bytes;
  if (chunk.raw_bytes <= limit) {
    return {};
  }
  const std::string what =
      chunk.records == 0 ? "the metadata" : fmt::format("the record with key {}", index_key(last_key));
  return make_error(ErrorCode::limit_exceeded,
                    fmt::format("{} takes {} bytes, over the limit of {}", what, chunk.raw_bytes, limit));
}

}  // namespace

bool ends_chunk(std::string_view record_key, std::uint64_t line_bytes) {
  // h / 2^64 < n / 2^17 is h < n * 2^47, and n * 2^47 fits in 64 bits while n < 2^17.
  return line_bytes >> k_target_bits != 0 || xxh3(record_key) < line_bytes << (64 - k_target_bits);
}

Result<void> Chunker::begin(const model::Metadata& metadata, std::span<const model::Conflict> conflicts) {
  m_text = head_text(metadata);
  if (!conflicts.empty()) {
    QSNAP_TRY(enter(ChunkKind::conflicts));
  }
  for (const model::Conflict& conflict : conflicts) {
    QSNAP_TRY(add_conflict(conflict));
  }
  return enter(ChunkKind::config);
}

Result<void> Chunker::enter(ChunkKind kind) {
  const ChunkKind previous = m_chunk.kind;
  if (m_chunk.records > 0) {
    m_text += k_behind_last_record;
  }
  QSNAP_TRY(flush());
  m_chunk.kind = kind;
  if (kind != ChunkKind::tail) {
    m_text = opening_text(previous, kind);
  }
  return {};
}

/// The separator behind a line counts, whether a comma comes or not: a chunk must not depend on what comes behind it.
bool Chunker::has_room_for(std::size_t line_bytes) const {
  return m_text.size() + line_bytes + k_between_records.size() <= limits::k_chunk_bytes;
}

/// What stands between the line before and one of at least `least_bytes`: a separator, perhaps the end of a chunk.
Result<void> Chunker::separate_from_last(std::size_t least_bytes) {
  if (m_chunk.records == 0) {
    return {};
  }
  m_text += k_between_records;
  return m_cut_due || !has_room_for(least_bytes) ? flush() : Result<void>{};
}

/// The line that begins there was put behind the others: one that has no room with them opens the next chunk. Answers
/// where it begins now.
Result<std::size_t> Chunker::keep_in_bounds(std::size_t line_begin) {
  if (m_chunk.records == 0 || has_room_for(0)) {
    return line_begin;
  }
  std::string line = m_text.substr(line_begin);
  m_text.resize(line_begin);
  QSNAP_TRY(flush());
  m_text = std::move(line);
  return 0;
}

/// Puts the record's line at the end of the chunk in which it belongs, and tells where it begins. Printed in place: a
/// line may be as long as a record.
Result<std::size_t> Chunker::append_line(const model::Record& record) {
  QSNAP_TRY(separate_from_last(least_line_bytes(record)));
  const std::size_t at = m_text.size();
  m_text.reserve(at + least_line_bytes(record) + k_around);
  append_record(m_text, record);
  return keep_in_bounds(at);
}

Result<void> Chunker::add_conflict(const model::Conflict& conflict) {
  const std::string line = format_conflict(conflict);
  QSNAP_TRY(separate_from_last(line.size()));
  m_text += line;
  return end_line(line, line);
}

Result<void> Chunker::end_line(std::string key, std::string_view line) {
  if (line.find('\n') != std::string_view::npos) {
    return make_error(ErrorCode::internal, "a record is more than one line");
  }
  ++m_chunk.records;
  m_last_key = std::move(key);
  m_cut_due = ends_chunk(m_last_key, line.size());
  return {};
}

Result<void> Chunker::add(const model::Record& record) {
  const ChunkKind kind = kind_of(record.section);
  if (kind < m_chunk.kind) {
    return make_error(ErrorCode::internal,
                      fmt::format("a record of section {} comes too late", to_text(record.section)));
  }
  while (m_chunk.kind != kind) {
    QSNAP_TRY(enter(static_cast<ChunkKind>(static_cast<int>(m_chunk.kind) + 1)));
  }
  QSNAP_TRY(m_fingerprint.add(record));
  QSNAP_ASSIGN(const std::size_t at, append_line(record));
  if (m_chunk.records == 0) {
    m_chunk.queue = index_name(record, "queue");
    m_chunk.state = index_name(record, "state");
  }
  const std::string_view line = std::string_view{m_text}.substr(at);
  return end_line(record_key(record, line), line);
}

Result<void> Chunker::flush() {
  m_chunk.raw_bytes = m_text.size();
  QSNAP_TRY(check_chunk(m_chunk, m_last_key));
  m_chunk.last_key = m_chunk.records > 0 ? index_key(m_last_key) : "";
  m_checksum.update(m_text);
  m_totals.raw_bytes += m_chunk.raw_bytes;
  m_totals.records += m_chunk.records;
  ChunkEntry done;
  done.kind = m_chunk.kind;
  std::swap(done, m_chunk);
  m_cut_due = false;
  std::string text;
  text.reserve(k_usual_bytes);
  std::swap(text, m_text);
  return m_sink(std::move(done), std::move(text));
}

Result<Chunker::Digest> Chunker::finish() {
  while (m_chunk.kind != ChunkKind::tail) {
    QSNAP_TRY(enter(static_cast<ChunkKind>(static_cast<int>(m_chunk.kind) + 1)));
  }
  m_totals.fingerprint = m_fingerprint.finish();
  m_text = tail_opening(m_totals.fingerprint);
  m_checksum.update(m_text);
  m_totals.checksum = m_checksum.digest();
  m_text += checksum_line(m_totals.checksum);
  QSNAP_TRY(flush());
  return m_totals;
}

}  // namespace qsnap::codec
