// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/search/index.hpp>

/// The files of an index: a first line that says who wrote it, then parts with a checksum each. Internal to search.
///
///     u64 xxh3 of what follows · u32 length of the content · u8 kind · content
namespace qsnap::search {

[[nodiscard]] std::string chunk_part(const std::string& digest, const WordFilter& filter);
[[nodiscard]] std::string snapshot_part(std::string_view stamp, const SnapshotSummary& summary);

struct ChunkPart {
  std::string digest;
  std::string_view filter_bits;
};
struct SnapshotPart {
  std::string stamp;
  SnapshotSummary summary;
};
Result<ChunkPart> read_chunk_part(std::string_view content);
Result<SnapshotPart> read_snapshot_part(std::string_view content);

void append_part(std::string& out, PartKind kind, std::string_view content);

/// Index files of a folder, sorted. Nothing where it cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> index_files(const std::filesystem::path& folder);

enum class FileState : std::uint8_t { whole, damaged, gone };
/// Hands out the parts of a file up to the first one that is damaged. A file that another version wrote is damaged.
using PartReader = std::function<void(PartKind kind, std::string_view content)>;
[[nodiscard]] FileState read_index_file(const std::filesystem::path& file, const PartReader& reader);

/// A new file of whole parts. Nobody sees it before it is committed.
class IndexFileWriter {
 public:
  /// Makes the folder if need be.
  static Result<IndexFileWriter> open(const std::filesystem::path& folder);
  Result<void> add(std::string_view parts);
  Result<void> commit();

 private:
  explicit IndexFileWriter(AtomicFile file);
  AtomicFile m_file;
};

}  // namespace qsnap::search
