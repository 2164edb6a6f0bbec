// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <qsnap/transfer/manifest.hpp>

namespace qsnap::transfer {

/// The chunks of objects that this clone has: a new version shares most with the one before.
class LocalChunks {
 public:
  /// `objects` is where git-lfs keeps them; nothing is read yet.
  explicit LocalChunks(std::filesystem::path objects) : m_objects(std::move(objects)) {}

  /// Its bytes, checked; absent where no object at hand has it. The first call reads the newest few snapshots.
  std::optional<std::string> find(const Chunk& chunk);
  /// git-lfs puts an object into place once it was told that it is complete.
  void will_have(const Manifest& manifest);

 private:
  struct Place {
    std::size_t object = 0;  ///< in m_files
    std::uint64_t offset = 0;
  };
  void look();

  std::filesystem::path m_objects;
  std::vector<std::filesystem::path> m_files;
  std::unordered_map<std::string, Place> m_places;
  bool m_looked = false;
};

}  // namespace qsnap::transfer
