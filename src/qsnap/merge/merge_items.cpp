// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/merge/merge_items.hpp>

namespace qsnap::merge {

namespace {

/// Field → value, member → score, or member → member.
using ByName = std::map<std::string, std::string, std::less<>>;

Result<ByName> by_name(const Items& items, std::string_view type, const model::PayloadReader& payloads) {
  ByName named;
  for (const std::string& item : items) {
    if (type == "set") {
      named.emplace(item, item);
      continue;
    }
    QSNAP_ASSIGN(auto pair, payloads.members(item));
    if (pair.size() != 2) {
      return make_error(ErrorCode::corrupt, fmt::format("an item of a {} is not a pair", type));
    }
    named.emplace(std::move(pair[0].json), std::move(pair[1].json));
  }
  return named;
}

Json find(const ByName& named, std::string_view name) {
  const auto at = named.find(name);
  return at != named.end() ? Json{at->second} : std::nullopt;
}

/// As Redis and the format have them: by the bytes of the name, in a sorted set by score before.
Items sorted_items(const ByName& named, std::string_view type, const model::PayloadReader& payloads) {
  struct Keyed {
    double score = 0;
    std::string name;
    std::string item;
  };
  std::vector<Keyed> list;
  for (const auto& [name, value] : named) {
    const double score = type == "zset" ? parse_double(payloads.bytes(value).value_or("0")).value_or(0) : 0;
    list.push_back(
        {score, payloads.bytes(name).value_or(name), type == "set" ? name : fmt::format("[{},{}]", name, value)});
  }
  std::sort(list.begin(), list.end(),
            [](const Keyed& a, const Keyed& b) { return std::tie(a.score, a.name) < std::tie(b.score, b.name); });
  Items items;
  for (Keyed& keyed : list) {
    items.push_back(std::move(keyed.item));
  }
  return items;
}

/// The path of one element: `.items["field"]`, with the base64 text where it is not UTF-8.
std::string item_path(std::string_view name) {
  if (name.starts_with('{')) {
    const std::size_t colon = name.find(':');
    name = name.substr(colon + 1, name.size() - colon - 2);
  }
  return fmt::format(".items[{}]", name);
}

Result<std::optional<Items>> merge_named(const ItemVersions& versions, std::string_view type, ValueMerger& values,
                                         const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const ByName base, by_name(versions.base, type, payloads));
  QSNAP_ASSIGN(const ByName ours, by_name(versions.ours, type, payloads));
  QSNAP_ASSIGN(const ByName theirs, by_name(versions.theirs, type, payloads));
  ByName merged;
  const auto add = [&](const std::string& name) -> Result<void> {
    const Values value{find(base, name), find(ours, name), find(theirs, name)};
    QSNAP_ASSIGN(OwnedJson result, values.merge(value, item_path(name), ValueMerger::Objects::whole));
    if (result) {
      merged.emplace(name, *std::move(result));
    }
    return {};
  };
  for (const auto& [name, value] : ours) {
    QSNAP_TRY(add(name));
  }
  for (const auto& [name, value] : theirs) {
    if (!ours.contains(name)) {
      QSNAP_TRY(add(name));
    }
  }
  return std::optional{sorted_items(merged, type, payloads)};
}

/// What a side put in the place of a run of base: everything between the common beginning and the common end.
struct Edit {
  std::size_t begin = 0;  ///< in base
  std::size_t end = 0;    ///< in base
  std::size_t side_end = 0;
};

Edit edit_of(const Items& base, const Items& side) {
  const auto [base_head, side_head] = std::mismatch(base.begin(), base.end(), side.begin(), side.end());
  const auto head = static_cast<std::size_t>(base_head - base.begin());
  std::size_t base_end = base.size(), side_end = side.size();
  while (base_end > head && side_end > head && base[base_end - 1] == side[side_end - 1]) {
    --base_end;
    --side_end;
  }
  return {head, base_end, side_end};
}

/// Only where the edits of the sides do not touch: what goes first of two insertions at one point, nobody knows.
std::optional<Items> merge_list(const ItemVersions& versions) {
  const Edit ours = edit_of(versions.base, versions.ours), theirs = edit_of(versions.base, versions.theirs);
  const bool ours_first = ours.begin < theirs.begin;
  const Edit &first = ours_first ? ours : theirs, &second = ours_first ? theirs : ours;
  if (first.end >= second.begin) {
    return std::nullopt;
  }
  const Items &first_items = ours_first ? versions.ours : versions.theirs,
              &second_items = ours_first ? versions.theirs : versions.ours;
  const auto at = [](const Items& items, std::size_t i) { return items.begin() + static_cast<std::ptrdiff_t>(i); };
  Items merged(first_items.begin(), at(first_items, first.side_end));
  merged.insert(merged.end(), at(versions.base, first.end), at(versions.base, second.begin));
  merged.insert(merged.end(), at(second_items, second.begin), second_items.end());
  return merged;
}

}  // namespace

Result<std::optional<Items>> merge_items(const ItemVersions& items, std::string_view type, ValueMerger& values,
                                         const model::PayloadReader& payloads) {
  if (type == "hash" || type == "set" || type == "zset") {
    return merge_named(items, type, values, payloads);
  }
  return type == "list" ? merge_list(items) : std::optional<Items>{};
}

}  // namespace qsnap::merge
