// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/decode/value_tree.hpp>

namespace qsnap::frameworks::decode {

namespace {

using Kind = Value::Kind;

Error too_much() {
  return make_error(ErrorCode::limit_exceeded,
                    fmt::format("a payload decodes to more than {} MiB", limits::k_decoded_bytes / limits::k_mib));
}

/// Prints a tree front to back. It recurses, and limits::k_decoded_depth bounds how far.
class Printer {
 public:
  explicit Printer(std::vector<Value>& values) : m_values(values), m_open_at(values.size(), 0) {}

  Result<void> print(ValueId id) {
    Value& value = m_values[id];
    if (m_json.text().size() + value.text.size() > limits::k_decoded_bytes) {
      return too_much();
    }
    switch (value.kind) {
      case Kind::json:
        m_json.raw(value.text);
        return {};
      case Kind::text:
        m_json.bytes(value.text);
        return {};
      case Kind::bytes:
        print_base64(value.text);
        return {};
      case Kind::array:
      case Kind::map:
        break;
    }
    if (m_open_at[id] != 0) {
      m_json.begin_object().key("$ref").integer(static_cast<std::int64_t>(m_values_open - m_open_at[id]) + 1);
      m_json.end_object();
      return {};
    }
    m_open_at[id] = ++m_values_open;
    QSNAP_TRY(value.kind == Kind::array ? print_array(value.items) : print_map(value));
    m_open_at[id] = 0;
    --m_values_open;
    return {};
  }

  [[nodiscard]] std::string take() { return m_json.take(); }

 private:
  void print_base64(std::string_view bytes) {
    m_json.begin_object().key("$b64").raw('"' + to_base64(bytes) + '"').end_object();
  }

  Result<void> enter(std::size_t brackets) {
    m_brackets += brackets;
    if (m_brackets > limits::k_decoded_depth) {
      return make_error(ErrorCode::limit_exceeded,
                        fmt::format("a payload has more than {} levels", limits::k_decoded_depth));
    }
    return {};
  }

  Result<void> print_array(const std::vector<ValueId>& items) {
    QSNAP_TRY(enter(1));
    m_json.begin_array();
    for (const ValueId item : items) {
      QSNAP_TRY(print(item));
    }
    m_json.end_array();
    --m_brackets;
    return {};
  }

  [[nodiscard]] bool is_name(ValueId key) const {
    return m_values[key].kind == Kind::text && is_utf8(m_values[key].text);
  }

  Result<void> print_map(Value& map) {
    const auto has_name = [&](std::size_t at) { return is_name(map.items[at]); };
    bool all_names = true;
    for (std::size_t i = 0; i < map.items.size() && all_names; i += 2) {
      all_names = has_name(i);
    }
    if (!all_names) {
      return print_pairs(map.items);
    }
    drop_repeated_keys(map);
    QSNAP_TRY(enter(1));
    m_json.begin_object();
    for (std::size_t i = 0; i < map.items.size(); i += 2) {
      m_json.key(m_values[map.items[i]].text);
      QSNAP_TRY(print(map.items[i + 1]));
    }
    m_json.end_object();
    --m_brackets;
    return {};
  }

  Result<void> print_pairs(const std::vector<ValueId>& items) {
    constexpr std::size_t k_brackets = 3;
    QSNAP_TRY(enter(k_brackets));
    m_json.begin_object().key("$dict").begin_array();
    for (std::size_t i = 0; i < items.size(); i += 2) {
      m_json.begin_array();
      QSNAP_TRY(print(items[i]));
      QSNAP_TRY(print(items[i + 1]));
      m_json.end_array();
    }
    m_json.end_array().end_object();
    m_brackets -= k_brackets;
    return {};
  }

  /// As a dict does it: the place of the first, the value of the last. Once for each map, because one map of many
  /// repeated keys can be used in many places.
  void drop_repeated_keys(Value& map) {
    if (std::exchange(map.unique_keys, true)) {
      return;
    }
    std::unordered_map<std::string_view, std::size_t> places;
    std::vector<ValueId> kept;
    for (std::size_t i = 0; i < map.items.size(); i += 2) {
      const auto [at, fresh] = places.try_emplace(m_values[map.items[i]].text, kept.size() + 1);
      if (fresh) {
        kept.insert(kept.end(), {map.items[i], map.items[i + 1]});
      } else {
        kept[at->second] = map.items[i + 1];
      }
    }
    map.items = std::move(kept);
  }

  std::vector<Value>& m_values;
  std::vector<std::uint32_t> m_open_at;  ///< for each value that is being printed, the how manieth it is; else 0
  std::uint32_t m_values_open = 0;
  std::size_t m_brackets = 0;
  JsonWriter m_json;
};

}  // namespace

Result<ValueId> ValueTree::add(Value value) {
  if (m_values.size() >= limits::k_decoded_values) {
    return make_error(ErrorCode::limit_exceeded,
                      fmt::format("a payload has more than {} values", limits::k_decoded_values));
  }
  QSNAP_TRY(charge(value.text.size()));
  m_values.push_back(std::move(value));
  return static_cast<ValueId>(m_values.size() - 1);
}

Result<void> ValueTree::replace(ValueId id, Value value) {
  QSNAP_TRY(charge(value.text.size()));
  m_values[id] = std::move(value);
  return {};
}

Result<void> ValueTree::charge(std::size_t bytes) {
  m_text_bytes += bytes;
  return m_text_bytes > limits::k_decoded_bytes ? too_much() : Result<void>{};
}

void ValueTree::rewind(std::size_t size) {
  for (std::size_t i = size; i < m_values.size(); ++i) {
    m_text_bytes -= m_values[i].text.size();
  }
  m_values.resize(size);
}

Result<ValueId> ValueTree::object(std::initializer_list<std::pair<std::string_view, ValueId>> members) {
  std::vector<ValueId> items;
  for (const auto& [name, value] : members) {
    QSNAP_ASSIGN(const ValueId key, text(std::string{name}));
    items.insert(items.end(), {key, value});
  }
  return add({Kind::map, {}, std::move(items)});
}

Result<ValueId> ValueTree::tagged(std::string_view tag, std::string text_of_it) {
  QSNAP_ASSIGN(const ValueId value, text(std::move(text_of_it)));
  return object({{tag, value}});
}

Result<std::string> ValueTree::print(ValueId root) {
  Printer printer{m_values};
  QSNAP_TRY(printer.print(root));
  std::string json = printer.take();
  return json.size() > limits::k_decoded_bytes ? too_much() : Result<std::string>{std::move(json)};
}

std::string float_json(double value) {
  if (std::isnan(value) || std::isinf(value)) {
    return fmt::format(R"({{"$float":"{}"}})", std::isnan(value) ? "nan" : (value > 0 ? "inf" : "-inf"));
  }
  std::string text = fmt::format("{}", value);
  const bool looks_whole = text.find_first_of(".e") == std::string::npos;
  return looks_whole ? text + ".0" : text;
}

}  // namespace qsnap::frameworks::decode
