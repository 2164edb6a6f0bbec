// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/json_path.hpp>
#include <qsnap/codec/record_redactor.hpp>

namespace qsnap::codec {

namespace {

/// One element of a key's value: the bytes of its parts, of a hash the field and its value.
struct Element {
  std::vector<std::string> parts;
};

class Items {
 public:
  Items(const TextRedactor& texts, const ValuePlace& place) : m_texts(texts), m_place(place) {}

  [[nodiscard]] bool changed() const { return m_changed; }

  /// A value at `path`, which a member of this name holds (empty: none does).
  void value(std::string& bytes, std::string_view name, const std::string& path) {
    if (m_texts.is_secret_name(name)) {
      replace(bytes, m_texts.whole(bytes));
    } else {
      replace(bytes, m_texts.bytes(bytes, {path, m_place.named, Look::everything}));
    }
  }
  /// What names a thing.
  void name(std::string& bytes) { replace(bytes, m_texts.shapes(bytes)); }

 private:
  void replace(std::string& bytes, std::optional<std::string> redacted) {
    if (redacted && *redacted != bytes) {
      bytes = *std::move(redacted);
      m_changed = true;
    }
  }

  const TextRedactor& m_texts;
  const ValuePlace& m_place;
  bool m_changed = false;
};

Result<std::string> item_bytes(std::string_view json) {
  auto bytes = json_to_bytes(json);
  return bytes ? Result<std::string>{*std::move(bytes)}
               : make_error(ErrorCode::corrupt, "an item of a verbatim key is not a byte string");
}

Result<std::vector<Element>> parse_elements(std::string_view items_json) {
  QSNAP_ASSIGN(const std::vector<std::string> texts, array_elements(items_json));
  std::vector<Element> elements;
  elements.reserve(texts.size());
  for (const std::string& text : texts) {
    Element& element = elements.emplace_back();
    if (!text.starts_with('[')) {
      QSNAP_ASSIGN(element.parts.emplace_back(), item_bytes(text));
      continue;
    }
    QSNAP_ASSIGN(const std::vector<std::string> parts, array_elements(text));
    for (const std::string& part : parts) {
      QSNAP_ASSIGN(element.parts.emplace_back(), item_bytes(part));
    }
  }
  return elements;
}

/// ["entry", id, field, value, …]; the other tuples hold names and numbers alone.
void redact_tuple(Element& tuple, const std::string& path, Items& items) {
  std::vector<std::string>& parts = tuple.parts;
  if (parts.empty() || parts.front() != "entry") {
    std::for_each(parts.begin(), parts.end(), [&](std::string& part) { items.name(part); });
    return;
  }
  for (std::size_t i = 2; i + 1 < parts.size(); i += 2) {
    std::string value_path = path;
    append_path_name(value_path, parts[i]);
    items.value(parts[i + 1], parts[i], value_path);
    items.name(parts[i]);
  }
}

void redact_element(Element& element, std::string_view type, std::string_view key_name, const std::string& path,
                    Items& items) {
  if (type == "stream") {
    redact_tuple(element, path, items);
  } else if (type == "hash" && element.parts.size() == 2) {
    items.value(element.parts[1], element.parts[0], path);
    items.name(element.parts[0]);
  } else if (type == "string") {
    items.value(element.parts.front(), key_name, path);
  } else if (!element.parts.empty()) {
    items.value(element.parts.front(), {}, path);  // a score stays
  }
}

/// The path of an element as a comparison prints it: by name where elements have names.
std::string path_of(const Element& element, std::string_view type, std::string_view prefix, std::size_t index) {
  std::string path{prefix};
  if ((type == "hash" || type == "zset") && !element.parts.empty()) {
    append_path_name(path, element.parts.front());
  } else if (type != "set") {
    path += fmt::format("[{}]", index);
  }
  return path;
}

/// Redis's order again, as far as it is this part's: sets and hashes by bytes, a sorted set's members where scores are
/// the same.
void sort_again(std::vector<Element>& elements, std::string_view type) {
  if (type == "set" || type == "hash") {
    std::sort(elements.begin(), elements.end(), [](const Element& a, const Element& b) { return a.parts < b.parts; });
  } else if (type == "zset") {
    for (auto begin = elements.begin(); begin != elements.end();) {
      const auto end =
          std::find_if(begin, elements.end(), [&](const Element& e) { return e.parts.back() != begin->parts.back(); });
      std::sort(begin, end, [](const Element& a, const Element& b) { return a.parts.front() < b.parts.front(); });
      begin = end;
    }
  }
}

std::string format_elements(const std::vector<Element>& elements, std::string_view type) {
  const bool bare = type == "string" || type == "list" || type == "set";
  JsonWriter out;
  out.begin_array();
  for (const Element& element : elements) {
    if (bare) {
      out.bytes(element.parts.front());
      continue;
    }
    out.begin_array();
    for (const std::string& part : element.parts) {
      out.bytes(part);
    }
    out.end_array();
  }
  return out.end_array().take();
}

}  // namespace

Result<std::optional<std::string>> redact_items(const TextRedactor& texts, std::string_view items_json,
                                                std::string_view type, std::string_view key_name,
                                                const ValuePlace& place) {
  QSNAP_ASSIGN(std::vector<Element> elements, parse_elements(items_json));
  Items items{texts, place};
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (elements[i].parts.empty()) {
      return make_error(ErrorCode::corrupt, "an item of a verbatim key is empty");
    }
    redact_element(elements[i], type, key_name, path_of(elements[i], type, place.path, i), items);
  }
  if (!items.changed()) {
    return std::optional<std::string>{};
  }
  sort_again(elements, type);
  return std::optional{format_elements(elements, type)};
}

}  // namespace qsnap::codec
