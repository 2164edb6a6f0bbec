// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <utility>

#include <qsnap/frameworks/layout/detecting.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::KeyId;
using model::Keyspace;
using model::RedisType;

/// Hands over the first block of a value and reads no further: a list of all jobs is large.
Result<void> read_first_block(const Keyspace& keyspace, KeyId key, const Keyspace::BlockReader& reader) {
  bool stopped = false;
  auto read = keyspace.read(key, Keyspace::Direction::forward, [&](const ItemBlock& block) -> Result<void> {
    QSNAP_TRY(reader(block));
    stopped = true;
    // An error is how a reader stops; this one never leaves the function.
    return make_error(ErrorCode::cancelled, "one block is enough");
  });
  return stopped ? Result<void>{} : read;
}

/// Parts of a namespace: no framework has nearly as many, and names are anybody's.
constexpr std::size_t k_most_parts = 16;

/// The namespace of a key that the probe's pattern fits.
std::optional<std::string_view> namespace_of(std::string_view name, const KeyPattern& pattern,
                                             std::string_view separator) {
  const std::string_view text = pattern.literal_prefix();
  if (text.empty()) {
    const std::size_t at = name.find(separator);
    const bool inside = at != std::string_view::npos && at > 0;
    return inside && pattern.match(name.substr(at + separator.size())) ? std::optional{name.substr(0, at)}
                                                                       : std::nullopt;
  }
  if (name.find(text) == std::string_view::npos) {
    return std::nullopt;
  }
  if (pattern.match(name)) {
    return std::string_view{};
  }
  std::size_t at = name.find(separator);
  for (std::size_t parts = 0; parts < k_most_parts && at != std::string_view::npos; ++parts) {
    const std::string_view rest = name.substr(at + separator.size());
    if (at > 0 && rest.starts_with(text) && pattern.match(rest)) {
      return name.substr(0, at);
    }
    at = name.find(separator, at + separator.size());
  }
  return std::nullopt;
}

/// Which item of an element is the element itself, and how many items it takes.
struct ElementShape {
  std::size_t items = 1;
  std::size_t wanted = 0;
};

std::optional<ElementShape> element_shape(RedisType type) {
  const auto items = model::items_per_element(type);
  return items ? std::optional{ElementShape{*items, type == RedisType::hash ? 1U : 0U}} : std::nullopt;
}

std::optional<std::string_view> peek_path(std::string_view json, std::string_view path) {
  const std::size_t dot = path.find('.');
  const auto member = peek_member(json, path.substr(0, dot));
  return member && dot != std::string_view::npos ? peek_member(*member, path.substr(dot + 1)) : member;
}

}  // namespace

std::vector<Candidate> find_candidates(const Keyspace& keyspace, std::span<const Probe> probes,
                                       std::string_view separator) {
  std::map<std::string, Candidate, std::less<>> found;
  for (KeyId key = 0; key < keyspace.size(); ++key) {
    const RedisType type = keyspace.type(key);
    for (std::size_t i = 0; i < probes.size(); ++i) {
      if (type != probes[i].type) {
        continue;
      }
      const auto name_space = namespace_of(keyspace.name(key), probes[i].key, separator);
      if (!name_space) {
        continue;
      }
      auto at = found.find(*name_space);
      if (at == found.end()) {
        Candidate candidate{std::string{*name_space}, std::vector<std::vector<KeyId>>(probes.size())};
        at = found.emplace(candidate.name_space, std::move(candidate)).first;
      }
      std::vector<KeyId>& keys = at->second.keys[i];
      if (keys.size() < k_sampled_keys) {
        keys.push_back(key);
      }
    }
  }
  std::vector<Candidate> candidates;
  candidates.reserve(found.size());
  for (auto& [name, candidate] : found) {
    candidates.push_back(std::move(candidate));
  }
  return candidates;
}

std::vector<std::string> prefixes_before(const Keyspace& keyspace, std::string_view suffix, RedisType type) {
  std::vector<std::string> prefixes;
  for (KeyId key = 0; key < keyspace.size(); ++key) {
    if (keyspace.type(key) != type) {
      continue;
    }
    const std::string_view name = keyspace.name(key);
    if (name == suffix.substr(1)) {
      prefixes.emplace_back();
    } else if (name.size() > suffix.size() && name.ends_with(suffix)) {
      prefixes.emplace_back(name.substr(0, name.size() - suffix.size()));
    }
  }
  std::sort(prefixes.begin(), prefixes.end());
  return prefixes;
}

std::string key_prefix(std::string_view name_space, std::string_view separator) {
  std::string prefix{name_space};
  return name_space.empty() ? prefix : prefix += separator;
}

std::optional<KeyId> find_typed(const Keyspace& keyspace, std::string_view name, RedisType type) {
  const auto key = keyspace.find(name);
  return key && keyspace.type(*key) == type ? key : std::nullopt;
}

Result<ItemBlock> first_items(const Keyspace& keyspace, KeyId key, std::size_t count) {
  ItemBlock items;
  const auto shape = element_shape(keyspace.type(key));
  if (!shape) {
    return items;
  }
  QSNAP_TRY(read_first_block(keyspace, key, [&](const ItemBlock& block) -> Result<void> {
    for (std::size_t i = 0; i < std::min(block.size(), count * shape->items); ++i) {
      items.push(block[i]);
    }
    return {};
  }));
  return items;
}

Result<std::vector<std::string>> first_elements(const Keyspace& keyspace, KeyId key, std::size_t count) {
  QSNAP_ASSIGN(const ItemBlock items, first_items(keyspace, key, count));
  const ElementShape shape = element_shape(keyspace.type(key)).value_or(ElementShape{});
  std::vector<std::string> elements;
  for (std::size_t i = shape.wanted; i < items.size(); i += shape.items) {
    elements.emplace_back(items[i]);
  }
  return elements;
}

bool looks_like_json_with(std::string_view bytes, std::initializer_list<std::string_view> paths) {
  return std::all_of(paths.begin(), paths.end(),
                     [&](std::string_view path) { return peek_path(bytes, path).has_value(); });
}

Result<bool> begins_with_json(const Keyspace& keyspace, KeyId key, std::initializer_list<std::string_view> paths) {
  QSNAP_ASSIGN(const auto elements, first_elements(keyspace, key));
  return std::any_of(elements.begin(), elements.end(),
                     [&](const std::string& element) { return looks_like_json_with(element, paths); });
}

}  // namespace qsnap::frameworks::layout
