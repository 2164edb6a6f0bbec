// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/zstd_frame.hpp>

namespace qsnap::codec {

namespace {

/// Where a chunk's frame lies, and what else of the index model::ChunkInfo does not have.
struct FrameInfo {
  ChunkKind kind = ChunkKind::metadata;
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  std::string last_key;
};

Error truncated() {
  return make_error(ErrorCode::corrupt, "is truncated or damaged");
}

Result<Encoding> read_header(const ByteSource& source) {
  constexpr std::size_t k_first_bytes = 64;  // enough for the words that begin a Git LFS pointer
  const std::uint64_t available = std::min<std::uint64_t>(source.size(), k_first_bytes);
  QSNAP_ASSIGN(const std::string first, source.read(0, available));
  switch (file_kind(first)) {
    case FileKind::snapshot:
      break;
    case FileKind::lfs_pointer:
      return make_error(ErrorCode::corrupt, "is a Git LFS pointer, not a snapshot", {"git lfs pull"});
    case FileKind::other:
      return make_error(ErrorCode::corrupt, "is not a git-qsnap snapshot");
  }
  return decode_header(first.substr(0, k_header_frame_bytes));
}

Result<ContainerIndex> read_index(const ByteSource& source, Encoding encoding) {
  constexpr std::size_t k_least = k_header_frame_bytes + k_skippable_header_bytes + k_index_tail_bytes;
  const std::uint64_t size = source.size();
  if (size < k_least) {
    return truncated();
  }
  QSNAP_ASSIGN(const std::string tail_bytes, source.read(size - k_index_tail_bytes, k_index_tail_bytes));
  QSNAP_ASSIGN(const IndexTail tail, decode_index_tail(tail_bytes));
  if (tail.frame_bytes() > size - k_header_frame_bytes) {
    return truncated();
  }
  QSNAP_ASSIGN(const std::string frame, source.read(size - tail.frame_bytes(), tail.frame_bytes()));
  QSNAP_ASSIGN(ContainerIndex index, decode_index(frame, tail, encoding));
  std::uint64_t expected = k_header_frame_bytes + tail.frame_bytes();
  for (const ChunkEntry& chunk : index.chunks) {
    expected += chunk.frame_bytes;  // bounded with the raw bytes, which decode_index has checked
  }
  return expected == size ? Result<ContainerIndex>{std::move(index)} : truncated();
}

}  // namespace

struct SnapshotReader::State {
  std::unique_ptr<ByteSource> source;
  std::string name;  ///< of the file, for errors; empty where the caller knows it better
  Encoding encoding = Encoding::packed;
  std::string root;
  std::string fingerprint;
  std::vector<model::ChunkInfo> chunks;
  std::vector<FrameInfo> frames;  ///< one for each chunk
  model::Metadata metadata;
  FrameDecoder decoder;

  void adopt(ContainerIndex index);
  [[nodiscard]] ChunkPlace place(std::size_t i) const;
  [[nodiscard]] Error in_chunk(Error error, std::size_t i) const;
  Result<std::string> decode(std::size_t i);
  Result<void> read_metadata();
};

void SnapshotReader::State::adopt(ContainerIndex index) {
  root = root_digest(index.chunks);
  fingerprint = std::move(index.fingerprint);
  chunks.reserve(index.chunks.size());
  frames.reserve(index.chunks.size());
  std::uint64_t offset = k_header_frame_bytes;
  for (ChunkEntry& chunk : index.chunks) {
    frames.push_back({chunk.kind, offset, chunk.frame_bytes, std::move(chunk.last_key)});
    chunks.push_back({section_of(chunk.kind), std::move(chunk.digest), chunk.raw_bytes, chunk.records,
                      std::move(chunk.queue), std::move(chunk.state)});
    offset += frames.back().bytes;
  }
}

ChunkPlace SnapshotReader::State::place(std::size_t i) const {
  return {.previous = frames[i - 1].kind, .kind = frames[i].kind, .next = frames[i + 1].kind};
}

Error SnapshotReader::State::in_chunk(Error error, std::size_t i) const {
  error = with_context(std::move(error), fmt::format("chunk {}", i));
  return name.empty() ? error : with_context(std::move(error), name);
}

Result<std::string> SnapshotReader::State::decode(std::size_t i) {
  const FrameInfo& frame = frames[i];
  auto bytes = source->read(frame.offset, frame.bytes);
  if (!bytes) {
    return in_chunk(std::move(bytes).error(), i);
  }
  auto raw = decoder.decode(*bytes, chunks[i].raw_bytes);
  *bytes = {};  // both may be long
  if (!raw) {
    return in_chunk(std::move(raw).error(), i);
  }
  if (sha256(*raw) != chunks[i].digest) {
    return in_chunk(make_error(ErrorCode::corrupt, "its bytes do not have the SHA-256 that the index says"), i);
  }
  return raw;
}

Result<void> SnapshotReader::State::read_metadata() {
  QSNAP_ASSIGN(const std::string head, decode(0));
  QSNAP_ASSIGN(const std::string_view json, head_metadata(head));
  QSNAP_ASSIGN(metadata, parse_metadata(json));
  return {};
}

SnapshotReader::SnapshotReader(std::unique_ptr<State> state) : m_state(std::move(state)) {}
SnapshotReader::SnapshotReader(SnapshotReader&&) noexcept = default;
SnapshotReader::~SnapshotReader() = default;

Result<SnapshotReader> SnapshotReader::open(std::unique_ptr<ByteSource> source) {
  auto state = std::make_unique<State>();
  state->source = std::move(source);
  QSNAP_ASSIGN(state->encoding, read_header(*state->source));
  QSNAP_ASSIGN(ContainerIndex index, read_index(*state->source, state->encoding));
  state->adopt(std::move(index));
  QSNAP_TRY(state->read_metadata());
  return SnapshotReader{std::move(state)};
}

Result<SnapshotReader> SnapshotReader::open_file(const std::filesystem::path& path) {
  QSNAP_ASSIGN(auto source, open_file_source(path));
  auto reader = open(std::move(source));
  if (!reader) {
    return with_context(std::move(reader).error(), path.native());
  }
  reader->m_state->name = path.native();
  return reader;
}

const model::Metadata& SnapshotReader::metadata() const {
  return m_state->metadata;
}
std::string_view SnapshotReader::root() const {
  return m_state->root;
}
std::string_view SnapshotReader::fingerprint() const {
  return m_state->fingerprint;
}
std::span<const model::ChunkInfo> SnapshotReader::chunks() const {
  return m_state->chunks;
}
Encoding SnapshotReader::encoding() const {
  return m_state->encoding;
}
const ByteSource& SnapshotReader::source() const {
  return *m_state->source;
}
bool SnapshotReader::has_conflicts() const {
  const auto is_conflicts = [](const FrameInfo& frame) { return frame.kind == ChunkKind::conflicts; };
  return std::any_of(m_state->frames.begin(), m_state->frames.end(), is_conflicts);
}
Result<std::vector<model::Conflict>> SnapshotReader::conflicts() const {
  std::vector<model::Conflict> list;
  for (std::size_t i = 0; i < m_state->frames.size(); ++i) {
    if (m_state->frames[i].kind != ChunkKind::conflicts) {
      continue;
    }
    QSNAP_TRY(read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
      for (const std::string_view line : chunk.lines) {
        QSNAP_ASSIGN(model::Conflict conflict, parse_conflict(line));
        list.push_back(std::move(conflict));
      }
      return {};
    }));
  }
  return list;
}
std::uint64_t SnapshotReader::file_bytes() const {
  return m_state->source->size();
}

std::uint64_t SnapshotReader::raw_bytes() const {
  std::uint64_t bytes = 0;
  for (const model::ChunkInfo& chunk : m_state->chunks) {
    bytes += chunk.raw_bytes;
  }
  return bytes;
}

Result<std::string> SnapshotReader::raw_chunk(std::size_t index) const {
  return m_state->decode(index);
}

Result<void> SnapshotReader::read_chunk(std::size_t index, const ChunkReader& reader) const {
  const ChunkKind kind = m_state->frames[index].kind;
  model::Chunk chunk;
  QSNAP_ASSIGN(chunk.text, m_state->decode(index));
  if (kind != ChunkKind::metadata && kind != ChunkKind::tail) {
    auto lines = split_records(chunk.text, m_state->place(index), m_state->chunks[index].records);
    if (!lines) {
      return m_state->in_chunk(std::move(lines).error(), index);
    }
    chunk.lines = *std::move(lines);
  }
  return reader(chunk);
}

Result<model::Record> SnapshotReader::parse(model::Section section, std::string_view line) const {
  return parse_record(section, line);
}

ChunkEntry SnapshotReader::index_entry(std::size_t index) const {
  const model::ChunkInfo& chunk = m_state->chunks[index];
  const FrameInfo& frame = m_state->frames[index];
  return {.kind = frame.kind,
          .digest = chunk.digest,
          .raw_bytes = chunk.raw_bytes,
          .frame_bytes = frame.bytes,
          .records = chunk.records,
          .queue = chunk.queue,
          .state = chunk.state,
          .last_key = frame.last_key};
}

}  // namespace qsnap::codec
