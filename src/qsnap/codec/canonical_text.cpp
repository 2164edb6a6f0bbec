// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <span>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/canonical_text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/json.hpp>

namespace qsnap::codec {

namespace {

using boost::json::error_code;
using boost::json::string_view;

constexpr std::string_view k_volatile_key = R"("volatile":)";

std::string_view to_std(string_view text) {
  return {text.data(), text.size()};
}

std::string decoded_name(std::string_view text, const MemberSpan& member) {
  return json_text(text.substr(member.begin, member.value - member.begin - 1)).value_or(std::string{});
}

/// Whether two members have the same name. In big objects, hashes stand for names: that different names have the same
/// one is so unlikely that refusing them costs nothing (embed() then keeps the payload as text).
bool has_duplicates(std::string_view text, std::span<const MemberSpan> members) {
  const auto not_before = [&](const MemberSpan& a, const MemberSpan& b) {
    return escaped_name(text, a) >= escaped_name(text, b);
  };
  if (std::adjacent_find(members.begin(), members.end(), not_before) == members.end()) {
    return false;  // they are in order, as in every record
  }
  constexpr std::size_t k_compare_pairwise = 12;
  if (members.size() <= k_compare_pairwise) {
    for (auto a = members.begin(); a != members.end(); ++a) {
      const auto same = [&](const MemberSpan& b) { return escaped_name(text, *a) == escaped_name(text, b); };
      if (std::any_of(a + 1, members.end(), same)) {
        return true;
      }
    }
    return false;
  }
  std::vector<std::uint64_t> hashes;
  hashes.reserve(members.size());
  for (const MemberSpan& member : members) {
    hashes.push_back(xxh3(escaped_name(text, member)));
  }
  std::sort(hashes.begin(), hashes.end());
  return std::adjacent_find(hashes.begin(), hashes.end()) != hashes.end();
}

/// Boost.JSON's events → canonical text. The text itself says where a comma belongs: a value that was just opened or
/// named ends in '[', '{' or ':', and no complete value does.
class Canonicalizer {
 public:
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

  Canonicalizer(std::string_view input, MemberOrder order) : m_input(input), m_order(order) {
    constexpr std::size_t k_usual_members = 16, k_usual_depth = 8;
    m_json.text.reserve(input.size());  // canonical text is never longer
    m_members.reserve(k_usual_members);
    m_opened.reserve(k_usual_depth);
  }

  [[nodiscard]] bool found_duplicate() const { return m_found_duplicate; }
  [[nodiscard]] CanonicalText take() { return std::move(m_json); }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }

  bool on_object_begin(error_code&) { return open('{'); }
  bool on_array_begin(error_code&) { return open('['); }
  bool on_array_end(std::size_t, error_code&) {
    m_opened.pop_back();
    m_json.text += ']';
    return true;
  }
  bool on_object_end(std::size_t, error_code& failure);

  bool on_key_part(string_view part, std::size_t, error_code&) {
    if (!m_in_text) {
      begin_member();
      m_in_name = true;
    }
    return append_text(to_std(part));
  }
  bool on_key(string_view part, std::size_t total, error_code& failure) {
    if (is_whole_text(to_std(part))) {
      begin_member();
      append_with_quotes(to_std(part));
    } else {
      on_key_part(part, total, failure);
      m_in_text = false;
      m_in_name = false;
    }
    end_name();
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    if (!m_in_text) {
      begin_value();
    }
    return append_text(to_std(part));
  }
  bool on_string(string_view part, std::size_t total, error_code& failure) {
    if (is_whole_text(to_std(part))) {
      begin_value();
      append_with_quotes(to_std(part));
      return true;
    }
    on_string_part(part, total, failure);
    m_in_text = false;
    return true;
  }

  // Only the text of a number is used: the values of -0 and 1e400 are not what the text says.
  bool on_number_part(string_view part, error_code&) {
    if (!m_in_number) {
      begin_value();
      m_in_number = true;
    }
    m_json.text += to_std(part);
    return true;
  }
  bool on_int64(std::int64_t, string_view rest, error_code& failure) { return end_number(rest, failure); }
  bool on_uint64(std::uint64_t, string_view rest, error_code& failure) { return end_number(rest, failure); }
  bool on_double(double, string_view rest, error_code& failure) { return end_number(rest, failure); }

  bool on_bool(bool value, error_code&) { return word(value ? "true" : "false"); }
  bool on_null(error_code&) { return word("null"); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }

 private:
  void begin_value() {
    std::string& text = m_json.text;
    if (!text.empty() && text.back() != '[' && text.back() != ':') {
      text += ',';
    }
    if (m_opened.size() == 1 && text.front() == '[') {
      m_json.spans.elements.push_back(text.size());
    }
  }
  bool open(char bracket) {
    begin_value();
    m_opened.push_back(m_members.size());
    m_json.text += bracket;
    return true;
  }
  bool word(std::string_view text) {
    begin_value();
    m_json.text += text;
    return true;
  }
  bool end_number(string_view rest, error_code& failure) {
    on_number_part(rest, failure);
    m_in_number = false;
    return true;
  }

  void begin_member() {
    if (m_json.text.back() != '{') {
      m_json.text += ',';
      m_members.back().end = m_json.text.size() - 1;
    }
    m_members.push_back({m_json.text.size(), 0, 0});
  }
  void end_name() {
    m_json.text += ':';
    m_members.back().value = m_json.text.size();
  }

  /// The parser hands out strings without escapes as views into the input, and decoded ones from a buffer of its own.
  /// What stands in the input as it is needs no escape in canonical text either.
  [[nodiscard]] bool is_from_input(std::string_view part) const {
    const std::less_equal<> not_after;
    return not_after(m_input.data(), part.data()) &&
           not_after(part.data() + part.size(), m_input.data() + m_input.size());
  }
  /// Whether a part is a whole string, and stands in the input between its quotes.
  [[nodiscard]] bool is_whole_text(std::string_view part) const {
    const std::less<> before;
    return !m_in_text && before(m_input.data(), part.data()) &&
           before(part.data() + part.size(), m_input.data() + m_input.size()) && *(part.data() - 1) == '"' &&
           *(part.data() + part.size()) == '"';
  }
  /// REQUIRES: is_whole_text(part)
  void append_with_quotes(std::string_view part) { m_json.text.append(part.data() - 1, part.size() + 2); }

  bool append_text(std::string_view part);
  /// Whether the names differ.
  bool sort_members(std::span<MemberSpan> members);
  void keep_spans(std::span<const MemberSpan> members);

  std::string_view m_input;
  MemberOrder m_order;
  CanonicalText m_json;
  std::vector<MemberSpan> m_members;  ///< of all open objects, innermost last
  std::vector<std::size_t> m_opened;  ///< for each open object or array: m_members.size() when it was opened
  bool m_in_text = false;             ///< the text ends in the '"' of a string that may go on
  bool m_in_name = false;             ///< that string is a member's name
  bool m_in_number = false;
  bool m_escaped_names = false;  ///< some name may have an escape
  bool m_found_duplicate = false;
};

bool Canonicalizer::append_text(std::string_view part) {
  std::string& text = m_json.text;
  if (m_in_text) {
    text.pop_back();  // the '"' after the part before
  } else {
    text += '"';
    m_in_text = true;
  }
  if (is_from_input(part)) {
    text += part;
    text += '"';
    return true;
  }
  const std::size_t seam = text.size();
  append_json_string(text, part);
  text.erase(seam, 1);
  m_escaped_names = m_escaped_names || m_in_name;
  return true;
}

bool Canonicalizer::on_object_end(std::size_t, error_code& failure) {
  const std::size_t first = m_opened.back();
  if (m_members.size() > first) {
    m_members.back().end = m_json.text.size();
  }
  const std::span<MemberSpan> members = std::span{m_members}.subspan(first);
  const bool differ = m_order == MemberOrder::by_name ? sort_members(members) : !has_duplicates(m_json.text, members);
  if (!differ) {
    m_found_duplicate = true;
    failure = boost::json::make_error_code(boost::json::error::syntax);
    return false;
  }
  if (m_order == MemberOrder::as_found) {
    keep_spans(members);
  }
  m_json.text += '}';
  m_members.resize(first);
  m_opened.pop_back();
  return true;
}

bool Canonicalizer::sort_members(std::span<MemberSpan> members) {
  const auto less = [&](const MemberSpan& a, const MemberSpan& b) {
    // Escapes do not sort like what they stand for.
    return m_escaped_names ? decoded_name(m_json.text, a) < decoded_name(m_json.text, b)
                           : escaped_name(m_json.text, a) < escaped_name(m_json.text, b);
  };
  const auto not_less = [&](const MemberSpan& a, const MemberSpan& b) { return !less(a, b); };
  if (std::adjacent_find(members.begin(), members.end(), not_less) == members.end()) {
    return true;
  }
  const std::size_t start = members.front().begin;
  std::sort(members.begin(), members.end(), less);
  if (std::adjacent_find(members.begin(), members.end(), not_less) != members.end()) {
    return false;
  }
  std::string sorted;
  sorted.reserve(m_json.text.size() - start);
  for (const MemberSpan& member : members) {
    if (!sorted.empty()) {
      sorted += ',';
    }
    sorted.append(m_json.text, member.begin, member.end - member.begin);
  }
  m_json.text.replace(start, std::string::npos, sorted);
  return true;
}

void Canonicalizer::keep_spans(std::span<const MemberSpan> members) {
  if (m_opened.size() == 1) {
    m_json.spans.members.assign(members.begin(), members.end());
  } else if (m_opened.size() == 2 && m_json.text.front() == '{') {
    const MemberSpan& outer = m_members[m_opened.back() - 1];
    if (std::string_view{m_json.text}.substr(outer.begin, outer.value - outer.begin) == k_volatile_key) {
      m_json.spans.volatiles.assign(members.begin(), members.end());
    }
  }
}

bool may_have_duplicates(const ScannedObject& object) {
  return object.names != NameOrder::ascending;
}

/// Checks names, and that is all.
class DuplicateFinder : public ScanVisitor {
 public:
  explicit DuplicateFinder(std::string_view text) : m_text(text) {}
  bool on_object(const ScannedObject& object) override {
    return !may_have_duplicates(object) || !has_duplicates(m_text, object.members);
  }

 protected:
  std::string_view m_text;
};

class SpanCollector final : public DuplicateFinder {
 public:
  using DuplicateFinder::DuplicateFinder;

  bool on_object(const ScannedObject& object) override {
    if (!DuplicateFinder::on_object(object)) {
      return false;
    }
    if (object.level == 1) {
      m_spans.members.assign(object.members.begin(), object.members.end());
    } else if (object.level == 2 && object.holder != nullptr &&
               m_text.substr(object.holder->begin, object.holder->value - object.holder->begin) == k_volatile_key) {
      m_spans.volatiles.assign(object.members.begin(), object.members.end());
    }
    return true;
  }
  void on_element(std::size_t at) override { m_spans.elements.push_back(at); }

  [[nodiscard]] CanonicalSpans take() { return std::move(m_spans); }

 private:
  CanonicalSpans m_spans;
};

class OrderCheck final : public ScanVisitor {
 public:
  bool on_object(const ScannedObject& object) override { return !may_have_duplicates(object); }
};

/// Puts the members of the objects in `copy`, which is a copy of `text`, in order. That moves nothing out of its
/// object, and a scan tells inner objects first: so the places of what is still to come stay as they are.
class InPlaceSorter final : public ScanVisitor {
 public:
  InPlaceSorter(std::string_view text, std::span<char> copy) : m_text(text), m_copy(copy) {}

  bool on_object(const ScannedObject& object) override {
    if (!may_have_duplicates(object)) {
      return true;
    }
    const std::size_t begin = object.members.front().begin;
    const auto less = [&](const MemberSpan& a, const MemberSpan& b) {
      return escaped_name(m_text, a) < escaped_name(m_text, b);
    };
    std::sort(object.members.begin(), object.members.end(), less);
    m_sorted.clear();
    for (std::size_t i = 0; i < object.members.size(); ++i) {
      const MemberSpan& member = object.members[i];
      if (i > 0) {
        if (!less(object.members[i - 1], member)) {
          return false;
        }
        m_sorted += ',';
      }
      m_sorted.append(m_copy.data() + member.begin, member.end - member.begin);
    }
    m_sorted.copy(m_copy.data() + begin, m_sorted.size());
    return true;
  }

 private:
  std::string_view m_text;
  std::span<char> m_copy;
  std::string m_sorted;
};

}  // namespace

std::optional<CanonicalSpans> canonical_spans(std::string_view text) {
  SpanCollector spans{text};
  return scan_canonical(text, spans) ? std::optional{spans.take()} : std::nullopt;
}

bool is_canonical(std::string_view text) {
  DuplicateFinder names{text};
  return scan_canonical(text, names);
}

bool is_sorted_json(std::string_view text) {
  OrderCheck order;
  return scan_canonical(text, order);
}

Result<void> append_sorted_json(std::string& out, std::string_view text) {
  const std::size_t before = out.size();
  out += text;
  InPlaceSorter sorter{text, std::span{out}.subspan(before)};
  if (scan_canonical(text, sorter)) {
    return {};
  }
  out.resize(before);
  QSNAP_ASSIGN(const CanonicalText json, parse_to_canonical(text, {.order = MemberOrder::by_name}));
  out += json.text;
  return {};
}

Result<CanonicalText> canonicalize(std::string_view text, const CanonicalOptions& options) {
  if (options.order == MemberOrder::by_name) {
    return parse_to_canonical(text, options);
  }
  auto spans = canonical_spans(text);
  return spans ? Result<CanonicalText>{CanonicalText{std::string{text}, *std::move(spans)}}
               : parse_to_canonical(text, options);
}

Result<CanonicalText> parse_to_canonical(std::string_view text, const CanonicalOptions& options) {
  boost::json::parse_options parse_options;
  parse_options.max_depth = options.depth;
  boost::json::basic_parser<Canonicalizer> parser{parse_options, text, options.order};
  error_code failure;
  const std::size_t read = parser.write_some(false, text.data(), text.size(), failure);
  if (failure) {
    const std::string what = parser.handler().found_duplicate() ? "duplicate member name" : failure.message();
    return make_error(ErrorCode::corrupt, fmt::format("bad JSON at byte {}: {}", read, what));
  }
  if (read != text.size()) {
    return make_error(ErrorCode::corrupt, fmt::format("bad JSON at byte {}: bytes behind the value", read));
  }
  return parser.handler().take();
}

model::Field to_field(std::string_view text, const MemberSpan& member) {
  const std::string_view escaped = escaped_name(text, member);
  const bool plain = escaped.find('\\') == std::string_view::npos;
  return {plain ? std::string{escaped} : decoded_name(text, member),
          std::string{text.substr(member.value, member.end - member.value)}};
}

}  // namespace qsnap::codec
