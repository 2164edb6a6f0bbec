// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/hmac.hpp>

/// What stands where a secret stood: "qsnap-redacted-" + key id (8 hex digits) + "-" + the first 16 hex digits of the
/// HMAC-SHA256 of the secret. The same secret under the same key is the same token, so equality survives. Letters,
/// digits and '-' alone: it needs no escape in any JSON, may stand in key names and queue ids, and looks like no
/// secret.
namespace qsnap::codec {

/// The user's key for redaction. Never printed, never stored.
class RedactionKey {
 public:
  /// Hexadecimal (at least 32 digits), or any other text of at least 16 bytes. White space around it is not part of it.
  /// Errors with `usage`.
  static Result<RedactionKey> parse(std::string_view text);

  /// 8 hex digits: tells keys apart, and tells nothing of the key.
  [[nodiscard]] const std::string& id() const { return m_id; }
  [[nodiscard]] const std::string& secret() const { return m_secret; }

 private:
  explicit RedactionKey(std::string secret);

  std::string m_secret;
  std::string m_id;
};

[[nodiscard]] bool is_redaction_key_id(std::string_view text);

/// Makes tokens. One thread.
class TokenMaker {
 public:
  explicit TokenMaker(const RedactionKey& key);
  [[nodiscard]] std::string token(std::string_view secret) const;

 private:
  HmacSha256 m_hmac;
  std::string m_prefix;
};

inline constexpr std::size_t k_token_bytes = 40;

/// Where the next token in `text` begins, at `from` or behind it; npos if there is none.
[[nodiscard]] std::size_t find_token(std::string_view text, std::size_t from);
[[nodiscard]] bool is_token(std::string_view text);
/// A record's line with every token as the word "qsnap-redacted": for comparing what was redacted under different keys.
/// Bytes that stand there as base64 are looked into. Members whose names were redacted are counted, so that names still
/// differ.
[[nodiscard]] std::string without_token_values(std::string_view line);

}  // namespace qsnap::codec
