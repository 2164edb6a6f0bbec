// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/resolve_choices.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::app {

namespace {

using model::Conflict;
using model::ConflictKind;

constexpr std::array<std::pair<Take, std::string_view>, 3> k_words = {
    {{Take::ours, "ours"}, {Take::theirs, "theirs"}, {Take::base, "base"}}};

/// The section of a rule; empty for what no rule is for.
std::string_view section_of(const Conflict& conflict) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> k_sections = {
      {{"job", "jobs"}, {"queue", "queues"}, {"config", "config"}, {"key", "keys"}}};
  const auto* const at = std::find_if(k_sections.begin(), k_sections.end(),
                                      [&](const auto& entry) { return entry.first == conflict.subject; });
  return at != k_sections.end() ? at->second : std::string_view{};
}

/// Whether the engine asks its rules before it reports such a conflict, and a rule can be about it alone: one for the
/// order of a place, or for all of a job without an id, would decide on other jobs, too.
bool can_be_ruled(const Conflict& conflict, Take take) {
  switch (conflict.kind) {
    case ConflictKind::changed:
    case ConflictKind::added_differently:
      return true;
    case ConflictKind::moved:  // a rule would put it there with the volatile part of ours
      return take != Take::base;
    case ConflictKind::removed_changed:
    case ConflictKind::collision:
      return take != Take::base && !(conflict.subject == "job" && conflict.id.empty());
    case ConflictKind::key:
      return take != Take::base || !conflict.path.empty();
    case ConflictKind::order:
    case ConflictKind::reference:
    case ConflictKind::metadata:
      break;
  }
  return false;
}

/// As a path pattern quotes: bytes stand for themselves.
std::string quoted(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    if (c == '"' || c == '\\') {
      text += '\\';
    }
    text += c;
  }
  return text += '"';
}

/// The pattern that fits this conflict and no other: what the conflict says of its record, and the path in it.
std::string pattern_of(const Conflict& conflict) {
  const bool is_key = conflict.subject == "key", is_config = conflict.subject == "config";
  const bool has_queue = model::QueueId::parse(conflict.queue).has_value();
  std::string conditions;
  const auto add = [&](std::string_view member, std::string_view value) {
    if (!value.empty()) {
      conditions += fmt::format("{}{}={}", conditions.empty() ? "" : ",", member, quoted(value));
    }
  };
  add(has_queue ? "queue" : "framework", conflict.queue);
  add("state", conflict.state);
  add(is_key ? "key" : "id", conflict.id);
  add(is_config ? "kind" : "name", conflict.name);
  return fmt::format("{}{}{}", section_of(conflict), conditions.empty() ? "" : "[" + conditions + "]", conflict.path);
}

config::MergePolicy policy_of(Take take) {
  return take == Take::ours     ? config::MergePolicy::ours
         : take == Take::theirs ? config::MergePolicy::theirs
                                : config::MergePolicy::base;
}

/// Jobs without an id may look alike: what does not fit all that a pattern fits is no rule.
std::map<std::string, Take> ruled_patterns(std::span<const Conflict> conflicts, const Choices& choices) {
  std::map<std::string, Take> ruled;
  std::set<std::string> contested;
  for (const Conflict& conflict : conflicts) {
    const auto choice = choices.find(conflict_id(conflict));
    std::string pattern = pattern_of(conflict);
    if (choice == choices.end()) {
      contested.insert(std::move(pattern));
    } else if (can_be_ruled(conflict, choice->second)) {
      const auto [at, fresh] = ruled.emplace(pattern, choice->second);
      if (!fresh && at->second != choice->second) {
        contested.insert(std::move(pattern));
      }
    }
  }
  std::erase_if(ruled, [&](const auto& entry) { return contested.contains(entry.first); });
  return ruled;
}

/// The one side that all of them are decided for.
std::optional<Take> common_take(std::span<const Conflict> conflicts, const Choices& choices) {
  std::optional<Take> common;
  for (const Conflict& conflict : conflicts) {
    const auto choice = choices.find(conflict_id(conflict));
    if (choice == choices.end() || (common && *common != choice->second)) {
      return std::nullopt;
    }
    common = choice->second;
  }
  return common;
}

}  // namespace

std::string_view to_text(Take take) {
  return std::find_if(k_words.begin(), k_words.end(), [take](const auto& word) { return word.first == take; })->second;
}

std::optional<Take> parse_take(std::string_view text) {
  const auto* const found =
      std::find_if(k_words.begin(), k_words.end(), [text](const auto& word) { return word.second == text; });
  return found == k_words.end() ? std::nullopt : std::optional{found->first};
}

std::string conflict_id(const Conflict& conflict) {
  return to_hex(codec::sha256(codec::format_conflict(conflict)));
}

std::string conflict_digest(const Conflict& conflict) {
  Conflict anywhere = conflict;
  anywhere.id.clear();
  anywhere.state.clear();
  return conflict_id(anywhere);
}

Result<config::Config> with_choices(config::Config rules, std::span<const Conflict> conflicts, const Choices& choices) {
  if (const auto take = common_take(conflicts, choices); take && *take != Take::base) {
    for (const model::Section section : model::k_sections) {  // behind the rules that left these conflicts
      QSNAP_ASSIGN(config::PathPattern whole, config::PathPattern::parse(to_text(section)));
      rules.merge.push_back({std::move(whole), policy_of(*take)});
    }
    return rules;
  }
  std::vector<config::MergeRule> decided;
  for (const auto& [pattern, take] : ruled_patterns(conflicts, choices)) {
    QSNAP_ASSIGN(config::PathPattern path, config::PathPattern::parse(pattern));
    decided.push_back({std::move(path), policy_of(take)});
  }
  rules.merge.insert(rules.merge.begin(), decided.begin(), decided.end());
  return rules;
}

}  // namespace qsnap::app
