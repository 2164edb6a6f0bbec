// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <qsnap/app/conflict_words.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/renamed_twice.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using report::ConflictedIn;
using report::ConflictedKind;
using report::ConflictedSnapshot;

class Listing {
 public:
  Listing(const fs::path& folder, const Progress& progress) : m_folder(folder), m_progress(progress) {}

  Result<std::vector<ConflictedSnapshot>> run() {
    QSNAP_ASSIGN(const std::vector<MergeStages> unmerged, unmerged_snapshots(m_folder));
    const std::vector<RenamedTwice> renamed = renamed_twice(unmerged);
    for (const MergeStages& stages : unmerged) {
      QSNAP_TRY(m_progress.check());
      const auto one = std::find_if(renamed.begin(), renamed.end(),
                                    [&](const RenamedTwice& candidate) { return candidate.contains(stages.path); });
      if (one == renamed.end()) {
        add_unmerged(stages);
      } else {
        add_renamed(*one);
      }
    }
    QSNAP_ASSIGN(const std::vector<TrackedSnapshot> tracked, tracked_snapshots(m_folder, std::nullopt));
    for (const TrackedSnapshot& snapshot : tracked) {
      if (snapshot.has_conflicts && !snapshot.unmerged) {
        add_document(snapshot.path, ConflictedIn::staged, newest_document(snapshot));
      }
    }
    QSNAP_TRY(add_work_tree());
    std::vector<ConflictedSnapshot> list;
    for (auto& [path, snapshot] : m_found) {
      list.push_back(std::move(snapshot));
    }
    return list;
  }

 private:
  ConflictedSnapshot& add(const std::string& path, ConflictedIn where) {
    ConflictedSnapshot& snapshot = m_found[path];
    snapshot.path = path;
    const auto name = store::name_of_path(path);
    snapshot.name = name ? name->text() : std::string{};
    snapshot.where = where;
    return snapshot;
  }

  void add_renamed(const RenamedTwice& renamed) {
    const auto called = [](const std::string& path) {
      const auto name = store::name_of_path(path);
      return name ? name->text() : path;
    };
    ConflictedSnapshot& snapshot = add(renamed.before, ConflictedIn::index);
    snapshot.kind = ConflictedKind::renamed_twice;
    snapshot.name_of_ours = called(renamed.by_ours);
    snapshot.name_of_theirs = called(renamed.by_theirs);
  }

  void add_unmerged(const MergeStages& stages) {
    ConflictedSnapshot& snapshot = add(stages.path, ConflictedIn::index);
    if (!stages.ours || !stages.theirs) {
      snapshot.kind = stages.ours ? ConflictedKind::deleted_by_theirs : ConflictedKind::deleted_by_ours;
      return;
    }
    const auto name = store::name_of_path(stages.path);
    if (!name) {
      snapshot.problem = "in conflict, but its path is no name: git checkout --ours or --theirs resolves it";
      return;
    }
    const auto merge = open_merge(m_folder, *name, m_progress);
    if (!merge) {
      snapshot.problem = merge.error().message;
      return;
    }
    for (std::size_t i = 0; i < merge->resolution->conflicts().size(); ++i) {
      if (merge->resolution->choice(i)) {
        ++snapshot.decided;
      } else {
        snapshot.conflicts.push_back(merge->resolution->view(i));
      }
    }
  }

  void add_document(const std::string& path, ConflictedIn where, const Result<codec::SnapshotReader>& document) {
    ConflictedSnapshot& snapshot = add(path, where);
    const auto conflicts = document ? document->conflicts() : document.error();
    if (!conflicts) {
      snapshot.problem = conflicts.error().message;
      return;
    }
    for (const model::Conflict& conflict : *conflicts) {
      snapshot.conflicts.push_back(conflict_view(conflict, snapshot.conflicts.size() + 1));
    }
  }

  /// That of the work tree may have some of its conflicts decided.
  [[nodiscard]] Result<codec::SnapshotReader> newest_document(const TrackedSnapshot& snapshot) const {
    const auto name = store::name_of_path(snapshot.path);
    const auto store = store::Store::open(m_folder);
    if (name && store) {
      auto document = store->find(*name);
      if (document && *document && (*document)->has_conflicts()) {
        return **std::move(document);
      }
    }
    return open_blob(m_folder, snapshot.blob_id);
  }

  /// Files that Git does not have like that.
  Result<void> add_work_tree() {
    const auto store = store::Store::open(m_folder);
    if (!store) {
      return store.error().code == ErrorCode::not_found ? Result<void>{} : store.error();
    }
    QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, store->list_all());
    for (const store::SnapshotName& name : names) {
      const std::string path = store->path_of(name).lexically_relative(store->folder().parent_path()).generic_string();
      auto document = store->find(name);
      if (!m_found.contains(path) && document && *document && (*document)->has_conflicts()) {
        add_document(path, ConflictedIn::work_tree, **std::move(document));
      }
    }
    return {};
  }

  const fs::path& m_folder;
  const Progress& m_progress;
  std::map<std::string, ConflictedSnapshot> m_found;  ///< by path
};

}  // namespace

Result<void> refuse_conflicts(const codec::SnapshotReader& snapshot) {
  if (!snapshot.has_conflicts()) {
    return {};
  }
  return make_error(ErrorCode::corrupt, "the snapshot has conflicts that nobody has resolved, so it is no state",
                    {"git qsnap conflicts shows them, git qsnap resolve NAME decides them"});
}

Result<report::ConflictsView> list_conflicts(const fs::path& folder, const std::optional<store::SnapshotName>& name,
                                             const Progress& progress) {
  report::ConflictsView view;
  QSNAP_ASSIGN(view.labels, side_labels(folder));
  QSNAP_ASSIGN(view.snapshots, Listing(folder, progress).run());
  if (!name) {
    return view;
  }
  view.asked = name->text();
  const auto is_other = [&](const ConflictedSnapshot& one) {
    return one.name != view.asked && one.name_of_ours != view.asked && one.name_of_theirs != view.asked;
  };
  view.others = std::erase_if(view.snapshots, is_other);
  if (view.snapshots.empty()) {
    QSNAP_ASSIGN(const store::Store store, store::Store::open(folder));
    QSNAP_TRY(open_snapshot(store, *name));
  }
  return view;
}

Result<std::vector<std::string>> conflicted_paths(const fs::path& folder) {
  std::set<std::string> paths;
  QSNAP_ASSIGN(const std::vector<MergeStages> unmerged, unmerged_snapshots(folder));
  const std::vector<RenamedTwice> renamed = renamed_twice(unmerged);
  for (const MergeStages& stages : unmerged) {
    const auto one = std::find_if(renamed.begin(), renamed.end(),
                                  [&](const RenamedTwice& candidate) { return candidate.contains(stages.path); });
    paths.insert(one != renamed.end() ? one->before : stages.path);
  }
  QSNAP_ASSIGN(const std::vector<TrackedSnapshot> tracked, tracked_snapshots(folder, std::nullopt));
  for (const TrackedSnapshot& snapshot : tracked) {
    if (snapshot.has_conflicts && !snapshot.unmerged) {
      paths.insert(snapshot.path);
    }
  }
  return std::vector<std::string>{paths.begin(), paths.end()};
}

Result<std::set<std::string>> conflicted_names(const fs::path& folder) {
  QSNAP_ASSIGN(const std::vector<std::string> paths, conflicted_paths(folder));
  std::set<std::string> names;
  for (const std::string& path : paths) {
    if (const auto name = store::name_of_path(path)) {
      names.insert(name->text());
    }
  }
  return names;
}

Result<std::vector<store::SnapshotName>> meant_in_conflict(const fs::path& folder, const store::SetChain& chain,
                                                           std::vector<store::SnapshotName> names) {
  QSNAP_ASSIGN(std::set<std::string> known, conflicted_names(folder));
  QSNAP_ASSIGN(const std::vector<MergeStages> resolved, resolved_snapshots(folder));
  for (const MergeStages& stages : resolved) {
    if (const auto name = store::name_of_path(stages.path)) {
      known.insert(name->text());
    }
  }
  for (store::SnapshotName& name : names) {
    if (name.set() || known.contains(name.text())) {
      continue;
    }
    const auto set = std::find_if(chain.sets.begin(), chain.sets.end(),
                                  [&](const store::SetName& each) { return known.contains(name.in(each).text()); });
    name = set == chain.sets.end() ? name : name.in(*set);
  }
  return names;
}

Result<void> mark_conflicts(const fs::path& folder, std::vector<report::ListedSnapshot>& listed) {
  QSNAP_ASSIGN(const std::set<std::string> names, conflicted_names(folder));
  for (report::ListedSnapshot& snapshot : listed) {
    snapshot.in_conflict = snapshot.in_conflict || names.contains(snapshot.name);
  }
  return {};
}

Result<report::SideLabels> side_labels(const fs::path& folder) {
  QSNAP_ASSIGN(const bool rebasing, is_rebasing(folder));
  return rebasing ? report::SideLabels{"upstream", "your commit"} : report::SideLabels{};
}

}  // namespace qsnap::app
