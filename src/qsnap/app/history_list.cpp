// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <qsnap/app/history_list.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/history_index.hpp>
#include <qsnap/store/history_name.hpp>

namespace qsnap::app {

namespace {

using Home = report::HistoryRow::Home;

struct FoundEntry {
  store::HistoryEntry entry;
  Home home = Home::ref;
};

/// Every entry once.
class Entries {
 public:
  explicit Entries(const store::Store& store)
      : m_store(&store), m_history(store.repository(), store.chain().current()) {}

  Result<std::vector<FoundEntry>> collect() {
    QSNAP_ASSIGN(std::vector<store::HistoryEntry> entries, m_history.list());
    for (store::HistoryEntry& entry : entries) {
      QSNAP_ASSIGN(const bool here, m_history.has_state(entry));
      add(std::move(entry), here ? Home::ref : Home::elsewhere);
    }
    QSNAP_TRY(add_from_index());
    QSNAP_TRY(add_from_tree());
    std::sort(m_found.begin(), m_found.end(),
              [](const FoundEntry& a, const FoundEntry& b) { return store::is_older(b.entry, a.entry); });
    return std::move(m_found);
  }

 private:
  void add(store::HistoryEntry entry, Home home) {
    if (m_names.insert(entry.name.text()).second) {
      m_found.push_back({std::move(entry), home});
    }
  }

  Result<void> add_from_index() {
    QSNAP_ASSIGN(std::vector<store::HistoryEntry> entries, store::read_index_files(m_store->folder(), m_history.set()));
    for (store::HistoryEntry& entry : entries) {
      QSNAP_ASSIGN(const bool dropped, is_dropped(entry.name));
      if (!dropped) {
        add(std::move(entry), Home::elsewhere);
      }
    }
    return {};
  }

  /// A branch that was made before a prune still has the index files of what is gone.
  Result<bool> is_dropped(const store::SnapshotName& name) {
    const auto parts = store::history_parts(name);
    const auto known = m_dropped.find(parts->month);
    if (known == m_dropped.end()) {
      QSNAP_ASSIGN(std::set<std::string> names, m_history.dropped_in(parts->month));
      return m_dropped.emplace(parts->month, std::move(names)).first->second.contains(name.text());
    }
    return known->second.contains(name.text());
  }

  Result<void> add_from_tree() {
    QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, m_store->list());
    for (const store::SnapshotName& name : names) {
      if (!store::history_parts(name)) {
        continue;
      }
      QSNAP_ASSIGN(const std::optional<codec::SnapshotReader> document, m_store->find(name));
      if (document) {
        add(store::entry_of(name, *document), Home::tree);
      }
    }
    return {};
  }

  const store::Store* m_store;
  store::History m_history;
  std::vector<FoundEntry> m_found;
  std::set<std::string> m_names;
  std::map<std::string, std::set<std::string>> m_dropped;  ///< by month
};

bool is_wanted(const store::HistoryEntry& entry, const HistoryListRequest& request) {
  const bool tagged =
      request.tag.empty() || std::find(entry.tags.begin(), entry.tags.end(), request.tag) != entry.tags.end();
  return tagged && (!request.since || entry.captured_at >= *request.since) &&
         (!request.series || entry.series() == *request.series);
}

}  // namespace

Result<report::HistoryListView> list_history(const store::Store& store, const HistoryListRequest& request) {
  QSNAP_ASSIGN(std::vector<FoundEntry> found, Entries{store}.collect());
  report::HistoryListView view{store.chain().current().text(), request.now, found.size(), {}};
  for (FoundEntry& one : found) {
    if (is_wanted(one.entry, request)) {
      view.rows.push_back({one.entry.name.text(), one.entry.captured_at, one.entry.jobs, one.entry.queues,
                           one.entry.raw_bytes, std::move(one.entry.description), std::move(one.entry.tags), one.home});
    }
  }
  return view;
}

}  // namespace qsnap::app
