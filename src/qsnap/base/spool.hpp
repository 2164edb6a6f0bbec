// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

/// Where a run of bytes lies in a Spool.
struct SpoolRef {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// Bytes that are too many for memory: an append-only temporary file without a name (mode 0600, in TMPDIR), gone
/// with its owner even after kill -9. Reads may come in any order. One thread.
class Spool {
 public:
  static Result<Spool> create();

  Result<SpoolRef> append(std::string_view bytes);
  Result<std::string> read(SpoolRef ref);
  [[nodiscard]] std::uint64_t size() const { return m_written + m_buffer.size(); }

 private:
  explicit Spool(UniqueFd fd) : m_fd(std::move(fd)) {}
  Result<void> flush();

  UniqueFd m_fd;
  std::string m_buffer;         ///< the tail that is not in the file yet
  std::uint64_t m_written = 0;  ///< bytes in the file
};

}  // namespace qsnap
