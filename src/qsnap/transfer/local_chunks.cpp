// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/transfer/cutting.hpp>
#include <qsnap/transfer/local_chunks.hpp>

namespace qsnap::transfer {

namespace {

namespace fs = std::filesystem;

/// Reading an object of 20 MB takes some 50 ms, as long as a moment of the network.
constexpr std::size_t k_most_objects = 3;
/// So that thousands of objects of other kinds cost no more than a look at each.
constexpr std::size_t k_most_looks = 64;

std::vector<fs::path> newest_files(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator entry{folder, failed}, end; !failed && entry != end; entry.increment(failed)) {
    std::error_code ignored;
    if (codec::is_lfs_object_id(entry->path().filename().native()) && entry->is_regular_file(ignored)) {
      files.emplace_back(entry->last_write_time(ignored), entry->path());
    }
  }
  std::sort(files.rbegin(), files.rend());
  files.resize(std::min(files.size(), k_most_looks));
  std::vector<fs::path> paths;
  for (auto& [time, path] : files) {
    paths.push_back(std::move(path));
  }
  return paths;
}

}  // namespace

void LocalChunks::look() {
  m_looked = true;
  std::size_t found = 0;
  for (const fs::path& path : newest_files(m_objects)) {
    const auto object = codec::open_file_source(path);
    const auto front =
        object ? (*object)->read(0, static_cast<std::size_t>(std::min<std::uint64_t>((*object)->size(), 64)))
               : Result<std::string>{object.error()};
    if (!front || codec::file_kind(*front) != codec::FileKind::snapshot) {
      continue;
    }
    if (const auto manifest = describe(**object); manifest && manifest->object_id == path.filename()) {
      will_have(*manifest);
      ++found;
    }
    if (found == k_most_objects) {
      return;
    }
  }
}

void LocalChunks::will_have(const Manifest& manifest) {
  m_files.push_back(git::lfs_object_path(m_objects, manifest.object_id));
  std::uint64_t offset = 0;
  for (const Chunk& chunk : manifest.chunks) {
    m_places.insert_or_assign(chunk.id, Place{m_files.size() - 1, offset});
    offset += chunk.bytes;
  }
}

std::optional<std::string> LocalChunks::find(const Chunk& chunk) {
  if (!m_looked) {
    look();
  }
  const auto place = m_places.find(chunk.id);
  if (place == m_places.end()) {
    return std::nullopt;
  }
  const auto object = codec::open_file_source(m_files[place->second.object]);
  const auto bytes = object ? (*object)->read(place->second.offset, static_cast<std::size_t>(chunk.bytes))
                            : Result<std::string>{object.error()};
  return bytes && to_hex(codec::sha256(*bytes)) == chunk.id ? std::optional{*bytes} : std::nullopt;
}

}  // namespace qsnap::transfer
