// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/transfer/chunk_store.hpp>

namespace qsnap::transfer {

/// A store in a folder, which may be a share that other machines write to at the same time: no lock is needed, since
/// what is finished appears by a rename, and two that write one name write the same bytes.
class FolderStore final : public ChunkStore {
 public:
  /// Errors with `not_found` where no store was made: a share that is not mounted is an empty folder.
  static Result<FolderStore> open(const std::filesystem::path& folder);
  /// Makes one where there is none. `folder` itself has to be there.
  static Result<FolderStore> create(const std::filesystem::path& folder);

  Result<std::vector<std::optional<std::uint64_t>>> lengths(Names names) override;
  Result<void> put(Names names, const Give& give) override;
  Result<void> get(Names names, std::size_t most_bytes, const Take& take) override;
  [[nodiscard]] std::string label() const override { return m_folder.native(); }

  /// "qsnap-lfs/v1" in there.
  [[nodiscard]] const std::filesystem::path& root() const { return m_root; }

 private:
  explicit FolderStore(std::filesystem::path folder);

  std::filesystem::path m_folder, m_root;
};

}  // namespace qsnap::transfer
