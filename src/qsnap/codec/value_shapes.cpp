// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/redaction_token.hpp>
#include <qsnap/codec/value_shapes.hpp>

namespace qsnap::codec {

namespace {

using Spans = std::vector<Span>;

constexpr std::size_t k_none = std::string_view::npos;

bool is_alphanumeric(char c) {
  return is_letter(c) || is_digit(c);
}
bool is_base64url(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}
/// Names of people and hosts may have letters beyond ASCII.
bool is_beyond_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

/// Where the run of characters from `at` ends.
template <class Predicate>
std::size_t run_end(std::string_view text, std::size_t at, Predicate belongs) {
  while (at < text.size() && belongs(text[at])) {
    ++at;
  }
  return at;
}

/// Where the run of characters in front of `at` begins.
template <class Predicate>
std::size_t run_begin(std::string_view text, std::size_t at, Predicate belongs) {
  while (at > 0 && belongs(text[at - 1])) {
    --at;
  }
  return at;
}

/// Three parts (JWS) or five (JWE) with dots between them; the first one is base64url of a text that begins with {".
void find_jwt(std::string_view text, Spans& found) {
  constexpr std::string_view k_start = "eyJ";
  constexpr std::size_t k_least_bytes = 8, k_least_parts = 3, k_most_parts = 5;
  std::size_t first_part_end = 0, last_part_end = 0, parts = 0;
  for (std::size_t at = text.find(k_start); at != k_none; at = text.find(k_start, at + 1)) {
    if (at >= first_part_end) {  // else in the same first part, which the same parts follow
      first_part_end = last_part_end = run_end(text, at, is_base64url);
      for (parts = 1; parts < k_most_parts && last_part_end < text.size() && text[last_part_end] == '.'; ++parts) {
        last_part_end = run_end(text, last_part_end + 1, is_base64url);
      }
    }
    const bool bounded = at == 0 || !is_alphanumeric(text[at - 1]);
    if (bounded && first_part_end - at >= k_least_bytes && parts >= k_least_parts) {
      found.push_back({at, last_part_end});
    }
  }
}

/// An access key id: four letters that tell its kind, and sixteen of A–Z and 0–9.
void find_aws_key(std::string_view text, Spans& found) {
  constexpr std::array<std::string_view, 8> k_kinds = {"AKIA", "ASIA", "AGPA", "AIDA", "AROA", "ANPA", "ANVA", "ABIA"};
  constexpr std::size_t k_bytes = 20;
  for (std::size_t at = text.find('A'); at != k_none; at = text.find('A', at + 1)) {
    const std::string_view rest = text.substr(at);
    const bool kind = std::any_of(k_kinds.begin(), k_kinds.end(), [&](auto each) { return rest.starts_with(each); });
    const bool bounded = at == 0 || !is_alphanumeric(text[at - 1]);
    if (kind && bounded && run_end(rest, 0, [](char c) { return is_upper(c) || is_digit(c); }) == k_bytes &&
        run_end(rest, 0, is_alphanumeric) == k_bytes) {
      found.push_back({at, at + k_bytes});
    }
  }
}

/// From "-----BEGIN" to the end of the line that ends it, or of the text where it was cut off.
void find_pem(std::string_view text, Spans& found) {
  constexpr std::string_view k_begin = "-----BEGIN ", k_end = "-----END ", k_dashes = "-----";
  std::size_t from = 0;
  for (std::size_t at = text.find(k_begin); at != k_none; at = text.find(k_begin, from)) {
    const std::size_t last = text.find(k_end, at);
    const std::size_t close = last == k_none ? k_none : text.find(k_dashes, last + k_end.size());
    from = close == k_none ? text.size() : close + k_dashes.size();
    found.push_back({at, from});
  }
}

bool passes_luhn(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubled = !doubled) {
    const int value = (*digit - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 == 0;
}

/// First digits that issuers have, and how long their numbers are (ISO/IEC 7812).
struct Issuer {
  int first;
  int last;
  std::size_t least_digits;
  std::size_t most_digits;
};
constexpr std::array k_issuers = {
    Issuer{2221, 2720, 16, 16},                              // Mastercard
    Issuer{3000, 3059, 14, 14},                              // Diners Club
    Issuer{3400, 3499, 15, 15},                              // American Express
    Issuer{3528, 3589, 16, 19},                              // JCB
    Issuer{3600, 3699, 14, 19},                              // Diners Club
    Issuer{3700, 3799, 15, 15},                              // American Express
    Issuer{3800, 3999, 14, 14},                              // Diners Club
    Issuer{4000, 4999, 16, 16},                              // Visa
    Issuer{4000, 4999, 19, 19}, Issuer{5018, 5099, 16, 19},  // Maestro
    Issuer{5100, 5599, 16, 16},                              // Mastercard
    Issuer{6011, 6011, 16, 19},                              // Discover
    Issuer{6200, 6299, 16, 19},                              // UnionPay
    Issuer{6304, 6304, 16, 19},                              // Maestro
    Issuer{6440, 6599, 16, 19},                              // Discover
    Issuer{6759, 6763, 16, 19},                              // Maestro
};

bool is_card(std::string_view digits) {
  constexpr std::size_t k_least = 14, k_prefix = 4;
  if (digits.size() < k_least) {
    return false;
  }
  int prefix = 0;
  for (const char c : digits.substr(0, k_prefix)) {
    prefix = prefix * 10 + (c - '0');
  }
  return std::any_of(k_issuers.begin(), k_issuers.end(),
                     [&](const Issuer& issuer) {
                       return prefix >= issuer.first && prefix <= issuer.last && digits.size() >= issuer.least_digits &&
                              digits.size() <= issuer.most_digits;
                     }) &&
         passes_luhn(digits);
}

/// Groups of digits with single spaces or dashes between them, from the one that begins at `at`: the longest run of
/// whole groups that is a card's number. 0: none.
std::size_t card_end(std::string_view text, std::size_t at) {
  constexpr std::size_t k_most_digits = 19;
  std::string digits;
  std::size_t end = 0;
  while (true) {
    const std::size_t group_end = run_end(text, at, is_digit);
    if (group_end == at || digits.size() + (group_end - at) > k_most_digits) {
      return end;
    }
    digits += text.substr(at, group_end - at);
    const char next = group_end < text.size() ? text[group_end] : ' ';
    const bool decimals = next == '.' && group_end + 1 < text.size() && is_digit(text[group_end + 1]);
    if (is_card(digits) && !is_letter(next) && next != '_' && !decimals) {
      end = group_end;
    }
    if (group_end >= text.size() || (next != ' ' && next != '-')) {
      return end;
    }
    at = group_end + 1;
  }
}

void find_card(std::string_view text, Spans& found) {
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      ++at;
      continue;
    }
    const char before = at > 0 ? text[at - 1] : ' ';
    const bool decimals = before == '.' && at > 1 && is_digit(text[at - 2]);
    const bool bounded = !is_letter(before) && before != '_' && !decimals;
    const std::size_t end = bounded ? card_end(text, at) : 0;
    if (end > 0) {
      found.push_back({at, end});
    }
    at = end > 0 ? end : run_end(text, at, is_digit);
  }
}

/// What an address may be made of. In bytes that are no text, what is beyond ASCII belongs to something else.
class AddressLetters {
 public:
  explicit AddressLetters(std::string_view text) : m_beyond_ascii(is_utf8(text)) {}

  [[nodiscard]] bool is_letter_of_name(char c) const { return is_letter(c) || (m_beyond_ascii && is_beyond_ascii(c)); }
  [[nodiscard]] bool in_domain(char c) const { return is_letter_of_name(c) || is_digit(c) || c == '.' || c == '-'; }
  [[nodiscard]] bool in_local_part(char c) const { return in_domain(c) || c == '_' || c == '+'; }

 private:
  bool m_beyond_ascii;
};

bool is_file_suffix(std::string_view top) {
  constexpr std::array<std::string_view, 8> k_files = {"png", "jpg", "jpeg", "gif", "svg", "webp", "css", "js"};
  return std::find(k_files.begin(), k_files.end(), top) != k_files.end();
}

/// Where the domain that begins at `at` ends; `at` if there is none: two labels, the last one of letters that are not
/// those of a picture's or a script's file (logo@2x.png). What stands behind those letters is not the domain's.
std::size_t domain_end(std::string_view text, std::size_t at, const AddressLetters& letters) {
  const auto in_domain = [&](char c) { return letters.in_domain(c); };
  std::string_view domain = text.substr(at, run_end(text, at, in_domain) - at);
  while (true) {
    const std::size_t dot = domain.rfind('.');
    if (dot == k_none || dot == 0) {
      return at;
    }
    const std::size_t end = run_end(domain, dot + 1, [&](char c) { return letters.is_letter_of_name(c) || c == '-'; });
    const std::string_view top = domain.substr(dot + 1, end - dot - 1);
    if (top.size() >= 2 && top.front() != '-') {
      return is_file_suffix(top) ? at : at + end - (top.ends_with('-') ? 1U : 0U);
    }
    domain = domain.substr(0, dot);
  }
}

void find_email(std::string_view text, Spans& found) {
  constexpr std::array<std::string_view, 2> k_signs = {"@", "%40"};  // the second in URLs
  for (const std::string_view sign : k_signs) {
    std::size_t at = text.find(sign);
    if (at == k_none) {
      continue;
    }
    const AddressLetters letters{text};
    for (; at != k_none; at = text.find(sign, at + 1)) {
      std::size_t begin = run_begin(text, at, [&](char c) { return letters.in_local_part(c); });
      begin = std::min(at, run_end(text, begin, [](char c) { return c == '.' || c == '-'; }));
      const std::size_t domain = at + sign.size(), end = domain_end(text, domain, letters);
      if (begin < at && end > domain) {
        found.push_back({begin, end});
      }
    }
  }
}

/// What stands between ':' and '@' in front of a URL's host.
void find_url_password(std::string_view text, Spans& found) {
  constexpr std::string_view k_mark = "://";
  const auto in_user_info = [](char c) {
    return static_cast<unsigned char>(c) > ' ' && c != '/' && c != '"' && c != '<';
  };
  for (std::size_t at = text.find(k_mark); at != k_none; at = text.find(k_mark, at + 1)) {
    const std::size_t begin = at + k_mark.size();
    const std::string_view authority = text.substr(begin, run_end(text, begin, in_user_info) - begin);
    const std::size_t colon = authority.find(':'), host = authority.rfind('@');
    if (colon != k_none && host != k_none && colon + 1 < host) {
      found.push_back({begin + colon + 1, begin + host});
    }
  }
}

void find_shape(model::Shape shape, std::string_view text, Spans& found) {
  switch (shape) {
    case model::Shape::jwt:
      return find_jwt(text, found);
    case model::Shape::aws_key:
      return find_aws_key(text, found);
    case model::Shape::pem:
      return find_pem(text, found);
    case model::Shape::card:
      return find_card(text, found);
    case model::Shape::email:
      return find_email(text, found);
    case model::Shape::url_password:
      return find_url_password(text, found);
  }
}

}  // namespace

std::vector<Span> united(std::vector<Span> spans) {
  std::sort(spans.begin(), spans.end(), [](Span a, Span b) { return a.begin < b.begin; });
  std::vector<Span> all;
  for (const Span span : spans) {
    if (!all.empty() && span.begin < all.back().end) {
      all.back().end = std::max(all.back().end, span.end);
    } else {
      all.push_back(span);
    }
  }
  return all;
}

std::vector<Span> without_tokens(std::vector<Span> spans, std::string_view text) {
  if (spans.empty()) {
    return spans;
  }
  for (std::size_t at = find_token(text, 0); at != k_none; at = find_token(text, at + k_token_bytes)) {
    std::erase_if(spans, [&](Span span) { return span.begin < at + k_token_bytes && span.end > at; });
  }
  return spans;
}

std::vector<Span> find_shapes(std::string_view text, std::span<const model::Shape> shapes) {
  std::vector<Span> found;
  for (const model::Shape shape : shapes) {
    find_shape(shape, text, found);
  }
  return without_tokens(united(std::move(found)), text);
}

}  // namespace qsnap::codec
