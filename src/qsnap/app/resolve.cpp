// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/conflict_words.hpp>
#include <qsnap/app/resolve.hpp>
#include <qsnap/app/resolve_edit.hpp>
#include <qsnap/app/resolve_links.hpp>
#include <qsnap/app/resolve_memory.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

Result<DocumentSides> open_sides(const fs::path& folder, const MergeStages& stages) {
  std::optional<codec::SnapshotReader> base;
  if (stages.base) {
    QSNAP_ASSIGN(StageDocument opened, open_stage(folder, *stages.base));
    base.emplace(std::move(opened.document));
  }
  QSNAP_ASSIGN(StageDocument ours, open_stage(folder, *stages.ours));
  QSNAP_ASSIGN(StageDocument theirs, open_stage(folder, *stages.theirs));
  return DocumentSides{std::move(base), std::move(ours.document), std::move(theirs.document)};
}

Error not_in_conflict(const store::SnapshotName& name) {
  return make_error(ErrorCode::not_found, fmt::format("{} is not in conflict", name.text()), {"git qsnap conflicts"});
}

bool is_conflicted(const Result<std::optional<codec::SnapshotReader>>& document) {
  return document && *document && (*document)->has_conflicts();
}

/// What the index has of the path; absent where that is nothing that can be read.
Result<std::optional<codec::SnapshotReader>> index_document(const OpenMerge& merge) {
  QSNAP_ASSIGN(const std::string listed,
               git::git_output(
                   {.folder = merge.top, .arguments = {"ls-files", "--stage", "-z", "--", merge.path}, .input = {}}));
  const std::size_t first = listed.find(' '), second = listed.find(' ', first + 1);
  if (first == std::string::npos || second == std::string::npos) {
    return std::optional<codec::SnapshotReader>{};
  }
  auto opened = open_stage(merge.top, {listed.substr(0, first), listed.substr(first + 1, second - first - 1)});
  return opened ? std::optional{std::move(opened->document)} : std::nullopt;
}

/// Git has stages of one of the places where the snapshot may stand; of a conflict that was committed, the file tells.
Result<std::string> conflicted_path(const fs::path& top, const store::SnapshotName& name) {
  const auto& [in_git, in_lfs] = store::paths_of(name);
  for (const std::string& path : {in_git, in_lfs}) {
    QSNAP_ASSIGN(const auto stages, stages_of(top, path));
    if (stages) {
      return path;
    }
  }
  QSNAP_ASSIGN(const store::Store store, store::Store::open(top));
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
  return place && place->storage == store::Storage::lfs ? in_lfs : in_git;
}

/// The document that says itself that it is in conflict: that of the work tree, or that of the index.
Result<std::optional<codec::SnapshotReader>> conflicted_document(const OpenMerge& merge) {
  QSNAP_ASSIGN(const store::Store store, store::Store::open(merge.top));
  if (auto document = store.find(merge.name); is_conflicted(document)) {
    return document;
  }
  auto document = index_document(merge);
  return is_conflicted(document) ? std::move(document) : std::optional<codec::SnapshotReader>{};
}

/// Versions of a merge that was resolved stay in the index until the commit, and are none.
Result<bool> is_open(const OpenMerge& merge) {
  QSNAP_ASSIGN(const std::vector<MergeStages> unmerged, unmerged_snapshots(merge.top));
  if (std::any_of(unmerged.begin(), unmerged.end(), [&](const MergeStages& one) { return one.path == merge.path; })) {
    return true;
  }
  QSNAP_ASSIGN(const auto document, conflicted_document(merge));
  return document.has_value();
}

/// A decision must not take away a job that another one still waits for: what was whole is whole afterwards.
Result<void> refuse_missing_jobs(const codec::SnapshotReader& before, const codec::SnapshotReader& after) {
  QSNAP_ASSIGN(const std::set<JobName> missing, missing_jobs(after));
  if (missing.empty()) {
    return {};
  }
  QSNAP_ASSIGN(const std::set<JobName> were_missing, missing_jobs(before));
  for (const auto& [queue, id] : missing) {
    if (!were_missing.contains({queue, id})) {
      return make_error(
          ErrorCode::refused,
          fmt::format("with these decisions job {} of {} is gone, and another job refers to it", id, queue),
          {fmt::format("decide for the side that has it: --job {} --take SIDE", id)});
    }
  }
  return {};
}

}  // namespace

Result<Resolution> Resolution::of_sides(DocumentSides sides, config::Config rules, const Progress& progress) {
  QSNAP_ASSIGN(codec::SnapshotReader merged, merge_documents(sides, rules, progress));
  QSNAP_ASSIGN(Resolution resolution, of_document(std::move(merged)));
  resolution.m_sides.emplace(std::move(sides));
  resolution.m_rules = std::move(rules);
  return resolution;
}

Result<Resolution> Resolution::of_document(codec::SnapshotReader document) {
  Resolution resolution;
  QSNAP_ASSIGN(resolution.m_conflicts, document.conflicts());
  resolution.m_document.emplace(std::move(document));
  for (const model::Conflict& conflict : resolution.m_conflicts) {
    resolution.m_ids.push_back(conflict_id(conflict));
  }
  return resolution;
}

std::optional<Take> Resolution::choice(std::size_t conflict) const {
  const auto at = m_choices.find(m_ids[conflict]);
  return at != m_choices.end() ? std::optional{at->second} : std::nullopt;
}

void Resolution::choose(std::size_t conflict, Take take) {
  m_choices.insert_or_assign(m_ids[conflict], take);
}

void Resolution::forget(std::size_t conflict) {
  m_choices.erase(m_ids[conflict]);
}

std::size_t Resolution::left() const {
  return static_cast<std::size_t>(
      std::count_if(m_ids.begin(), m_ids.end(), [&](const std::string& id) { return !m_choices.contains(id); }));
}

std::optional<Take> Resolution::newest() const {
  if (!m_sides) {
    return std::nullopt;
  }
  const bool theirs_later = m_sides->theirs.metadata().captured_at > m_sides->ours.metadata().captured_at;
  return theirs_later ? Take::theirs : Take::ours;
}

void Resolution::adopt(const Choices& choices) {
  for (const std::string& id : m_ids) {
    if (const auto at = choices.find(id); at != choices.end()) {
      m_choices.insert_or_assign(id, at->second);
    }
  }
}

std::size_t Resolution::adopt_remembered(const Choices& remembered) {
  std::size_t adopted = 0;
  for (std::size_t i = 0; i < m_conflicts.size(); ++i) {
    const auto at = remembered.find(conflict_digest(m_conflicts[i]));
    if (at != remembered.end() && !choice(i)) {
      choose(i, at->second);
      ++adopted;
    }
  }
  return adopted;
}

Choices Resolution::to_remember() const {
  Choices decided;
  for (std::size_t i = 0; i < m_conflicts.size(); ++i) {
    if (const auto take = choice(i)) {
      decided.insert_or_assign(conflict_digest(m_conflicts[i]), *take);
    }
  }
  return decided;
}

void Resolution::note_decisions(model::MergeJournalEntry& entry) const {
  std::map<std::string, std::uint64_t> counts;
  for (std::size_t i = 0; i < m_conflicts.size(); ++i) {
    if (const auto take = choice(i)) {
      const model::Conflict& conflict = m_conflicts[i];
      const std::string what = fmt::format("took {}", to_text(*take));
      ++counts[what];
      entry.decisions.push_back(
          {what, conflict.subject, conflict.queue, conflict.state, conflict.id, conflict.name, conflict.path});
    }
  }
  for (const auto& [what, times] : counts) {
    entry.counts.push_back({what, times});
  }
}

Result<std::size_t> Resolution::discover(const Progress& progress) {
  if (m_choices.empty()) {
    return std::size_t{0};
  }
  QSNAP_ASSIGN(const codec::SnapshotReader decided, document(progress));
  QSNAP_ASSIGN(const std::vector<model::Conflict> left, decided.conflicts());
  const std::size_t before = m_conflicts.size();
  for (const model::Conflict& conflict : left) {
    std::string id = conflict_id(conflict);
    if (std::find(m_ids.begin(), m_ids.end(), id) == m_ids.end()) {
      m_conflicts.push_back(conflict);
      m_ids.push_back(std::move(id));
    }
  }
  return m_conflicts.size() - before;
}

Result<codec::SnapshotReader> Resolution::document(const Progress& progress) const {
  QSNAP_ASSIGN(codec::SnapshotReader decided, decide(progress));
  const bool may_remove = std::any_of(m_conflicts.begin(), m_conflicts.end(), [](const model::Conflict& conflict) {
    return conflict.kind == model::ConflictKind::removed_changed || conflict.kind == model::ConflictKind::collision;
  });
  if (may_remove && !m_choices.empty()) {
    QSNAP_TRY(refuse_missing_jobs(*m_document, decided));
  }
  return decided;
}

Result<codec::SnapshotReader> Resolution::decide(const Progress& progress) const {
  if (!m_sides) {
    return decide_in_document(*m_document, m_choices, nullptr, progress);
  }
  QSNAP_ASSIGN(const config::Config rules, with_choices(m_rules, m_conflicts, m_choices));
  QSNAP_ASSIGN(codec::SnapshotReader merged, merge_documents(*m_sides, rules, progress));
  QSNAP_ASSIGN(const std::vector<model::Conflict> rest, merged.conflicts());
  const bool has_more = std::any_of(rest.begin(), rest.end(), [&](const model::Conflict& conflict) {
    return m_choices.contains(conflict_id(conflict));
  });
  return has_more ? decide_in_document(merged, m_choices, &*m_sides, progress) : std::move(merged);
}

report::ConflictView Resolution::view(std::size_t conflict) const {
  return conflict_view(m_conflicts[conflict], conflict + 1);
}

Result<OpenMerge> find_merge(const fs::path& folder, const store::SnapshotName& name) {
  QSNAP_ASSIGN(setup::RepositoryPlaces places, setup::find_repository(folder));
  if (!places.work_tree) {
    return make_error(ErrorCode::refused, "the repository is bare: it has no work tree");
  }
  QSNAP_ASSIGN(const std::string path, conflicted_path(*places.work_tree, name));
  OpenMerge merge{*places.work_tree, places.git_dir, places.common_dir, path, name, {}, {}};
  QSNAP_ASSIGN(merge.stages, stages_of(merge.top, path));
  QSNAP_ASSIGN(const bool open, is_open(merge));
  return open ? Result<OpenMerge>{std::move(merge)} : not_in_conflict(name);
}

Result<OpenMerge> open_merge(const fs::path& folder, const store::SnapshotName& name, const Progress& progress) {
  QSNAP_ASSIGN(OpenMerge merge, find_merge(folder, name));
  if (!merge.stages) {
    QSNAP_ASSIGN(auto document, conflicted_document(merge));
    QSNAP_ASSIGN(Resolution resolution, Resolution::of_document(std::move(document).value()));
    merge.resolution.emplace(std::move(resolution));
    return merge;
  }
  if (!merge.stages->ours || !merge.stages->theirs) {
    return merge;
  }
  QSNAP_ASSIGN(DocumentSides sides, open_sides(merge.top, *merge.stages));
  QSNAP_ASSIGN(config::Config rules, rules_of_merge(merge.top, merge.path));
  QSNAP_ASSIGN(Resolution resolution, Resolution::of_sides(std::move(sides), std::move(rules), progress));
  merge.resolution.emplace(std::move(resolution));
  QSNAP_ASSIGN(const Choices earlier, unfinished_choices(merge.git_dir, *merge.stages));
  merge.resolution->adopt(earlier);
  QSNAP_ASSIGN(const std::size_t more, merge.resolution->discover(progress));
  if (more > 0) {
    merge.resolution->adopt(earlier);
  }
  return merge;
}

}  // namespace qsnap::app
