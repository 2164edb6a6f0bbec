// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>

/// Of which chunks an object of Git LFS is made. docs/lfs.md has the format.
namespace qsnap::transfer {

/// A longer frame is more than one chunk, so memory does not follow the size of a frame.
inline constexpr std::uint64_t k_most_chunk_bytes = 8 * limits::k_mib;
/// 64 GiB in chunks of a usual size.
inline constexpr std::size_t k_most_manifest_bytes = 256 * limits::k_mib;

struct Chunk {
  std::string id;  ///< SHA-256 of its bytes, 64 hexadecimal digits
  std::uint64_t bytes = 0;

  friend bool operator==(const Chunk&, const Chunk&) = default;
};

/// The chunks one behind the other are the object.
struct Manifest {
  std::string object_id;  ///< SHA-256 of the object, 64 hexadecimal digits
  std::uint64_t bytes = 0;
  std::vector<Chunk> chunks;

  friend bool operator==(const Manifest&, const Manifest&) = default;
};

[[nodiscard]] std::string format_manifest(const Manifest& manifest);
/// The exact inverse: one manifest has one text. Errors with `corrupt`, and with `unsupported_version`.
Result<Manifest> parse_manifest(std::string_view text);

}  // namespace qsnap::transfer
