// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/cursor.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/decode/php.hpp>
#include <qsnap/frameworks/decode/value_tree.hpp>

namespace qsnap::frameworks::decode {

namespace {

constexpr std::string_view k_class = "$class";

Error malformed() {
  return make_error(ErrorCode::corrupt, "not what PHP's serialize() writes");
}

/// A property as it stands in the text: "\0*\0name" is protected, "\0Class\0name" private, "name" public.
struct PropertyName {
  std::string_view owner;  ///< "*", a class, or empty
  std::string_view bare;
};

PropertyName split_name(std::string_view mangled) {
  if (!mangled.starts_with('\0')) {
    return {{}, mangled};
  }
  const std::size_t end = mangled.find('\0', 1);
  return end == std::string_view::npos ? PropertyName{{}, mangled}
                                       : PropertyName{mangled.substr(1, end - 1), mangled.substr(end + 1)};
}

/// Bare names, but where two properties would have the same one.
void name_properties(std::vector<std::string>& names) {
  std::map<std::string, std::size_t, std::less<>> uses;
  ++uses[std::string{k_class}];
  for (const std::string& name : names) {
    ++uses[std::string{split_name(name).bare}];
  }
  for (std::string& name : names) {
    const PropertyName parts = split_name(name);
    if (uses.find(parts.bare)->second == 1) {
      name = std::string{parts.bare};
    } else if (!parts.owner.empty()) {
      name = fmt::format("{}::{}", parts.owner, parts.bare);
    } else if (name == k_class) {
      name.insert(0, 1, '$');
    }
  }
}

/// The grammar of ext/standard/var_unserializer.re. It recurses, and limits::k_decoded_depth bounds how far.
class PhpReader {
 public:
  PhpReader(std::string_view bytes, ValueTree& tree) : m_rest(bytes), m_tree(tree) {}

  [[nodiscard]] bool at_end() const { return m_rest.empty(); }

  Result<ValueId> value(std::size_t level) {
    if (level > limits::k_decoded_depth) {
      return make_error(ErrorCode::limit_exceeded, "PHP values inside each other beyond the limit");
    }
    const char type = m_rest.empty() ? '\0' : m_rest.front();
    if (m_rest.starts_with("N;")) {
      m_rest.remove_prefix(2);
      return numbered(m_tree.json("null"));
    }
    QSNAP_TRY(skip(std::string{type, ':'}));
    switch (type) {
      case 'b':
      case 'i':
      case 'd':
        return scalar(type);
      case 's': {
        QSNAP_ASSIGN(const std::string_view text, quoted());
        QSNAP_TRY(skip(";"));
        return numbered(m_tree.text(std::string{text}));
      }
      case 'a':
        return array(level);
      case 'O':
        return object(level);
      case 'C':
        return own_form();
      case 'E':
        return enum_case();
      case 'r':
      case 'R':
        return reference(type);
      default:
        return malformed();
    }
  }

 private:
  using Pairs = std::vector<std::pair<std::string, ValueId>>;

  Result<void> skip(std::string_view expected) {
    if (!m_rest.starts_with(expected)) {
      return malformed();
    }
    m_rest.remove_prefix(expected.size());
    return {};
  }

  Result<std::string_view> until(char end) {
    const std::size_t at = m_rest.find(end);
    if (at == std::string_view::npos) {
      return malformed();
    }
    const std::string_view text = m_rest.substr(0, at);
    m_rest.remove_prefix(at + 1);
    return text;
  }

  Result<std::uint64_t> count() {
    QSNAP_ASSIGN(const std::string_view text, until(':'));
    const auto number = parse_integer(text);
    if (!number || *number < 0) {
      return malformed();
    }
    return static_cast<std::uint64_t>(*number);
  }

  /// 5:"abcde": the length is in bytes, and the text may hold quotes.
  Result<std::string_view> quoted() {
    QSNAP_ASSIGN(const std::uint64_t bytes, count());
    QSNAP_TRY(skip("\""));
    if (bytes > m_rest.size()) {
      return malformed();
    }
    const std::string_view text = m_rest.substr(0, bytes);
    m_rest.remove_prefix(bytes);
    QSNAP_TRY(skip("\""));
    return text;
  }

  /// Every value has a number that r and R refer to.
  Result<ValueId> numbered(Result<ValueId> id) {
    if (id) {
      m_numbers.push_back(*id);
    }
    return id;
  }

  Result<ValueId> scalar(char type) {
    QSNAP_ASSIGN(const std::string_view text, until(';'));
    if (type == 'b' && (text == "0" || text == "1")) {
      return numbered(m_tree.json(text == "1" ? "true" : "false"));
    }
    if (type == 'i' && parse_integer(text)) {
      return numbered(m_tree.json(std::string{text}));
    }
    const auto number = type == 'd' ? floating(text) : std::nullopt;
    return number ? numbered(m_tree.json(float_json(*number))) : Result<ValueId>{malformed()};
  }

  static std::optional<double> floating(std::string_view text) {
    constexpr double k_infinity = std::numeric_limits<double>::infinity();
    if (text == "NAN") {
      return std::numeric_limits<double>::quiet_NaN();
    }
    if (text == "INF" || text == "-INF") {
      return text.front() == '-' ? -k_infinity : k_infinity;
    }
    const bool in_digits = text.find_first_not_of("+-.eE0123456789") == std::string_view::npos;
    return in_digits ? parse_double(text) : std::nullopt;
  }

  /// Keys have no number. Integer keys are printed as text: PHP has one key for 5 and "5".
  Result<std::string> key() {
    if (m_rest.starts_with("i:")) {
      m_rest.remove_prefix(2);
      QSNAP_ASSIGN(const std::string_view text, until(';'));
      return parse_integer(text) ? Result<std::string>{std::string{text}} : malformed();
    }
    QSNAP_TRY(skip("s:"));
    QSNAP_ASSIGN(const std::string_view text, quoted());
    QSNAP_TRY(skip(";"));
    return std::string{text};
  }

  Result<Pairs> pairs(std::uint64_t count, std::size_t level) {
    Pairs list;  // a pair takes some bytes, so a count that lies ends at the end of the data
    for (std::uint64_t i = 0; i < count; ++i) {
      QSNAP_ASSIGN(std::string name, key());
      QSNAP_ASSIGN(const ValueId id, value(level + 1));
      list.emplace_back(std::move(name), id);
    }
    QSNAP_TRY(skip("}"));
    return list;
  }

  Result<ValueId> array(std::size_t level) {
    QSNAP_ASSIGN(const std::uint64_t elements, count());
    QSNAP_TRY(skip("{"));
    QSNAP_ASSIGN(const ValueId id, numbered(m_tree.array({})));  // its elements may refer to it
    const bool may_be_list = m_rest.starts_with("i:") || elements == 0;
    QSNAP_ASSIGN(Pairs list, pairs(elements, level));
    bool is_list = may_be_list;
    for (std::size_t i = 0; i < list.size() && is_list; ++i) {
      is_list = list[i].first == std::to_string(i);
    }
    if (is_list) {
      for (const auto& [name, item] : list) {
        m_tree[id].items.push_back(item);
      }
      return id;
    }
    m_tree[id].kind = Value::Kind::map;
    QSNAP_TRY(append_members(id, list));
    return id;
  }

  Result<ValueId> object(std::size_t level) {
    QSNAP_ASSIGN(const std::string_view name, quoted());
    QSNAP_TRY(skip(":"));
    QSNAP_ASSIGN(const std::uint64_t properties, count());
    QSNAP_TRY(skip("{"));
    QSNAP_ASSIGN(const ValueId class_name, m_tree.text(std::string{name}));
    QSNAP_ASSIGN(const ValueId id, numbered(m_tree.object({{k_class, class_name}})));
    QSNAP_ASSIGN(Pairs list, pairs(properties, level));
    std::vector<std::string> names;
    for (auto& [mangled, item] : list) {
      names.push_back(std::move(mangled));
    }
    name_properties(names);
    for (std::size_t i = 0; i < list.size(); ++i) {
      list[i].first = std::move(names[i]);
    }
    QSNAP_TRY(append_members(id, list));
    return id;
  }

  Result<void> append_members(ValueId id, const Pairs& list) {
    for (const auto& [name, item] : list) {
      QSNAP_ASSIGN(const ValueId key_id, m_tree.text(name));
      std::vector<ValueId>& items = m_tree[id].items;
      items.insert(items.end(), {key_id, item});
    }
    return {};
  }

  /// C:3:"Foo":5:{bytes}: what the class wrote, in a form of its own.
  Result<ValueId> own_form() {
    QSNAP_ASSIGN(const std::string_view name, quoted());
    QSNAP_TRY(skip(":"));
    QSNAP_ASSIGN(const std::uint64_t bytes, count());
    QSNAP_TRY(skip("{"));
    if (bytes > m_rest.size()) {
      return malformed();
    }
    const std::string_view data = m_rest.substr(0, bytes);
    m_rest.remove_prefix(bytes);
    QSNAP_TRY(skip("}"));
    QSNAP_ASSIGN(const ValueId class_name, m_tree.text(std::string{name}));
    QSNAP_ASSIGN(const ValueId content, m_tree.text(std::string{data}));
    return numbered(m_tree.object({{k_class, class_name}, {"$serialized", content}}));
  }

  /// E:11:"Suit:Hearts";
  Result<ValueId> enum_case() {
    QSNAP_ASSIGN(const std::string_view text, quoted());
    QSNAP_TRY(skip(";"));
    const std::size_t colon = text.find(':');
    if (colon == std::string_view::npos) {
      return malformed();
    }
    return numbered(m_tree.tagged("$enum", fmt::format("{}::{}", text.substr(0, colon), text.substr(colon + 1))));
  }

  /// r is another handle of an object and counts as a value; R is the same variable and does not.
  Result<ValueId> reference(char type) {
    QSNAP_ASSIGN(const std::string_view text, until(';'));
    const auto number = parse_integer(text);
    if (!number || *number < 1 || static_cast<std::uint64_t>(*number) > m_numbers.size()) {
      return malformed();
    }
    const ValueId id = m_numbers[static_cast<std::size_t>(*number) - 1];
    return type == 'r' ? numbered(id) : Result<ValueId>{id};
  }

  std::string_view m_rest;
  ValueTree& m_tree;
  std::vector<ValueId> m_numbers;
};

}  // namespace

Result<std::string> php_json(std::string_view bytes) {
  ValueTree tree;
  PhpReader reader{bytes, tree};
  QSNAP_ASSIGN(const ValueId root, reader.value(1));
  if (!reader.at_end()) {
    return make_error(ErrorCode::corrupt, "bytes behind the end of a serialized PHP value");
  }
  return tree.print(root);
}

}  // namespace qsnap::frameworks::decode
