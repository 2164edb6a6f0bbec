// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/model/conflict.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::codec {

struct ChunkEntry;

/// What a file is, by its first bytes: for words to the user, and for `clean`.
enum class FileKind : std::uint8_t { snapshot, lfs_pointer, other };
[[nodiscard]] FileKind file_kind(std::string_view first_bytes);

/// A .qsnap, opened. Opening reads the header and the index alone and checks them (grammar, checksum, root, limits);
/// a chunk is decoded and checked against its SHA-256 when it is asked for. So what is handed out is what was
/// written, or there is an error: corrupt, unsupported_version or limit_exceeded.
class SnapshotReader final : public model::RecordSource {
 public:
  static Result<SnapshotReader> open(std::unique_ptr<ByteSource> source);
  /// open_file_source and open; errors name the file.
  static Result<SnapshotReader> open_file(const std::filesystem::path& path);
  SnapshotReader(SnapshotReader&&) noexcept;
  ~SnapshotReader() override;

  [[nodiscard]] const model::Metadata& metadata() const override;
  [[nodiscard]] std::string_view root() const override;
  [[nodiscard]] std::string_view fingerprint() const override;
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override;
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override;
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override;

  [[nodiscard]] Encoding encoding() const;
  /// Whether the document has conflicts that nobody has resolved: it is no state then, and not to be loaded.
  [[nodiscard]] bool has_conflicts() const;
  /// Those, in the order of the document.
  [[nodiscard]] Result<std::vector<model::Conflict>> conflicts() const;
  [[nodiscard]] std::uint64_t file_bytes() const;
  /// The container as it is, for copying it.
  [[nodiscard]] const ByteSource& source() const;
  [[nodiscard]] std::uint64_t raw_bytes() const;
  /// The raw bytes of chunk `index`, checked.
  [[nodiscard]] Result<std::string> raw_chunk(std::size_t index) const;
  /// All that the index says of chunk `index`, for this layer (container_layout.hpp).
  [[nodiscard]] ChunkEntry index_entry(std::size_t index) const;

 private:
  struct State;
  explicit SnapshotReader(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace qsnap::codec
