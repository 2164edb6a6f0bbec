// SPDX-License-Identifier: Apache-2.0
#include <qsnap/codec/chunker.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/codec/zstd_frame.hpp>

namespace qsnap::codec {

namespace {

/// Header, frames and index of one container, front to back.
class ContainerWriter {
 public:
  ContainerWriter(Encoding encoding, ByteSink sink)
      : m_encoding(encoding), m_encoder(encoding), m_sink(std::move(sink)) {}

  Result<void> begin() { return emit(encode_header(m_encoding)); }

  Result<void> add(ChunkEntry chunk, std::string_view raw) {
    QSNAP_ASSIGN(const std::string_view frame, m_encoder.encode(raw));
    chunk.frame_bytes = frame.size();
    m_index.chunks.push_back(std::move(chunk));
    return emit(frame);
  }

  Result<void> finish(std::string fingerprint) {
    m_index.fingerprint = std::move(fingerprint);
    QSNAP_ASSIGN(const std::string frame, encode_index(m_index, m_encoding));
    return emit(frame);
  }

  [[nodiscard]] std::string root() const { return root_digest(m_index.chunks); }
  [[nodiscard]] std::uint64_t file_bytes() const { return m_file_bytes; }

 private:
  Result<void> emit(std::string_view bytes) {
    m_file_bytes += bytes.size();
    return m_sink(bytes);
  }

  Encoding m_encoding;
  FrameEncoder m_encoder;
  ByteSink m_sink;
  ContainerIndex m_index;
  std::uint64_t m_file_bytes = 0;
};

}  // namespace

struct SnapshotWriter::State {
  State(Encoding encoding, ByteSink sink)
      : container(encoding, std::move(sink)),
        chunker([this](ChunkEntry chunk, std::string_view raw) { return container.add(std::move(chunk), raw); }) {}
  State(const State&) = delete;  // the chunker knows where the container is
  State& operator=(const State&) = delete;

  ContainerWriter container;
  Chunker chunker;
};

SnapshotWriter::SnapshotWriter(std::unique_ptr<State> state) : m_state(std::move(state)) {}
SnapshotWriter::SnapshotWriter(SnapshotWriter&&) noexcept = default;
SnapshotWriter::~SnapshotWriter() = default;

Result<SnapshotWriter> SnapshotWriter::begin(const model::Metadata& metadata, Encoding encoding, ByteSink sink) {
  auto state = std::make_unique<State>(encoding, std::move(sink));
  QSNAP_TRY(state->container.begin());
  QSNAP_TRY(state->chunker.begin(metadata));
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
  ContainerWriter container{encoding, sink};
  QSNAP_TRY(container.begin());
  for (std::size_t i = 0; i < reader.chunks().size(); ++i) {
    QSNAP_ASSIGN(const std::string raw, reader.raw_chunk(i));
    QSNAP_TRY(container.add(reader.index_entry(i), raw));
  }
  return container.finish(std::string{reader.fingerprint()});
}

}  // namespace qsnap::codec
