// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

/// What Git keeps of a file in Git LFS: a text of a few lines that names an object by its SHA-256 (git-lfs's
/// docs/spec.md).
namespace qsnap::codec {

/// As git-lfs has it; longer texts are no pointers.
inline constexpr std::size_t k_most_pointer_bytes = 1024;

struct LfsPointer {
  std::string object_id;  ///< SHA-256 of the object, 64 hexadecimal digits
  std::uint64_t bytes = 0;

  friend bool operator==(const LfsPointer&, const LfsPointer&) = default;
};

/// Whether this is how Git LFS writes a SHA-256: nothing else becomes a part of a path.
[[nodiscard]] bool is_lfs_object_id(std::string_view text);

/// Errors with `corrupt` for what is damaged or has extensions: other programs would have to undo these.
Result<LfsPointer> parse_lfs_pointer(std::string_view text);
/// As git-lfs writes it, to the byte.
[[nodiscard]] std::string format_lfs_pointer(const LfsPointer& pointer);

}  // namespace qsnap::codec
