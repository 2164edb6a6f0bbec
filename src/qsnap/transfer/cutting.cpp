// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/transfer/cutting.hpp>

namespace qsnap::transfer {

namespace {

constexpr std::uint64_t k_plain_piece_bytes = limits::k_mib;

/// For a reader that wants bytes of its own.
class SharedSource final : public codec::ByteSource {
 public:
  explicit SharedSource(const codec::ByteSource& bytes) : m_bytes(bytes) {}
  [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const override {
    return m_bytes.read(offset, count);
  }

 private:
  const codec::ByteSource& m_bytes;
};

void append_pieces(std::vector<std::uint64_t>& pieces, std::uint64_t bytes, std::uint64_t most) {
  for (; bytes > 0; bytes -= std::min(bytes, most)) {
    pieces.push_back(std::min(bytes, most));
  }
}

/// Header and first frame are one piece, and so are last frame and index: these change with every version.
std::vector<std::uint64_t> frame_pieces(const codec::SnapshotReader& snapshot) {
  const std::size_t frames = snapshot.chunks().size();
  std::vector<std::uint64_t> pieces;
  std::uint64_t begun = codec::k_header_frame_bytes, rest = snapshot.file_bytes();
  for (std::size_t i = 0; i + 1 < frames; ++i) {
    begun += snapshot.index_entry(i).frame_bytes;
    if (begun > rest) {
      return {};
    }
    append_pieces(pieces, begun, k_most_chunk_bytes);
    rest -= begun;
    begun = 0;
  }
  append_pieces(pieces, rest, k_most_chunk_bytes);
  return pieces;
}

}  // namespace

std::vector<std::uint64_t> cut(const codec::ByteSource& bytes) {
  std::vector<std::uint64_t> pieces;
  if (const auto snapshot = codec::SnapshotReader::open(std::make_unique<SharedSource>(bytes))) {
    pieces = frame_pieces(*snapshot);
  }
  if (pieces.empty()) {
    append_pieces(pieces, bytes.size(), k_plain_piece_bytes);
  }
  return pieces;
}

Result<Manifest> describe(const codec::ByteSource& bytes) {
  Manifest manifest{{}, bytes.size(), {}};
  codec::Sha256 whole;
  std::uint64_t at = 0;
  for (const std::uint64_t length : cut(bytes)) {
    QSNAP_ASSIGN(const std::string piece, bytes.read(at, static_cast<std::size_t>(length)));
    whole.update(piece);
    manifest.chunks.push_back({to_hex(codec::sha256(piece)), length});
    at += length;
  }
  manifest.object_id = to_hex(whole.digest());
  return manifest;
}

}  // namespace qsnap::transfer
