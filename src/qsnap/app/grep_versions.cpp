// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <qsnap/app/grep_versions.hpp>
#include <qsnap/app/history_sets.hpp>
#include <qsnap/app/merge_preview.hpp>
#include <qsnap/app/snapshot_log.hpp>
#include <qsnap/git/file_history.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/name.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

/// As git log wants a range: where it ends, and '^' in front of what it does not go beyond.
Result<std::vector<std::string>> commits_of_range(const std::filesystem::path& folder, const store::Range& range) {
  QSNAP_ASSIGN(const std::string before, commit_of(folder, range.before));
  QSNAP_ASSIGN(std::string after, commit_of(folder, range.after));
  if (range.start == store::Range::Start::before) {
    return std::vector<std::string>{std::move(after), "^" + before};
  }
  QSNAP_ASSIGN(const git::GitAnswer base, git::run_git({folder, {"merge-base", before, after}, {}}));
  const std::string parted = base.output.substr(0, base.output.find('\n'));
  return parted.empty() ? std::vector<std::string>{std::move(after)}
                        : std::vector<std::string>{std::move(after), "^" + parted};
}

Result<std::vector<std::string>> chosen_commits(const std::filesystem::path& folder,
                                                const std::vector<std::string>& revisions) {
  std::vector<std::string> commits;
  for (const std::string& revision : revisions) {
    const std::optional<store::Range> range = store::parse_range(revision);
    if (range) {
      QSNAP_ASSIGN(const std::vector<std::string> of_range, commits_of_range(folder, *range));
      commits.insert(commits.end(), of_range.begin(), of_range.end());
    } else {
      QSNAP_ASSIGN(std::string id, commit_of(folder, revision));
      commits.push_back(std::move(id));
    }
  }
  if (revisions.empty()) {
    QSNAP_ASSIGN(const std::optional<std::string> head, git::find_object(folder, "HEAD^{commit}"));
    commits.insert(commits.end(), head ? 1U : 0U, head.value_or(""));
  }
  return commits;
}

/// Collects places while commits come by, a child before its parents.
class Places {
 public:
  void add(const git::FileVersion& version) {
    const auto name = store::name_of_path(version.path);
    if (!name) {
      return;
    }
    for (const std::string& before : version.before_ids) {
      Place& place = place_of(before, name->text());
      if (before != version.blob_id && !place.is_told) {
        place.view.gone = view_of(version.commit);
        place.is_told = true;
      }
    }
    if (!version.blob_id.empty()) {
      Place& place = place_of(version.blob_id, name->text());
      place.view.first = view_of(version.commit);  // an older one may come
      place.is_told = true;
      if (m_known.emplace(version.blob_id, true).second) {
        m_order.push_back(version.blob_id);
      }
    }
  }

  /// What was only there before these commits is not among them.
  std::vector<report::GrepVersion> take() {
    std::vector<report::GrepVersion> versions;
    for (const std::string& blob : m_order) {
      report::GrepVersion& version = versions.emplace_back(report::GrepVersion{blob, {}});
      for (auto& [name, place] : m_places[blob]) {
        if (place.view.first) {
          version.places.push_back(std::move(place.view));
        }
      }
    }
    return versions;
  }

 private:
  struct Place {
    report::GrepPlace view;
    bool is_told = false;  ///< the newest commit that speaks of it said whether it is still there
  };
  Place& place_of(const std::string& blob, const std::string& name) {
    Place& place = m_places[blob][name];
    place.view.name = name;
    return place;
  }

  std::map<std::string, std::map<std::string, Place>> m_places;  ///< by blob and name
  std::map<std::string, bool> m_known;
  std::vector<std::string> m_order;
};

}  // namespace

Result<std::vector<report::GrepVersion>> committed_versions(const std::filesystem::path& folder,
                                                            const std::vector<std::string>& revisions) {
  QSNAP_ASSIGN(const std::vector<std::string> commits, chosen_commits(folder, revisions));
  if (commits.empty()) {
    return std::vector<report::GrepVersion>{};
  }
  QSNAP_ASSIGN(const std::vector<git::FileVersion> versions,
               git::folder_history(folder, std::string{store::k_folder}, commits));
  Places places;
  for (const git::FileVersion& version : versions) {
    places.add(version);
  }
  return places.take();
}

Result<std::vector<report::GrepVersion>> captured_versions(const git::Repository& repository,
                                                           const std::filesystem::path& folder,
                                                           std::vector<report::SearchProblem>& problems) {
  QSNAP_ASSIGN(const std::vector<store::SetName> sets, history_sets(folder));
  std::vector<report::GrepVersion> versions;
  for (const store::SetName& set : sets) {
    const store::History history{repository, set};
    const auto entries = history.list();
    if (!entries) {
      problems.push_back({history.ref(), entries.error().message});
      continue;
    }
    for (const store::HistoryEntry& entry : *entries) {
      versions.push_back(
          {entry.payload_id, {{entry.name.in(set).text(), std::nullopt, std::nullopt, entry.captured_at}}});
    }
  }
  std::stable_sort(versions.begin(), versions.end(), [](const report::GrepVersion& a, const report::GrepVersion& b) {
    return a.places.front().captured_at > b.places.front().captured_at;
  });
  return versions;
}

}  // namespace qsnap::app
