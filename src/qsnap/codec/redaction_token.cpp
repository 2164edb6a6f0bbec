// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/redaction_token.hpp>

namespace qsnap::codec {

namespace {

constexpr std::string_view k_word = "qsnap-redacted";
constexpr std::size_t k_id_digits = 8;
constexpr std::size_t k_value_digits = 16;
static_assert(k_token_bytes == k_word.size() + 1 + k_id_digits + 1 + k_value_digits);

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_white = " \t\r\n";
  const std::size_t first = std::min(text.find_first_not_of(k_white), text.size());
  text.remove_prefix(first);
  return text.substr(0, text.find_last_not_of(k_white) + 1);
}

bool starts_with_token(std::string_view text) {
  const std::string_view digits = text.substr(std::min(text.size(), k_word.size()));
  return text.size() >= k_token_bytes && text.starts_with(k_word) && digits[0] == '-' &&
         is_hex(digits.substr(1, k_id_digits)) && digits[1 + k_id_digits] == '-' &&
         is_hex(digits.substr(2 + k_id_digits, k_value_digits));
}

enum class CountNames : std::uint8_t { no, yes };

std::string masked(std::string_view text, CountNames count) {
  std::string out;
  std::size_t copied = 0, names = 0;
  for (std::size_t at = find_token(text, 0); at != std::string_view::npos; at = find_token(text, copied)) {
    out += text.substr(copied, at - copied);
    out += k_word;
    copied = at + k_token_bytes;
    const std::size_t quote = count == CountNames::yes ? text.find('"', copied) : std::string_view::npos;
    if (quote != std::string_view::npos && text.substr(quote + 1).starts_with(':')) {
      out += fmt::format("-{}", ++names);
    }
  }
  out += text.substr(copied);
  return out;
}

/// A line in which the strings that are base64 of bytes with tokens in them have those tokens masked.
std::string with_open_base64(std::string_view line) {
  constexpr std::size_t k_least_bytes = k_token_bytes * 4 / 3;
  std::string out;
  std::size_t copied = 0;
  for (std::size_t open = line.find('"'); open != std::string_view::npos;) {
    std::size_t close = open + 1;
    while (close < line.size() && line[close] != '"') {
      close += line[close] == '\\' ? 2U : 1U;
    }
    const std::string_view body = line.substr(open + 1, close - open - 1);
    const auto bytes = body.size() >= k_least_bytes ? from_base64(body) : std::nullopt;
    if (bytes && find_token(*bytes, 0) != std::string::npos) {
      out += line.substr(copied, open + 1 - copied);
      out += to_base64(masked(*bytes, CountNames::no));
      copied = close;
    }
    open = line.find('"', close + 1);
  }
  out += line.substr(copied);
  return out;
}

}  // namespace

RedactionKey::RedactionKey(std::string secret)
    : m_secret(std::move(secret)),
      m_id(to_hex(HmacSha256{m_secret}.digest("qsnap redaction key id")).substr(0, k_id_digits)) {}

Result<RedactionKey> RedactionKey::parse(std::string_view text) {
  constexpr std::size_t k_least_bytes = 16;
  const std::string_view key = trimmed(text);
  std::string lower{key};
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  if (key.size() < (is_hex(lower) ? 2 * k_least_bytes : k_least_bytes)) {
    return make_error(ErrorCode::usage, "the key for redaction is too short: it needs 16 bytes (32 hexadecimal digits)",
                      {"openssl rand -hex 32 makes a good one"});
  }
  return RedactionKey{std::string{key}};
}

TokenMaker::TokenMaker(const RedactionKey& key)
    : m_hmac(key.secret()), m_prefix(fmt::format("{}-{}-", k_word, key.id())) {}

std::string TokenMaker::token(std::string_view secret) const {
  return m_prefix + to_hex(std::string_view{m_hmac.digest(secret)}.substr(0, k_value_digits / 2));
}

std::size_t find_token(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find(k_word, from); at != std::string_view::npos; at = text.find(k_word, at + 1)) {
    if (starts_with_token(text.substr(at))) {
      return at;
    }
  }
  return std::string_view::npos;
}

bool is_token(std::string_view text) {
  return text.size() == k_token_bytes && starts_with_token(text);
}

std::string without_token_values(std::string_view line) {
  const std::string open_line = with_open_base64(line);
  return masked(open_line, CountNames::yes);
}

}  // namespace qsnap::codec
