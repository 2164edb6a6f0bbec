// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/branch_albums.hpp>
#include <qsnap/app/history_plan.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/album.hpp>
#include <qsnap/store/dated_files.hpp>
#include <qsnap/store/history_name.hpp>
#include <qsnap/store/pending.hpp>

namespace qsnap::app {

namespace {

struct KeepRule {
  std::string_view word;
  std::uint32_t config::KeepRules::*most;
  std::optional<std::uint32_t> KeepArguments::*argument;
};
constexpr std::array<KeepRule, 6> k_keep_rules = {{
    {"last", &config::KeepRules::last, &KeepArguments::last},
    {"hourly", &config::KeepRules::hourly, &KeepArguments::hourly},
    {"daily", &config::KeepRules::daily, &KeepArguments::daily},
    {"weekly", &config::KeepRules::weekly, &KeepArguments::weekly},
    {"monthly", &config::KeepRules::monthly, &KeepArguments::monthly},
    {"yearly", &config::KeepRules::yearly, &KeepArguments::yearly},
}};

/// Who refers to an entry, by its bare name, in words.
class References {
 public:
  static Result<References> collect(const store::Store& store, const RetentionRequest& request) {
    References references;
    QSNAP_ASSIGN(std::vector<store::Album> albums, store::AlbumStore{store.folder()}.list());
    QSNAP_ASSIGN(std::vector<store::Album> of_branches, albums_of_branches(store.folder()));
    std::move(of_branches.begin(), of_branches.end(), std::back_inserter(albums));
    for (const store::Album& album : albums) {
      for (const store::AlbumMember& member : album.members) {
        references.add(member.name, "in album " + album.name);
      }
    }
    QSNAP_ASSIGN(const auto pending, store::PendingStore{request.pending_folder}.list());
    for (const store::PendingEntry& entry : pending) {
      references.add(entry.name, "a pending state is compared with it");
    }
    return references;
  }

  [[nodiscard]] std::vector<std::string> of(const store::HistoryEntry& entry) const {
    std::vector<std::string> words;
    for (const std::string& tag : entry.tags) {
      words.push_back("tagged " + tag);
    }
    if (const auto found = m_words.find(entry.name.bare().text()); found != m_words.end()) {
      words.insert(words.end(), found->second.begin(), found->second.end());
    }
    return words;
  }

 private:
  /// Once, however many branches say so.
  void add(const store::SnapshotName& name, std::string words) {
    std::vector<std::string>& known = m_words[name.bare().text()];
    if (std::find(known.begin(), known.end(), words) == known.end()) {
      known.push_back(std::move(words));
    }
  }

  std::map<std::string, std::vector<std::string>> m_words;
};

Result<store::HistoryEntry> entry_of_file(const store::Store& store, const store::SnapshotName& name) {
  QSNAP_ASSIGN(const auto found, store.find(name));
  if (!found) {
    return make_error(ErrorCode::not_found, fmt::format("{} is gone", name.text()), {"run it again"});
  }
  store::HistoryEntry entry = store::entry_of(name.bare(), *found);
  entry.payload_id.assign(40, '0');  // its state is no blob
  return entry;
}

/// Names of the files that the commit that is checked out has.
Result<std::set<std::string>> committed_names(const store::Store& store) {
  std::set<std::string> names;
  QSNAP_ASSIGN(const auto head, git::find_object(store.folder(), "HEAD^{commit}"));
  if (head) {
    QSNAP_ASSIGN(const std::vector<TrackedFile> files, tracked_files(store.folder(), "HEAD"));
    for (const TrackedFile& file : files) {
      if (const auto name = store::name_of_path(file.path)) {
        names.insert(name->text());
      }
    }
  }
  return names;
}

/// Dated captures that lie in the work tree, of the current set.
Result<std::vector<PlannedEntry>> entries_of_tree(const store::Store& store, UncommittedRule rule) {
  const store::SetName set = store.chain().current();
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> all, store.list_all());
  QSNAP_ASSIGN(const std::set<std::string> committed, committed_names(store));
  std::vector<PlannedEntry> entries;
  for (const store::SnapshotName& name : all) {
    if (name.set().value_or(store::SetName::default_set()) != set || !store::history_parts(name)) {
      continue;
    }
    QSNAP_ASSIGN(store::HistoryEntry entry, entry_of_file(store, name));
    PlannedEntry& planned = entries.emplace_back(PlannedEntry{PlannedEntry::Home::tree, std::move(entry), {}});
    if (rule == UncommittedRule::keep && !committed.contains(name.text())) {
      planned.decision.reasons.emplace_back("not committed: the file is the only copy");
    }
  }
  return entries;
}

Result<std::vector<PlannedEntry>> all_entries(const store::Store& store, UncommittedRule rule) {
  QSNAP_ASSIGN(std::vector<PlannedEntry> entries, entries_of_tree(store, rule));
  const store::History history{store.repository(), store.chain().current()};
  QSNAP_ASSIGN(std::vector<store::HistoryEntry> of_ref, history.list());
  for (store::HistoryEntry& entry : of_ref) {
    entries.push_back({PlannedEntry::Home::ref, std::move(entry), {}});
  }
  return entries;
}

void sort(std::vector<PlannedEntry>& entries) {
  const auto key = [](const PlannedEntry& planned) {
    return std::tuple{planned.entry.captured_at, planned.entry.name.text()};
  };
  std::sort(entries.begin(), entries.end(), [&](const PlannedEntry& a, const PlannedEntry& b) {
    const std::string left = a.entry.series(), right = b.entry.series();
    return left == right ? key(a) > key(b) : left < right;
  });
}

/// Of entries of one series.
void decide(std::span<PlannedEntry> entries, const config::KeepRules& rules, const References& references) {
  std::vector<store::DatedState> states;
  for (const PlannedEntry& planned : entries) {
    store::DatedState& state = states.emplace_back(
        store::DatedState{planned.entry.captured_at, planned.entry.name.text(), references.of(planned.entry)});
    state.safeguards.insert(state.safeguards.end(), planned.decision.reasons.begin(), planned.decision.reasons.end());
  }
  std::vector<store::KeepDecision> decisions = store::decide_retention(states, rules);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    entries[i].decision = std::move(decisions[i]);
  }
}

/// Of entries in the ref.
Result<report::DropView> drop_from_ref(const store::Store& store, const std::vector<PlannedEntry>& leaving,
                                       Instant now) {
  const store::History history{store.repository(), store.chain().current()};
  std::vector<store::HistoryEntry> entries;
  for (const PlannedEntry& planned : leaving) {
    if (planned.home == PlannedEntry::Home::ref) {
      entries.push_back(planned.entry);
    }
  }
  report::DropView view;
  if (entries.empty()) {
    return view;
  }
  QSNAP_ASSIGN(const store::HistoryDrop done, history.drop(entries, now));
  view.dropped = done.dropped;
  view.ref = history.ref();
  view.before = done.before.value_or("");
  view.after = done.after.value_or("");
  for (const store::SnapshotName& name : done.retagged) {
    view.spared.push_back(name.text());
  }
  return view;
}

/// Takes the file of an entry out of the work tree: its index, or with `history: tree` all of it. Absent where there
/// was none.
Result<std::optional<std::string>> remove_file(const store::Store& store, const PlannedEntry& planned) {
  const store::SnapshotName name = planned.entry.name.in(store.chain().current());
  if (planned.home == PlannedEntry::Home::tree) {
    QSNAP_TRY(store.remove(name));
    return std::optional{fmt::format("{}/{}", store::k_folder, name.relative_path().generic_string())};
  }
  QSNAP_ASSIGN(const bool removed, store::remove_index_file(store.folder(), name));
  return removed ? std::optional{fmt::format("{}/{}{}", store::k_folder, name.text(), store::k_index_suffix)}
                 : std::nullopt;
}

}  // namespace

Result<config::KeepRules> choose_keep_rules(const store::Store& store, const KeepArguments& arguments) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  config::KeepRules rules = config.keep;
  for (const KeepRule& rule : k_keep_rules) {
    rules.*rule.most = (arguments.*rule.argument).value_or(rules.*rule.most);
  }
  if (rules == config::KeepRules{}) {
    return make_error(ErrorCode::refused, "nothing says what is to be kept",
                      {"in .queue-snapshots/config.yaml: \"keep: {last: 20, hourly: 24, daily: 14}\"",
                       "or on the command line: --keep-last 20 --keep-daily 14"});
  }
  return rules;
}

Result<std::vector<PlannedEntry>> plan_retention(const store::Store& store, const RetentionRequest& request) {
  QSNAP_ASSIGN(std::vector<PlannedEntry> entries, all_entries(store, request.uncommitted));
  if (request.series) {
    std::erase_if(entries, [&](const PlannedEntry& planned) { return planned.entry.series() != *request.series; });
    if (entries.empty()) {
      return make_error(ErrorCode::not_found,
                        fmt::format("set {} has no capture in series {}", store.chain().current().text(),
                                    request.series->empty() ? "history/" : *request.series),
                        {"git qsnap history list"});
    }
  }
  QSNAP_ASSIGN(const References references, References::collect(store, request));
  sort(entries);
  for (auto begin = entries.begin(); begin != entries.end();) {
    const std::string series = begin->entry.series();
    const auto end =
        std::find_if(begin, entries.end(), [&](const PlannedEntry& one) { return one.entry.series() != series; });
    decide(std::span{begin, end}, request.rules, references);
    begin = end;
  }
  return entries;
}

report::RetentionView view_of(const std::vector<PlannedEntry>& plan, const store::SetName& set,
                              const config::KeepRules& rules, Instant now) {
  report::RetentionView view{set.text(), {}, {}, now};
  for (const KeepRule& rule : k_keep_rules) {
    if (rules.*rule.most > 0) {
      view.rules.push_back({std::string{rule.word}, rules.*rule.most});
    }
  }
  for (const PlannedEntry& planned : plan) {
    std::string series = planned.entry.series();
    if (view.series.empty() || view.series.back().series != series) {
      view.series.push_back({std::move(series), {}});
    }
    view.series.back().rows.push_back({planned.entry.name.text(), planned.entry.captured_at, planned.entry.jobs,
                                       planned.decision.reasons, planned.decision.loss});
  }
  return view;
}

Result<report::DropView> drop_planned(const store::Store& store, const std::vector<PlannedEntry>& plan,
                                      const RetentionRequest& request, Instant now) {
  std::vector<PlannedEntry> leaving;
  std::copy_if(plan.begin(), plan.end(), std::back_inserter(leaving),
               [](const PlannedEntry& planned) { return !planned.decision.keeps(); });
  if (leaving.empty()) {
    return report::DropView{};
  }
  // The plan may be old: somebody was asked, or an archive was read back. Nobody adds to an album while this is held.
  QSNAP_ASSIGN(const UniqueFd no_additions, store::AlbumStore{store.folder()}.lock());
  QSNAP_ASSIGN(const References references, References::collect(store, request));
  const auto wanted = std::stable_partition(leaving.begin(), leaving.end(), [&](const PlannedEntry& planned) {
    return references.of(planned.entry).empty();
  });
  std::vector<std::string> spared;
  std::transform(wanted, leaving.end(), std::back_inserter(spared),
                 [](const PlannedEntry& planned) { return planned.entry.name.text(); });
  leaving.erase(wanted, leaving.end());
  QSNAP_ASSIGN(report::DropView view, drop_from_ref(store, leaving, now));
  view.spared.insert(view.spared.end(), spared.begin(), spared.end());
  const std::set<std::string> stays{view.spared.begin(), view.spared.end()};
  for (const PlannedEntry& planned : leaving) {
    if (stays.contains(planned.entry.name.text())) {
      continue;
    }
    QSNAP_ASSIGN(std::optional<std::string> file, remove_file(store, planned));
    view.dropped += planned.home == PlannedEntry::Home::tree ? 1U : 0U;
    if (file) {
      view.files.push_back(*std::move(file));
    }
  }
  return view;
}

}  // namespace qsnap::app
