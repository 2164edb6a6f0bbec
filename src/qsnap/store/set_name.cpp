// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/store/set_name.hpp>

namespace qsnap::store {

namespace {

constexpr std::size_t k_most_encoded_bytes = 200;  // a file's name has 255, and git adds ".lock" to a ref's

bool is_plain(std::string_view text, std::size_t at) {
  const char c = text[at];
  const bool inside = at > 0 && at + 1 < text.size();
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' ||
         (c == '-' && at > 0) || (c == '.' && inside);
}

/// "x.lock" is git's, as a ref and beside one.
std::string encode(std::string_view text) {
  const std::size_t lock = text.ends_with(".lock") ? text.size() - std::string_view{".lock"}.size() : text.size();
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    out += is_plain(text, i) && i != lock ? std::string(1, text[i])
                                          : fmt::format("%{:02X}", static_cast<unsigned char>(text[i]));
  }
  return out;
}

bool is_harmful(char c) {
  constexpr unsigned char k_first_printable = 0x20, k_delete = 0x7F;
  const auto byte = static_cast<unsigned char>(c);
  return byte < k_first_printable || byte == k_delete || c == '\\';
}

int hex_value(char c) {
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  const std::size_t at = k_digits.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

Result<SetName> SetName::parse(std::string_view text) {
  const auto bad = [&](std::string_view why) {
    return make_error(ErrorCode::usage, fmt::format("\"{}\" is not the name of a set: {}", text, why));
  };
  if (text.empty()) {
    return bad("it is empty");
  }
  if (std::any_of(text.begin(), text.end(), is_harmful) || text.find("..") != std::string_view::npos) {
    return bad("no control character, no backslash and no \"..\" may be in it");
  }
  std::string encoded = encode(text);
  if (encoded.size() > k_most_encoded_bytes) {
    return bad(fmt::format("its folder would have a name of more than {} bytes", k_most_encoded_bytes));
  }
  return SetName{std::string{text}, std::move(encoded)};
}

Result<SetName> SetName::from_encoded(std::string_view encoded) {
  std::string text;
  for (std::size_t i = 0; i < encoded.size(); ++i) {
    constexpr int k_base = 16;
    const bool escape = encoded[i] == '%' && i + 2 < encoded.size();
    const int high = escape ? hex_value(encoded[i + 1]) : -1, low = escape ? hex_value(encoded[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      text += static_cast<char>(high * k_base + low);
      i += 2;
    } else {
      text += encoded[i];
    }
  }
  QSNAP_ASSIGN(SetName name, parse(text));
  if (name.encoded() != encoded) {
    return make_error(ErrorCode::usage, fmt::format("\"{}\" is not how the name of a set is written", encoded));
  }
  return name;
}

SetChain SetChain::from(const SetName& set) const {
  if (set.is_default()) {
    return {};
  }
  const auto at = std::find(sets.begin(), sets.end(), set);
  return {at == sets.end() ? std::vector{set} : std::vector(at, sets.end())};
}

}  // namespace qsnap::store
