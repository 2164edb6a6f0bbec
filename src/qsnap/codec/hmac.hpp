// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace qsnap::codec {

/// HMAC-SHA256 (libcrypto) under one key, again and again. One thread.
class HmacSha256 {
 public:
  explicit HmacSha256(std::string_view key);
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  ~HmacSha256();

  /// 32 raw bytes.
  [[nodiscard]] std::string digest(std::string_view bytes) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace qsnap::codec
