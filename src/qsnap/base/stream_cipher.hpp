// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include <qsnap/base/result.hpp>

namespace qsnap {

/// AES-256 in counter mode (libcrypto) with a random key that is nowhere but in this object: what was written with it
/// can be read by nobody once it is gone. It hides bytes, it does not prove them: no tag, no checksum.
/// Movable; a moved-from cipher may only be destroyed or assigned to.
class StreamCipher {
 public:
  /// The key comes from getrandom(2).
  static Result<StreamCipher> create();
  StreamCipher(StreamCipher&&) noexcept;
  StreamCipher& operator=(StreamCipher&&) noexcept;
  ~StreamCipher();

  /// Encrypts in place what lies at `offset` of the stream, or decrypts it: the same operation. Any offset, any order;
  /// several threads at once.
  void apply(std::uint64_t offset, std::span<char> bytes) const;

 private:
  struct State;
  explicit StreamCipher(std::unique_ptr<State> state);

  std::unique_ptr<State> m_state;
};

}  // namespace qsnap
