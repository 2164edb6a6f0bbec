// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/config/path_pattern.hpp>
#include <qsnap/diff/key_items.hpp>

namespace qsnap::diff {

namespace {

constexpr std::string_view k_member = "items";

bool is_pairs(std::string_view type) {
  return type == "hash" || type == "zset";
}
bool is_named(std::string_view type) {
  return is_pairs(type) || type == "set";
}

/// A leaf of "items" taken apart: the element, its part inside a pair or tuple, and the text in form B.
struct ItemLeaf {
  std::size_t element = 0;
  std::optional<std::size_t> part;
  std::string json;
};

std::optional<ItemLeaf> item_leaf(const model::PayloadReader::Leaf& leaf) {
  using Kind = config::PathPattern::Step::Kind;
  const auto steps = config::parse_path(leaf.path);
  if (!steps || steps->empty() || steps->front().kind != Kind::index) {
    return std::nullopt;  // the empty list, or nothing that a key's items look like
  }
  ItemLeaf item{steps->front().index, std::nullopt, leaf.json};
  if (steps->size() > 1 && (*steps)[1].kind == Kind::index) {
    item.part = (*steps)[1].index;
  }
  if (steps->back().kind == Kind::name) {
    item.json = fmt::format("{{{}:{}}}", json_string(steps->back().name), leaf.json);  // {"$b64":"…"}
  }
  return item;
}

void add_to(KeyItem& item, const ItemLeaf& leaf, std::string_view type) {
  if (type == "set") {
    item.name = leaf.json;
    item.value = leaf.json;
  } else if (is_pairs(type)) {
    (leaf.part == 0U ? item.name : item.value) = leaf.json;
  } else if (leaf.part) {
    item.value += item.value.empty() ? "[" : ",";  // a stream's tuple; closed at its end
    item.value += leaf.json;
  } else {
    item.value = leaf.json;
  }
}

/// `.items["field"]`: the JSON string itself, or the base64 text of bytes that are not UTF-8.
std::string named_path(std::string_view prefix, std::string_view name) {
  if (name.starts_with('{')) {
    const std::size_t colon = name.find(':');
    name = name.substr(colon + 1, name.size() - colon - 2);
  }
  return fmt::format("{}[{}]", prefix, name);
}

void compare_named(const std::vector<KeyItem>& before, const std::vector<KeyItem>& after, std::string_view prefix,
                   FieldCollector& fields) {
  using ByName = std::map<std::string_view, std::string_view>;
  const auto by_name = [](const std::vector<KeyItem>& items) {
    ByName map;
    for (const KeyItem& item : items) {
      map.emplace(item.name, item.value);
    }
    return map;
  };
  const ByName left = by_name(before), right = by_name(after);
  const auto value = [](const ByName& side, std::string_view name) {
    const auto at = side.find(name);
    return at == side.end() ? std::nullopt : std::optional{std::string{at->second}};
  };
  for (const auto& [name, old_value] : left) {
    auto new_value = value(right, name);
    if (new_value != old_value) {
      fields.add(k_member, {named_path(prefix, name), std::string{old_value}, std::move(new_value)});
    }
  }
  for (const auto& [name, new_value] : right) {
    if (!left.contains(name)) {
      fields.add(k_member, {named_path(prefix, name), std::nullopt, std::string{new_value}});
    }
  }
}

void compare_positions(const std::vector<KeyItem>& before, const std::vector<KeyItem>& after, std::string_view prefix,
                       FieldCollector& fields) {
  const auto same = [](const KeyItem& a, const KeyItem& b) { return a.value == b.value; };
  const auto [old_head, new_head] = std::mismatch(before.begin(), before.end(), after.begin(), after.end(), same);
  const auto start = static_cast<std::size_t>(old_head - before.begin());
  std::size_t old_end = before.size(), new_end = after.size();
  while (old_end > start && new_end > start && same(before[old_end - 1], after[new_end - 1])) {
    --old_end;
    --new_end;
  }
  const auto value = [](const std::vector<KeyItem>& side, std::size_t at, std::size_t end) {
    return at < end ? std::optional{side[at].value} : std::nullopt;
  };
  for (std::size_t i = start; i < std::max(old_end, new_end); ++i) {
    if (i < old_end && i < new_end && same(before[i], after[i])) {
      continue;
    }
    fields.add(k_member, {fmt::format("{}[{}]", prefix, i), value(before, i, old_end), value(after, i, new_end)});
  }
}

}  // namespace

Result<std::vector<KeyItem>> key_items(std::string_view items_json, std::string_view type,
                                       const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto leaves, payloads.leaves(items_json));
  std::vector<KeyItem> items;
  std::optional<std::size_t> current;
  bool tuple_open = false;
  const auto close_tuple = [&] {
    if (tuple_open) {
      items.back().value += ']';
    }
  };
  for (const model::PayloadReader::Leaf& leaf : leaves) {
    const std::optional<ItemLeaf> item = item_leaf(leaf);
    if (!item) {
      continue;
    }
    if (item->element != current) {
      close_tuple();
      items.emplace_back();
      current = item->element;
    }
    add_to(items.back(), *item, type);
    tuple_open = item->part.has_value() && !is_named(type);
  }
  close_tuple();
  return items;
}

void compare_key_items(const std::vector<KeyItem>& before, const std::vector<KeyItem>& after, std::string_view type,
                       std::string_view prefix, FieldCollector& fields) {
  if (is_named(type)) {
    compare_named(before, after, prefix, fields);
  } else {
    compare_positions(before, after, prefix, fields);
  }
}

}  // namespace qsnap::diff
