// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <unordered_map>
#include <vector>

#include <fmt/format.h>

#include <qsnap/merge/merge_links.hpp>

namespace qsnap::merge {

namespace {

struct Link {
  std::string target;  ///< queue and id, as JSON
  std::string json;    ///< canonical, with sorted members
  std::string id;      ///< as JSON
};
/// Links in their order, found by their targets.
struct List {
  std::vector<Link> links;
  std::unordered_map<std::string, std::size_t> by_target;

  [[nodiscard]] const Link* find(const std::string& target) const {
    const auto at = by_target.find(target);
    return at != by_target.end() ? &links[at->second] : nullptr;
  }
};

/// Absent where the links are not one for each target, or not one for each id.
Result<std::optional<List>> links_of(const model::Record& job, const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto refs, payloads.members(job.fields.find("refs").value_or("[]")));
  QSNAP_ASSIGN(const auto ids, payloads.members(job.volatiles.find("ref_ids").value_or("[]")));
  if (refs.size() != ids.size() || job.volatiles.contains("ref_scores")) {
    return std::optional<List>{};
  }
  List list;
  for (std::size_t i = 0; i < refs.size(); ++i) {
    QSNAP_ASSIGN(const auto members, payloads.members(refs[i].json));
    std::string target;
    for (const model::Field& member : members) {
      if (member.name == "queue") {
        target = member.json;
      }
    }
    target.append(1, '\n').append(ids[i].json);
    QSNAP_ASSIGN(std::string json, payloads.sorted(refs[i].json));
    if (!list.by_target.emplace(target, list.links.size()).second) {
      return std::optional<List>{};
    }
    list.links.push_back({std::move(target), std::move(json), ids[i].json});
  }
  return std::optional{std::move(list)};
}

bool shares_any(const List& a, const List& b) {
  return a.links.empty() ||
         std::any_of(a.links.begin(), a.links.end(), [&](const Link& link) { return b.find(link.target) != nullptr; });
}

/// The link of the result; null: none.
struct Choice {
  const Link* link = nullptr;
  bool agreed = true;
};
Choice choose(const Link* base, const Link* ours, const Link* theirs) {
  const auto same = [](const Link* a, const Link* b) {
    return a == b || (a != nullptr && b != nullptr && a->json == b->json);
  };
  if (same(ours, theirs) || same(base, theirs)) {
    return {ours, true};
  }
  return {theirs, same(base, ours)};
}

}  // namespace

Result<std::optional<Links>> merge_links(const model::Record& base_job, const model::Record& our_job,
                                         const model::Record& their_job, const model::PayloadReader& payloads) {
  QSNAP_ASSIGN(const auto base, links_of(base_job, payloads));
  QSNAP_ASSIGN(const auto ours, links_of(our_job, payloads));
  QSNAP_ASSIGN(const auto theirs, links_of(their_job, payloads));
  if (!base || !ours || !theirs || !shares_any(*base, *ours) || !shares_any(*base, *theirs)) {
    return std::optional<Links>{};
  }
  std::vector<std::string> refs, ids;
  bool agreed = true;
  const auto add = [&](const std::string& target) {
    const Choice choice = choose(base->find(target), ours->find(target), theirs->find(target));
    agreed = agreed && choice.agreed;
    if (choice.link != nullptr) {
      refs.push_back(choice.link->json);
      ids.push_back(choice.link->id);
    }
  };
  for (const Link& link : ours->links) {
    add(link.target);
  }
  for (const Link& link : theirs->links) {
    if (ours->find(link.target) == nullptr) {
      add(link.target);
    }
  }
  return agreed
             ? std::optional{Links{fmt::format("[{}]", fmt::join(refs, ",")), fmt::format("[{}]", fmt::join(ids, ","))}}
             : std::nullopt;
}

}  // namespace qsnap::merge
