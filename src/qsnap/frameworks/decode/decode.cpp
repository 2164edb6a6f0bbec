// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/decode/decode.hpp>
#include <qsnap/frameworks/decode/inflate.hpp>
#include <qsnap/frameworks/decode/msgpack.hpp>
#include <qsnap/frameworks/decode/php.hpp>
#include <qsnap/frameworks/decode/pickle.hpp>
#include <qsnap/frameworks/decode/protobuf.hpp>

namespace qsnap::frameworks::decode {

namespace {

/// Which wrappings are looked for: packed bytes may be in base64, and values in either; nothing is twice, so that a
/// small text never costs more than one inflation.
enum class Wrappings : std::uint8_t { all, packed, none };

Result<std::string> unwrap_base64(std::string_view text) {
  std::string joined{text};  // Ruby's encode64 breaks lines
  std::erase(joined, '\n');
  auto bytes = codec::from_base64(joined);
  return bytes ? Result<std::string>{*std::move(bytes)} : make_error(ErrorCode::corrupt, "not base64");
}

Result<std::string> unwrap_zlib(std::string_view bytes) {
  return inflate(bytes);
}

/// A word of a codec: wrappings give bytes, the others JSON.
struct Word {
  enum class Kind : std::uint8_t { wrapping, value };
  std::string_view name;
  Kind kind;
  Result<std::string> (*read)(std::string_view);
};

constexpr std::array k_words = {
    Word{"base64", Word::Kind::wrapping, unwrap_base64}, Word{"gzip", Word::Kind::wrapping, unwrap_zlib},
    Word{"zlib", Word::Kind::wrapping, unwrap_zlib},     Word{"json", Word::Kind::value, codec::canonical_json},
    Word{"msgpack", Word::Kind::value, msgpack_json},    Word{"php", Word::Kind::value, php_json},
    Word{"pickle", Word::Kind::value, pickle_json},      Word{"protobuf", Word::Kind::value, protobuf_json},
};

bool looks_like_zlib(std::string_view bytes) {
  constexpr unsigned k_deflate_32k = 0x78, k_check = 31;
  return bytes.size() > 2 && static_cast<unsigned char>(bytes[0]) == k_deflate_32k &&
         (k_deflate_32k << 8U | static_cast<unsigned char>(bytes[1])) % k_check == 0;
}

bool looks_like_pickle(std::string_view bytes) {
  return bytes.size() > 3 && bytes[0] == '\x80' && bytes[1] >= 2 && bytes[1] <= 5 && bytes.back() == '.';
}

/// O:8:"…, a:2:{…, C:…, E:…: scalars are too short to be sure.
bool looks_like_php(std::string_view bytes) {
  constexpr std::string_view k_types = "OaCE";
  return bytes.size() > 5 && k_types.find(bytes[0]) != std::string_view::npos && bytes[1] == ':' &&
         is_digit(bytes[2]) && (bytes.back() == '}' || bytes.back() == ';');
}

bool looks_like_json_container(std::string_view bytes) {
  return (bytes.starts_with('{') && bytes.ends_with('}')) || (bytes.starts_with('[') && bytes.ends_with(']'));
}

bool looks_like_base64(std::string_view bytes) {
  constexpr std::size_t k_shortest = 8;
  const auto belongs = [](char c) { return is_letter(c) || is_digit(c) || c == '+' || c == '/' || c == '\n'; };
  for (const std::string_view end : {"\n", "=", "="}) {
    bytes.remove_suffix(bytes.ends_with(end) ? end.size() : 0);
  }
  return bytes.size() >= k_shortest && std::all_of(bytes.begin(), bytes.end(), belongs);
}

std::optional<std::string> sniff_layer(std::string_view bytes, Wrappings wrappings);

/// The codec of what is inside a wrapping. JSON counts there, because it cannot be taken for plain text any more.
std::optional<std::string> sniff_inside(std::string_view bytes, Wrappings wrappings) {
  const bool is_json = looks_like_json_container(bytes) && codec::canonical_json(bytes);
  return is_json ? std::optional<std::string>{"json"} : sniff_layer(bytes, wrappings);
}

std::optional<std::string> sniff_layer(std::string_view bytes, Wrappings wrappings) {
  if (looks_like_pickle(bytes)) {
    return pickle_json(bytes) ? std::optional<std::string>{"pickle"} : std::nullopt;
  }
  if (looks_like_php(bytes)) {
    return php_json(bytes) ? std::optional<std::string>{"php"} : std::nullopt;
  }
  if (wrappings != Wrappings::none && looks_like_zlib(bytes)) {
    const auto inner = inflate(bytes);
    if (!inner) {
      return std::nullopt;
    }
    const auto name = sniff_inside(*inner, Wrappings::none);
    return name ? "zlib+" + *name : "zlib";
  }
  if (wrappings == Wrappings::all && looks_like_base64(bytes)) {
    const auto inner = unwrap_base64(bytes);
    const auto name = inner ? sniff_inside(*inner, Wrappings::packed) : std::nullopt;
    return name ? std::optional{"base64+" + *name} : std::nullopt;
  }
  return std::nullopt;
}

/// A quick look at the front of a string as it stands in JSON, so that few of them are unescaped for nothing. What is
/// packed or pickled is no UTF-8, so there it is in base64.
bool may_be_encoded(std::string_view string) {
  constexpr std::size_t k_look = 16;
  const std::string_view body = string.substr(1, string.size() - 2);
  return looks_like_base64(body.substr(0, k_look)) || (body.size() > 1 && body[1] == ':');
}

/// Canonical JSON is copied; only its strings are looked at. A string that is followed by a colon is a name.
class InsideDecoder {
 public:
  explicit InsideDecoder(std::string_view json) : m_rest(json) {}

  std::string run() {
    while (!m_rest.empty()) {
      const std::size_t plain = std::min(m_rest.find('"'), m_rest.size());
      m_out += m_rest.substr(0, plain);
      m_rest.remove_prefix(plain);
      if (!m_rest.empty()) {
        string();
      }
    }
    return std::move(m_out);
  }

 private:
  void string() {
    std::size_t end = 1;
    while (end < m_rest.size() && m_rest[end] != '"') {
      end += m_rest[end] == '\\' ? 2U : 1U;
    }
    const std::string_view text = m_rest.substr(0, end + 1);
    m_rest.remove_prefix(text.size());
    const auto value = m_rest.starts_with(':') ? std::nullopt : decoded(text);
    m_out += value ? std::string_view{*value} : text;
  }

  static std::optional<std::string> decoded(std::string_view json) {
    const auto bytes = may_be_encoded(json) ? codec::json_text(json) : std::nullopt;
    const auto codec = bytes ? sniff(*bytes) : std::nullopt;
    auto value = codec ? decode(*bytes, *codec) : make_error(ErrorCode::not_found, "no codec");
    return value ? std::optional{*std::move(value)} : std::nullopt;
  }

  std::string_view m_rest;
  std::string m_out;
};

}  // namespace

Result<std::string> decode(std::string_view bytes, std::string_view codec) {
  constexpr std::ptrdiff_t k_most_words = 4;
  if (std::count(codec.begin(), codec.end(), '+') >= k_most_words) {
    return make_error(ErrorCode::corrupt, fmt::format("a codec of more than {} words", k_most_words));
  }
  std::string held;
  for (std::string_view words = codec; !words.empty();) {
    const std::size_t end = std::min(words.find('+'), words.size());
    const std::string_view name = words.substr(0, end);
    words.remove_prefix(std::min(end + 1, words.size()));
    const auto* const word =
        std::find_if(k_words.begin(), k_words.end(), [&](const Word& each) { return each.name == name; });
    if (word == k_words.end()) {
      return make_error(ErrorCode::corrupt, fmt::format("unknown codec '{}'", name));
    }
    if (bytes.size() > limits::k_decoded_bytes) {
      return make_error(ErrorCode::limit_exceeded, "a payload that is too large to be decoded");
    }
    QSNAP_ASSIGN(std::string read, word->read(bytes));
    if (word->kind == Word::Kind::value) {
      return words.empty() ? Result<std::string>{std::move(read)}
                           : make_error(ErrorCode::corrupt, fmt::format("nothing can be inside of '{}'", name));
    }
    held = std::move(read);
    bytes = held;
  }
  return json_bytes(bytes);
}

std::optional<std::string> sniff(std::string_view bytes) {
  return bytes.size() <= limits::k_decoded_bytes ? sniff_layer(bytes, Wrappings::all) : std::nullopt;
}

std::string decode_inside(std::string_view json) {
  std::string decoded = InsideDecoder{json}.run();
  // Values that are within the limits each need not be so together.
  return decoded == json || codec::canonical_json(decoded) ? decoded : std::string{json};
}

}  // namespace qsnap::frameworks::decode
