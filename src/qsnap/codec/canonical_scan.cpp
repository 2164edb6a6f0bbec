// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/canonical_scan.hpp>

namespace qsnap::codec {

namespace {

/// Far above what payloads have. They bound the stack that a scan takes: nothing is allocated.
constexpr std::size_t k_most_open_members = 64;
constexpr std::size_t k_most_levels = 32;
/// Numbers of up to so many characters are within what any parser takes.
constexpr std::size_t k_number_bytes = 18;

constexpr std::uint64_t k_ones = 0x0101010101010101;
constexpr std::uint64_t k_high_bits = 0x8080808080808080;

/// Not 0 if one of the eight bytes ends a plain run: a quote, a backslash, a control character, or beyond ASCII.
/// (x - n) & ~x has the high bit of a byte below n set, for n up to 0x80; it may also be set above such a byte.
std::uint64_t special_bytes(std::uint64_t word) {
  const std::uint64_t quotes = word ^ (k_ones * '"');
  const std::uint64_t backslashes = word ^ (k_ones * '\\');
  const std::uint64_t found =
      ((quotes - k_ones) & ~quotes) | ((backslashes - k_ones) & ~backslashes) | ((word - k_ones * 0x20) & ~word);
  return (found | word) & k_high_bits;
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte >= 0x20 && byte < 0x80 && c != '"' && c != '\\';
}

class Scan {
 public:
  Scan(std::string_view text, ScanVisitor& visitor) : m_text(text), m_visitor(visitor) {}

  bool run() { return value(0) && m_at == m_text.size(); }

 private:
  /// 0 behind the end, which nothing begins with.
  [[nodiscard]] char next() const { return m_at < m_text.size() ? m_text[m_at] : '\0'; }
  bool take(char wanted) {
    const bool there = next() == wanted;
    m_at += there ? 1U : 0U;
    return there;
  }
  bool take(std::string_view word) {
    const bool there = m_text.substr(m_at).starts_with(word);
    m_at += there ? word.size() : 0U;
    return there;
  }

  bool value(std::size_t levels);
  bool object(std::size_t levels);
  bool member(std::size_t levels, MemberSpan& member);
  bool array(std::size_t levels);
  bool string();
  void plain_run();
  bool special_character();
  bool escape();
  bool number();
  std::size_t digits();

  std::string_view m_text;
  ScanVisitor& m_visitor;
  std::size_t m_at = 0;
  std::size_t m_open_members = 0;
  std::array<MemberSpan, k_most_open_members> m_members;  ///< of all open objects, innermost last
};

/// `levels` is how many objects and arrays are open.
bool Scan::value(std::size_t levels) {
  switch (next()) {
    case '{':
      return levels < k_most_levels && object(levels + 1);
    case '[':
      return levels < k_most_levels && array(levels + 1);
    case '"':
      return string();
    case 't':
      return take("true");
    case 'f':
      return take("false");
    case 'n':
      return take("null");
    default:
      return number();
  }
}

bool Scan::object(std::size_t levels) {
  const std::size_t first = m_open_members;
  NameOrder names = NameOrder::ascending;
  ++m_at;
  if (next() != '}') {
    std::string_view last_name;
    do {
      if (m_open_members == k_most_open_members) {
        return false;
      }
      MemberSpan& now = m_members[m_open_members++];
      const bool is_first = m_open_members == first + 1;
      if (!member(levels, now)) {
        return false;
      }
      const std::string_view name = escaped_name(m_text, now);
      if (!is_first && name <= last_name) {
        names = NameOrder::other;
      }
      last_name = name;
    } while (take(','));
  }
  if (!take('}')) {
    return false;
  }
  const std::span<MemberSpan> members{m_members.data() + first, m_open_members - first};
  m_open_members = first;
  return m_visitor.on_object({members, names, levels, first == 0 ? nullptr : &m_members[first - 1]});
}

bool Scan::member(std::size_t levels, MemberSpan& member) {
  member.begin = m_at;
  if (next() != '"' || !string() || !take(':')) {
    return false;
  }
  member.value = m_at;
  if (escaped_name(m_text, member).find('\\') != std::string_view::npos) {  // escapes do not sort like what they mean
    return false;
  }
  const bool taken = value(levels);
  member.end = m_at;
  return taken;
}

bool Scan::array(std::size_t levels) {
  ++m_at;
  if (take(']')) {
    return true;
  }
  do {
    if (levels == 1) {
      m_visitor.on_element(m_at);
    }
    if (!value(levels)) {
      return false;
    }
  } while (take(','));
  return take(']');
}

bool Scan::string() {
  ++m_at;
  while (true) {
    plain_run();
    if (take('"')) {
      return true;
    }
    if (!special_character()) {
      return false;
    }
  }
}

void Scan::plain_run() {
  std::uint64_t word = 0;
  while (m_text.size() - m_at >= sizeof word) {
    std::memcpy(&word, m_text.data() + m_at, sizeof word);
    if (const std::uint64_t special = special_bytes(word); special != 0) {
      if constexpr (std::endian::native == std::endian::little) {
        m_at += static_cast<std::size_t>(std::countr_zero(special)) / 8;
        return;
      }
      break;
    }
    m_at += sizeof word;
  }
  while (is_plain(next())) {
    ++m_at;
  }
}

bool Scan::special_character() {
  if (next() == '\\') {
    return escape();
  }
  const auto point = decode_utf8(m_text.substr(m_at));
  if (!point || point->value < 0x80) {  // a bare control character, or the end
    return false;
  }
  m_at += point->bytes;
  return true;
}

/// The escapes of canonical text: a letter where there is one, else \u00xx for control characters.
bool Scan::escape() {
  constexpr std::string_view k_letters = "\"\\bfnrt";
  constexpr std::string_view k_prefix = "\\u00";
  constexpr std::string_view k_with_letter = "\b\t\n\f\r";
  const std::string_view rest = m_text.substr(m_at);
  if (rest.size() >= 2 && k_letters.find(rest[1]) != std::string_view::npos) {
    m_at += 2;
    return true;
  }
  const auto byte = rest.starts_with(k_prefix) ? from_hex(rest.substr(k_prefix.size(), 2)) : std::nullopt;
  if (!byte || byte->size() != 1 || static_cast<unsigned char>(byte->front()) >= 0x20 ||
      k_with_letter.find(byte->front()) != std::string_view::npos) {
    return false;
  }
  m_at += k_prefix.size() + 2;
  return true;
}

bool Scan::number() {
  const std::size_t begin = m_at;
  take('-');
  const bool starts_with_zero = next() == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (starts_with_zero && whole > 1)) {
    return false;
  }
  if (take('.') && digits() == 0) {
    return false;
  }
  return m_at - begin <= k_number_bytes;  // what follows, an exponent perhaps, is for the caller to refuse
}

std::size_t Scan::digits() {
  const std::size_t begin = m_at;
  while (is_digit(next())) {
    ++m_at;
  }
  return m_at - begin;
}

}  // namespace

bool scan_canonical(std::string_view text, ScanVisitor& visitor) {
  return Scan{text, visitor}.run();
}

}  // namespace qsnap::codec
