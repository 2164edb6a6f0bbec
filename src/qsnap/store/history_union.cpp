// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/ranges.h>

#include <qsnap/base/split.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_change.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/history_name.hpp>

namespace qsnap::store {

namespace {

struct EntryFiles {
  std::string entry_id;    ///< empty: there is none
  std::string payload_id;  ///< the same
};

/// One side, as its tree says. What is none of ours in it is left out.
struct HistorySide {
  std::map<std::string, EntryFiles> entries;             ///< by folder
  std::map<std::string, std::set<std::string>> dropped;  ///< by month: names
};

bool is_month(std::string_view text) {
  constexpr std::string_view k_form = "2026-11";
  return text.size() == k_form.size() && parse_instant(fmt::format("{}-01T00:00:00.000Z", text)).has_value();
}

/// Names of entries of that month alone: others cannot have been dropped by us.
std::set<std::string> parse_dropped(std::string_view text, const std::string& month) {
  std::set<std::string> names;
  for (const std::string_view line : split(text, '\n')) {
    const auto name = SnapshotName::parse(line);
    const auto parts = name ? history_parts(*name) : std::nullopt;
    if (parts && parts->month == month && name->text() == line) {
      names.emplace(line);
    }
  }
  return names;
}

Result<HistorySide> read_side(const git::RefTree& tree, const std::optional<std::string>& commit) {
  HistorySide side;
  if (!commit) {
    return side;
  }
  // No two entries say the same, and no two months; a hostile tree may have one large blob under a million names.
  std::set<std::string> seen;
  QSNAP_ASSIGN(const std::vector<git::TreeFile> files, tree.files(*commit));
  for (const git::TreeFile& file : files) {
    const std::string folder = file.path.substr(0, file.path.rfind('/'));
    const std::string month = file.path.substr(std::min(file.path.size(), k_dropped_folder.size()));
    if (file.path.starts_with(k_dropped_folder) && is_month(month) && seen.insert(file.blob_id).second) {
      QSNAP_ASSIGN(const std::string text, tree.read(file.blob_id, k_most_dropped_bytes));
      side.dropped[month] = parse_dropped(text, month);
    } else if (file.path == entry_path(folder) && name_of_entry_folder(folder) && seen.insert(file.blob_id).second) {
      side.entries[folder].entry_id = file.blob_id;
    } else if (file.path == payload_path(folder) && name_of_entry_folder(folder)) {
      side.entries[folder].payload_id = file.blob_id;
    }
  }
  return side;
}

/// Two entries that differ in what people wrote on them alone: with the tags of both, and the greater description.
/// Absent for two that are not of one state.
std::optional<HistoryEntry> with_labels_of_both(const HistoryEntry& ours, const HistoryEntry& theirs) {
  HistoryEntry both = ours;
  both.description = std::max(ours.description, theirs.description);
  both.tags.clear();
  std::set_union(ours.tags.begin(), ours.tags.end(), theirs.tags.begin(), theirs.tags.end(),
                 std::back_inserter(both.tags));
  HistoryEntry like_theirs = theirs;
  like_theirs.description = both.description;
  like_theirs.tags = both.tags;
  return format_history_entry(like_theirs, {}) == format_history_entry(both, {}) ? std::optional{std::move(both)}
                                                                                 : std::nullopt;
}

class Union {
 public:
  Union(const git::RefTree& tree, HistorySide ours, HistorySide theirs, TheirDrops drops)
      : m_tree(&tree), m_ours(std::move(ours)), m_theirs(std::move(theirs)), m_drops(drops) {}

  Result<void> run() {
    QSNAP_TRY(unite_dropped());
    for (const auto& [folder, files] : m_ours.entries) {
      if (is_dropped(folder)) {
        m_change.edits.push_back({entry_path(folder), {}});
        m_change.edits.push_back({payload_path(folder), {}});
        m_change.parent = git::CommitParent::none;
        ++m_outcome.dropped;
      }
    }
    for (const auto& [folder, files] : m_theirs.entries) {
      if (is_dropped(folder)) {
        ++m_outcome.stay_dropped;
      } else {
        QSNAP_TRY(take_in(folder, files));
      }
    }
    m_change.message = fmt::format("unite: {} more, {} dropped\n", m_outcome.added, m_outcome.dropped);
    return {};
  }

  [[nodiscard]] const HistoryChange& change() const { return m_change; }
  /// Whether their commits hold states that were dropped: coming of them, ours would keep these for ever.
  [[nodiscard]] bool holds_dropped() const { return m_outcome.stay_dropped > 0; }
  [[nodiscard]] const HistoryUnion& outcome() const { return m_outcome; }

 private:
  Result<void> unite_dropped() {
    m_dropped = m_ours.dropped;
    for (const auto& [month, names] : m_theirs.dropped) {
      m_dropped[month].insert(names.begin(), names.end());
    }
    if (m_drops == TheirDrops::ignore) {
      spare_all(m_ours);
    }
    QSNAP_TRY(spare_tagged(m_ours));
    QSNAP_TRY(spare_tagged(m_theirs));
    for (const auto& [month, names] : m_dropped) {
      const auto known = m_ours.dropped.find(month);
      if (known == m_ours.dropped.end() ? names.empty() : known->second == names) {
        continue;
      }
      git::TreeEdit edit{fmt::format("{}{}", k_dropped_folder, month), {}};
      if (!names.empty()) {
        QSNAP_ASSIGN(edit.blob_id, m_tree->write_blob(fmt::format("{}\n", fmt::join(names, "\n"))));
      }
      m_change.edits.push_back(std::move(edit));
    }
    return {};
  }

  void spare_all(const HistorySide& side) {
    for (const auto& [folder, files] : side.entries) {
      spare(folder);
    }
  }

  /// What one side tagged stays, though the other one, who did not know that, has dropped it.
  Result<void> spare_tagged(const HistorySide& side) {
    for (const auto& [folder, files] : side.entries) {
      if (!is_dropped(folder) || files.entry_id.empty()) {
        continue;
      }
      QSNAP_ASSIGN(const std::string json, m_tree->read(files.entry_id, k_most_history_entry_bytes));
      const auto entry = parse_history_entry(json);
      if (entry && !entry->tags.empty()) {
        spare(folder);
      }
    }
    return {};
  }

  void spare(const std::string& folder) {
    const auto name = name_of_entry_folder(folder);
    const auto month = m_dropped.find(history_parts(*name)->month);
    if (month != m_dropped.end()) {
      month->second.erase(name->text());
    }
  }

  [[nodiscard]] bool is_dropped(const std::string& folder) const {
    const auto name = name_of_entry_folder(folder);
    const auto month = m_dropped.find(history_parts(*name)->month);
    return month != m_dropped.end() && month->second.contains(name->text());
  }

  /// What they say of a state. Absent for what is no entry: told, and left out.
  Result<std::optional<HistoryEntry>> read_theirs(const std::string& folder, const EntryFiles& files) {
    const auto refuse = [&](std::string_view why) {
      m_outcome.refused.push_back(fmt::format("{}: {}", folder, why));
      return std::optional<HistoryEntry>{};
    };
    if (files.entry_id.empty() || files.payload_id.empty()) {
      return refuse("a file is missing");
    }
    QSNAP_ASSIGN(const std::string json, m_tree->read(files.entry_id, k_most_history_entry_bytes));
    auto entry = parse_history_entry(json);
    if (!entry) {
      return refuse(entry.error().message);
    }
    if (history_parts(entry->name)->folder != folder || entry->payload_id != files.payload_id) {
      return refuse("it says that it is another one");
    }
    return std::optional{*std::move(entry)};
  }

  Result<void> take_in(const std::string& folder, const EntryFiles& files) {
    const auto known = m_ours.entries.find(folder);
    const bool is_new = known == m_ours.entries.end();
    if (!is_new && known->second.entry_id == files.entry_id && known->second.payload_id == files.payload_id) {
      return {};
    }
    QSNAP_ASSIGN(const std::optional<HistoryEntry> theirs, read_theirs(folder, files));
    if (!theirs) {
      return {};
    }
    if (is_new) {
      m_change.edits.push_back({entry_path(folder), files.entry_id});
      m_change.edits.push_back({payload_path(folder), files.payload_id});
      ++m_outcome.added;
      return {};
    }
    return unite_labels(folder, known->second, *theirs);
  }

  Result<void> unite_labels(const std::string& folder, const EntryFiles& known, const HistoryEntry& theirs) {
    QSNAP_ASSIGN(const std::string json, m_tree->read(known.entry_id, k_most_history_entry_bytes));
    QSNAP_ASSIGN(const HistoryEntry ours, parse_history_entry(json));
    const std::optional<HistoryEntry> both = with_labels_of_both(ours, theirs);
    if (!both) {
      m_outcome.refused.push_back(fmt::format("{}: the other side has another state of this name", folder));
      return {};
    }
    const std::string united = format_history_entry(*both, {});
    if (united != json) {
      QSNAP_ASSIGN(std::string id, m_tree->write_blob(united));
      m_change.edits.push_back({entry_path(folder), std::move(id)});
      ++m_outcome.relabelled;
    }
    return {};
  }

  const git::RefTree* m_tree;
  HistorySide m_ours, m_theirs;
  TheirDrops m_drops;
  std::map<std::string, std::set<std::string>> m_dropped;
  HistoryChange m_change;
  HistoryUnion m_outcome;
};

}  // namespace

Result<std::set<std::string>> History::dropped_in(const std::string& month) const {
  const git::RefTree tree{*m_repository, ref()};
  QSNAP_ASSIGN(const std::optional<std::string> tip, tree.tip());
  QSNAP_ASSIGN(const std::optional<std::string> id,
               tip ? tree.find(*tip, std::string{k_dropped_folder} + month) : std::optional<std::string>{});
  if (!id) {
    return std::set<std::string>{};
  }
  QSNAP_ASSIGN(const std::string text, tree.read(*id, k_most_dropped_bytes));
  return parse_dropped(text, month);
}

Result<HistoryUnion> History::unite(const std::string& other_tip, Instant now, TheirDrops drops) const {
  const git::RefTree tree{*m_repository, ref()};
  HistoryUnion outcome;
  const auto plan = [&](const std::optional<std::string>& tip) -> Result<HistoryChange> {
    outcome = {};
    QSNAP_ASSIGN(const bool known, tip ? tree.contains(*tip, other_tip) : Result<bool>{false});
    if (known) {
      return HistoryChange{};
    }
    QSNAP_ASSIGN(HistorySide ours, read_side(tree, tip));
    QSNAP_ASSIGN(HistorySide theirs, read_side(tree, other_tip));
    Union both{tree, std::move(ours), std::move(theirs), drops};
    QSNAP_TRY(both.run());
    outcome = both.outcome();
    HistoryChange change = both.change();
    if (!both.holds_dropped()) {  // so that a remote that takes nothing but fast-forwards takes ours
      change.united_with = other_tip;
    }
    return change;
  };
  QSNAP_ASSIGN(const ChangedHistory changed, change_history(*m_repository, ref(), now, plan));
  outcome.tip = changed.tip.value_or(std::string{});
  return outcome;
}

}  // namespace qsnap::store
