// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/transfer/cutting.hpp>
#include <qsnap/transfer/upload.hpp>

namespace qsnap::transfer {

namespace {

struct Piece {
  Chunk chunk;
  std::uint64_t offset = 0;
};

/// The length of k_collections_name, odd while a collection runs.
using Collections = std::uint64_t;

struct StoreState {
  std::vector<const Piece*> missing;
  Collections collections = 0;
};

class Upload {
 public:
  Upload(ChunkStore& store, const codec::ByteSource& bytes, const Manifest& manifest)
      : m_store(store), m_bytes(bytes), m_manifest(manifest) {
    std::unordered_set<std::string_view> known;
    std::uint64_t offset = 0;
    for (const Chunk& chunk : manifest.chunks) {
      if (known.insert(chunk.id).second) {
        m_pieces.push_back({chunk, offset});
      }
      offset += chunk.bytes;
    }
  }

  Result<std::uint64_t> run(Belief belief, const Advance& advance);

 private:
  Result<StoreState> ask();
  Result<void> add_damaged(std::vector<const Piece*>& missing);
  Result<void> send(const std::vector<const Piece*>& missing, const Advance& advance);
  Result<void> send_manifest();

  ChunkStore& m_store;
  const codec::ByteSource& m_bytes;
  const Manifest& m_manifest;
  std::vector<Piece> m_pieces;  ///< each chunk once
  std::uint64_t m_sent = 0;
};

Result<StoreState> Upload::ask() {
  std::vector<std::string> names;
  for (const Piece& piece : m_pieces) {
    names.push_back(chunk_name(piece.chunk.id));
  }
  names.emplace_back(k_collections_name);
  QSNAP_ASSIGN(const auto lengths, m_store.lengths(names));
  StoreState state{{}, lengths.back().value_or(0)};
  for (std::size_t i = 0; i < m_pieces.size(); ++i) {
    if (lengths[i] != m_pieces[i].chunk.bytes) {
      state.missing.push_back(&m_pieces[i]);
    }
  }
  return state;
}

Result<void> Upload::add_damaged(std::vector<const Piece*>& missing) {
  const std::unordered_set<const Piece*> known{missing.begin(), missing.end()};
  std::vector<std::string> names;
  std::vector<const Piece*> pieces;
  for (const Piece& piece : m_pieces) {
    if (!known.contains(&piece)) {
      names.push_back(chunk_name(piece.chunk.id));
      pieces.push_back(&piece);
    }
  }
  return m_store.get(names, k_most_chunk_bytes, [&](std::size_t index, const std::string& bytes) -> Result<void> {
    if (to_hex(codec::sha256(bytes)) != pieces[index]->chunk.id) {
      missing.push_back(pieces[index]);
    }
    return {};
  });
}

Result<void> Upload::send(const std::vector<const Piece*>& missing, const Advance& advance) {
  for (auto begin = missing.begin(); begin != missing.end();) {
    std::vector<std::string> names;
    std::uint64_t bytes = 0;
    auto end = begin;
    for (; end != missing.end() && bytes < k_batch_bytes; ++end) {
      names.push_back(chunk_name((*end)->chunk.id));
      bytes += (*end)->chunk.bytes;
    }
    QSNAP_TRY(m_store.put(names, [&](std::size_t index) {
      const Piece& piece = **(begin + static_cast<std::ptrdiff_t>(index));
      return m_bytes.read(piece.offset, static_cast<std::size_t>(piece.chunk.bytes));
    }));
    m_sent += bytes;
    advance(bytes);
    begin = end;
  }
  return {};
}

Result<void> Upload::send_manifest() {
  const std::vector<std::string> name = {manifest_name(m_manifest.object_id)};
  return m_store.put(name, [&](std::size_t) -> Result<std::string> { return format_manifest(m_manifest); });
}

Result<std::uint64_t> Upload::run(Belief belief, const Advance& advance) {
  const auto ignore = [](std::uint64_t) {};
  QSNAP_ASSIGN(StoreState state, ask());
  if (belief == Belief::nothing) {
    QSNAP_TRY(add_damaged(state.missing));
  }
  std::uint64_t to_send = 0;
  for (const Piece* piece : state.missing) {
    to_send += piece->chunk.bytes;
  }
  advance(m_manifest.bytes - to_send);
  QSNAP_TRY(send(state.missing, advance));
  // Always, also where it is there: so it is not old for a collection that is about to take it.
  QSNAP_TRY(send_manifest());
  const std::vector<std::string> last = {std::string{k_collections_name}, manifest_name(m_manifest.object_id)};
  QSNAP_ASSIGN(const auto lengths, m_store.lengths(last));
  if (state.collections % 2 == 0 && lengths[0].value_or(0) == state.collections && lengths[1]) {
    return m_sent;
  }
  QSNAP_ASSIGN(state, ask());
  QSNAP_TRY(send(state.missing, ignore));
  if (!lengths[1] || !state.missing.empty()) {
    QSNAP_TRY(send_manifest());
  }
  return m_sent;
}

}  // namespace

Result<std::uint64_t> upload(ChunkStore& store, const ObjectName& object, const codec::ByteSource& bytes, Belief belief,
                             const Advance& advance) {
  if (bytes.size() > limits::k_document_bytes) {  // a manifest of it would be refused
    return make_error(ErrorCode::limit_exceeded, fmt::format("the object {} is larger than a store takes", object.id));
  }
  QSNAP_ASSIGN(const Manifest manifest, describe(bytes));
  if (manifest.object_id != object.id || manifest.bytes != object.bytes) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("the local object {} is damaged: it is {}", object.id, manifest.object_id),
                      {"remove it, then fetch it from where it was pushed to: git lfs fetch"});
  }
  return Upload{store, bytes, manifest}.run(belief, advance);
}

}  // namespace qsnap::transfer
