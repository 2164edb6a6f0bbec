// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/conflict.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::codec {

class SnapshotReader;

/// packed: zstd (zstd_frame.hpp has the levels), what `save` writes. stored: the same frames with raw blocks, what Git
/// keeps. Same raw bytes, same root, same fingerprint.
enum class Encoding : std::uint8_t { packed, stored };

/// Where finished bytes go, in order.
using ByteSink = std::function<Result<void>(std::string_view)>;

/// What a finished document is known by. Digests are 32 raw bytes.
struct SnapshotDigest {
  std::string root;
  std::string fingerprint;
  std::string checksum;
  std::uint64_t raw_bytes = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t records = 0;
};

/// Writes a .qsnap front to back: header frame, chunk frames, index frame. Records must come in document order
/// (sections in order; an out-of-order section is an internal error). Memory: a few chunks and their frames, the index
/// and the fingerprint's hashes. The same records give the same bytes, for any number of threads; nothing else goes in.
class SnapshotWriter final : public model::RecordSink {
 public:
  /// `threads` more than the calling one hash and pack chunks. The sink is called by the calling thread alone. With
  /// `conflicts`, the document is no state until they are resolved.
  static Result<SnapshotWriter> begin(const model::Metadata& metadata, Encoding encoding, ByteSink sink,
                                      std::size_t threads = 0, std::span<const model::Conflict> conflicts = {});
  SnapshotWriter(SnapshotWriter&&) noexcept;
  ~SnapshotWriter() override;

  Result<void> add(const model::Record& record) override;
  Result<SnapshotDigest> finish();

 private:
  struct State;
  explicit SnapshotWriter(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

/// The other encoding of the same document: copies chunk by chunk, without parsing records.
Result<void> reencode(const SnapshotReader& reader, Encoding encoding, const ByteSink& sink);

/// The same state, chunk by chunk, under other metadata; encoding, root and fingerprint stay as they are.
Result<void> relabel(const SnapshotReader& reader, const model::Metadata& metadata, const ByteSink& sink);

}  // namespace qsnap::codec
