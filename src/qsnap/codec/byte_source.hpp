// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include <qsnap/base/result.hpp>

namespace qsnap::codec {

/// Random access to the bytes of a container: a file, or a blob in memory.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Exactly `count` bytes from `offset`, or an error.
  [[nodiscard]] virtual Result<std::string> read(std::uint64_t offset, std::size_t count) const = 0;
};

/// Reads with pread, so several readers may share the file. Does not follow a symbolic link at the last component.
Result<std::unique_ptr<ByteSource>> open_file_source(const std::filesystem::path& path);
[[nodiscard]] std::unique_ptr<ByteSource> memory_source(std::string bytes);

}  // namespace qsnap::codec
