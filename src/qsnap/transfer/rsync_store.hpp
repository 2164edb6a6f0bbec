// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/transfer/chunk_store.hpp>
#include <qsnap/transfer/store_location.hpp>

namespace qsnap::transfer {

/// How the other side is reached.
struct RsyncAccess {
  StoreLocation location;                ///< has a host
  std::string remote_shell = "ssh";      ///< as rsync's -e takes it: a program and its arguments
  std::vector<std::string> environment;  ///< NAME=value, of the programs
  std::filesystem::path work_folder;     ///< for what is on the way; on the disk that objects are on
};

/// A store behind ssh, moved by the program rsync: four connections for an upload, two for a download. Nothing asks
/// for a password. It makes the store's folders where they are missing, but not `location.path` itself.
class RsyncStore final : public ChunkStore {
 public:
  explicit RsyncStore(RsyncAccess access) : m_access(std::move(access)) {}

  Result<std::vector<std::optional<std::uint64_t>>> lengths(Names names) override;
  Result<void> put(Names names, const Give& give) override;
  Result<void> get(Names names, std::size_t most_bytes, const Take& take) override;
  [[nodiscard]] std::string label() const override { return format_store_location(m_access.location); }

 private:
  struct Answer {
    std::string output;
    Result<void> done;
  };
  enum class Target { remote, local };
  /// `folder` holds a file "names" with what to move, one name a line.
  Result<Answer> run(const std::filesystem::path& folder, std::vector<std::string> options, Target target);

  RsyncAccess m_access;
};

}  // namespace qsnap::transfer
