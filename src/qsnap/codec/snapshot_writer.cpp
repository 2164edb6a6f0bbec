// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/ordered_workers.hpp>
#include <qsnap/codec/chunker.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/codec/zstd_frame.hpp>

namespace qsnap::codec {

namespace {

/// Chunks wait for each other only as long as this: what is under way is what is held in memory.
constexpr std::size_t k_bytes_under_way = 2 * limits::k_mib;

struct RawChunk {
  ChunkEntry entry;
  std::string raw;
  std::uint64_t position = 0;  ///< of its first raw byte in the document
};

struct PackedChunk {
  ChunkEntry entry;
  std::string frame;
};

using Packers = OrderedWorkers<RawChunk, PackedChunk>;

/// The work of one thread, with a compressor of its own.
Packers::Work packer(Encoding encoding) {
  return [encoder = std::make_shared<FrameEncoder>(encoding)](RawChunk chunk) -> Result<PackedChunk> {
    QSNAP_ASSIGN(const std::string_view frame, encoder->encode(chunk.raw, chunk.position));
    chunk.entry.digest = sha256(chunk.raw);
    chunk.entry.frame_bytes = frame.size();
    return PackedChunk{std::move(chunk.entry), std::string{frame}};
  };
}

/// Header, frames and index of one container, front to back.
class ContainerWriter {
 public:
  ContainerWriter(Encoding encoding, ByteSink sink, std::size_t threads)
      : m_encoding(encoding),
        m_sink(std::move(sink)),
        m_packers(
            threads, k_bytes_under_way, [encoding] { return packer(encoding); },
            [this](PackedChunk chunk) { return write(std::move(chunk)); }) {}

  Result<void> begin() { return emit(encode_header(m_encoding)); }

  Result<void> add(ChunkEntry chunk, std::string raw) {
    const std::size_t bytes = raw.size();
    const std::uint64_t position = std::exchange(m_raw_bytes, m_raw_bytes + bytes);
    return m_packers.submit({std::move(chunk), std::move(raw), position}, bytes);
  }

  Result<void> finish(std::string fingerprint) {
    QSNAP_TRY(m_packers.finish());
    m_index.fingerprint = std::move(fingerprint);
    QSNAP_ASSIGN(const std::string frame, encode_index(m_index, m_encoding));
    return emit(frame);
  }

  [[nodiscard]] std::string root() const { return root_digest(m_index.chunks); }
  [[nodiscard]] std::uint64_t file_bytes() const { return m_file_bytes; }

 private:
  Result<void> write(PackedChunk chunk) {
    m_index.chunks.push_back(std::move(chunk.entry));
    return emit(chunk.frame);
  }

  Result<void> emit(std::string_view bytes) {
    m_file_bytes += bytes.size();
    return m_sink(bytes);
  }

  Encoding m_encoding;
  ByteSink m_sink;
  ContainerIndex m_index;
  std::uint64_t m_raw_bytes = 0;
  std::uint64_t m_file_bytes = 0;
  Packers m_packers;
};

}  // namespace

struct SnapshotWriter::State {
  State(Encoding encoding, ByteSink sink, std::size_t threads)
      : container(encoding, std::move(sink), threads),
        chunker([this](ChunkEntry chunk, std::string raw) { return container.add(std::move(chunk), std::move(raw)); }) {
  }
  State(const State&) = delete;  // the chunker knows where the container is
  State& operator=(const State&) = delete;

  ContainerWriter container;
  Chunker chunker;
};

SnapshotWriter::SnapshotWriter(std::unique_ptr<State> state) : m_state(std::move(state)) {}
SnapshotWriter::SnapshotWriter(SnapshotWriter&&) noexcept = default;
SnapshotWriter::~SnapshotWriter() = default;

Result<SnapshotWriter> SnapshotWriter::begin(const model::Metadata& metadata, Encoding encoding, ByteSink sink,
                                             std::size_t threads, std::span<const model::Conflict> conflicts) {
  auto state = std::make_unique<State>(encoding, std::move(sink), threads);
  QSNAP_TRY(state->container.begin());
  QSNAP_TRY(state->chunker.begin(metadata, conflicts));
  return SnapshotWriter{std::move(state)};
}

Result<void> SnapshotWriter::add(const model::Record& record) {
  return m_state->chunker.add(record);
}

Result<SnapshotDigest> SnapshotWriter::finish() {
  QSNAP_ASSIGN(const Chunker::Digest document, m_state->chunker.finish());
  ContainerWriter& container = m_state->container;
  QSNAP_TRY(container.finish(document.fingerprint));
  return SnapshotDigest{.root = container.root(),
                        .fingerprint = document.fingerprint,
                        .checksum = document.checksum,
                        .raw_bytes = document.raw_bytes,
                        .file_bytes = container.file_bytes(),
                        .records = document.records};
}

Result<void> reencode(const SnapshotReader& reader, Encoding encoding, const ByteSink& sink) {
  ContainerWriter container{encoding, sink, 0};
  QSNAP_TRY(container.begin());
  for (std::size_t i = 0; i < reader.chunks().size(); ++i) {
    QSNAP_ASSIGN(std::string raw, reader.raw_chunk(i));
    QSNAP_TRY(container.add(reader.index_entry(i), std::move(raw)));
  }
  return container.finish(std::string{reader.fingerprint()});
}

Result<void> relabel(const SnapshotReader& reader, const model::Metadata& metadata, const ByteSink& sink) {
  ContainerWriter container{reader.encoding(), sink, 0};
  QSNAP_TRY(container.begin());
  Sha256 checksum;
  for (std::size_t i = 0; i < reader.chunks().size(); ++i) {
    ChunkEntry entry = reader.index_entry(i);
    std::string raw;
    if (entry.kind == ChunkKind::metadata) {
      raw = head_text(metadata);
    } else if (entry.kind == ChunkKind::tail) {
      raw = tail_opening(reader.fingerprint());
    } else {
      QSNAP_ASSIGN(raw, reader.raw_chunk(i));
    }
    checksum.update(raw);
    raw += entry.kind == ChunkKind::tail ? checksum_line(checksum.digest()) : "";
    entry.raw_bytes = raw.size();
    QSNAP_TRY(container.add(std::move(entry), std::move(raw)));
  }
  return container.finish(std::string{reader.fingerprint()});
}

}  // namespace qsnap::codec
