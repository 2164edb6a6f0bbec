// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>

/// Where the chunks and manifests of objects lie: below "qsnap-lfs/v1" of a folder that several machines share.
/// docs/lfs.md has the layout.
namespace qsnap::transfer {

inline constexpr std::string_view k_store_folder = "qsnap-lfs/v1";
/// A byte is appended when a collection of garbage begins, and one when it ends: its length tells an upload whether one
/// ran meanwhile (collect.hpp).
inline constexpr std::string_view k_collections_name = "collections";
/// Of chunks, moved in one go; what came over stays when the next ones do not.
inline constexpr std::uint64_t k_batch_bytes = 32 * limits::k_mib;

/// "chunks/ab/abcd…". REQUIRES: codec::is_lfs_object_id(id)
[[nodiscard]] std::string chunk_name(std::string_view id);
[[nodiscard]] std::string manifest_name(std::string_view object_id);

/// Files by their names (chunk_name, manifest_name, k_collections_name). Whoever gets bytes checks them: nothing is
/// believed here. One thread.
class ChunkStore {
 public:
  using Names = std::span<const std::string>;
  /// The bytes for the name at `index`.
  using Give = std::function<Result<std::string>(std::size_t index)>;
  /// An error ends the transfer, and is its result.
  using Take = std::function<Result<void>(std::size_t index, std::string bytes)>;

  virtual ~ChunkStore() = default;
  /// How long each of these files is; absent where there is none.
  virtual Result<std::vector<std::optional<std::uint64_t>>> lengths(Names names) = 0;
  /// Writes or replaces: each file whole or not at all, and lasting when this returns without an error.
  virtual Result<void> put(Names names, const Give& give) = 0;
  /// Hands out those that are there. The order is any; what has arrived before an error was handed out. A file of more
  /// than `most_bytes` is `limit_exceeded`.
  virtual Result<void> get(Names names, std::size_t most_bytes, const Take& take) = 0;
  /// What the user calls it.
  [[nodiscard]] virtual std::string label() const = 0;
};

}  // namespace qsnap::transfer
