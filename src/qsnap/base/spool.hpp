// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/base/stream_cipher.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap {

/// Where a run of bytes lies in a Spool.
struct SpoolRef {
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
};

/// Bytes that are too many for memory: an append-only temporary file without a name (mode 0600, in TMPDIR), gone
/// with its owner even after kill -9. What is in the file is encrypted with a key that is in memory alone: these are
/// production's payloads, and blocks of a deleted file can still be read from the disk.
///
/// Reads may come in any order. Threads: reading changes nothing, so several may read at once while nobody appends.
class Spool {
 public:
  /// As long as all of it is no more than `memory_bytes`, it stays in memory, and there is no file: a keyspace may have
  /// thousands of namespaces, each with a spool, and a process has few file descriptors. Later, only a tail of up to
  /// 1 MiB stays in memory.
  static Result<Spool> create(std::size_t memory_bytes = k_tail_bytes);

  Result<SpoolRef> append(std::string_view bytes);
  /// One run of bytes that lies in pieces.
  Result<SpoolRef> append(std::initializer_list<std::string_view> pieces);
  /// REQUIRES: a ref that append() gave, or any part of what was appended
  [[nodiscard]] Result<std::string> read(SpoolRef ref) const;
  [[nodiscard]] std::uint64_t size() const { return m_written + m_buffer.size(); }

 private:
  static constexpr std::size_t k_tail_bytes = 1U << 20U;

  Spool(StreamCipher cipher, std::size_t memory_bytes) : m_cipher(std::move(cipher)), m_memory_bytes(memory_bytes) {}
  Result<void> add(std::string_view bytes);
  Result<void> flush();
  Result<void> write_buffer();
  Result<void> read_file(std::uint64_t offset, std::span<char> bytes) const;

  UniqueFd m_fd;  ///< none before the first byte is written
  StreamCipher m_cipher;
  std::string m_buffer;         ///< the tail that is not in the file yet, in the clear
  std::uint64_t m_written = 0;  ///< bytes in the file
  std::size_t m_memory_bytes;   ///< of which the buffer may have so many
};

}  // namespace qsnap
