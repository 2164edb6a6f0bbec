// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/promote_memory.hpp>
#include <qsnap/app/promote_plan.hpp>
#include <qsnap/app/set_origins.hpp>
#include <qsnap/app/version_blob.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/left_over.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/set_folder.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

using codec::same_document;
using codec::SnapshotReader;
using report::PromotedAs;
using Existing = std::optional<SnapshotReader>;

using SnapshotNames = std::vector<store::SnapshotName>;
bool contains(const SnapshotNames& names, const store::SnapshotName& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

const MergeStages* find_stages(const std::vector<MergeStages>& list, const std::string& path) {
  const auto at = std::find_if(list.begin(), list.end(), [&](const MergeStages& one) { return one.path == path; });
  return at != list.end() ? &*at : nullptr;
}

constexpr std::size_t k_most_open = 32;  // of steps: each has up to four documents with a file or two

bool has_documents(const PromoteStep& step) {
  return step.result || step.theirs;
}

void close(PromoteStep& step) {
  step.is_closed = has_documents(step);
  step.result.reset();
  for (Existing PromoteStep::*document : {&PromoteStep::base, &PromoteStep::ours, &PromoteStep::theirs}) {
    (step.*document).reset();
  }
}

class Planning {
 public:
  Planning(const store::Store& store, const PromoteRequest& request, SetOrigins origins, const Progress& progress)
      : m_store(store), m_request(request), m_origins(std::move(origins)), m_progress(progress) {}

  Result<std::vector<PromoteStep>> run() {
    QSNAP_ASSIGN(m_unmerged, unmerged_snapshots(m_store.folder()));
    QSNAP_ASSIGN(m_resolved, resolved_snapshots(m_store.folder()));
    QSNAP_ASSIGN(const SnapshotNames own, store::own_names(m_store, m_request.set));
    QSNAP_ASSIGN(const SnapshotNames removed, m_store.removed_in(m_request.set));
    QSNAP_TRY(expect_names(own, removed));
    SnapshotNames all = own;
    std::copy_if(removed.begin(), removed.end(), std::back_inserter(all),
                 [&](const store::SnapshotName& name) { return !contains(own, name); });
    std::sort(all.begin(), all.end(),
              [](const store::SnapshotName& a, const store::SnapshotName& b) { return a.text() < b.text(); });
    std::vector<PromoteStep> steps;
    std::size_t open = 0;
    for (const store::SnapshotName& name : all) {
      if (!m_request.names.empty() && !contains(m_request.names, name)) {
        continue;
      }
      QSNAP_TRY(m_progress.check());
      auto step = contains(own, name) ? plan(name) : plan_removal(name);
      if (!step) {
        return with_context(std::move(step).error(), name.text());
      }
      steps.push_back(*std::move(step));
      open += has_documents(steps.back()) ? 1U : 0U;
      if (open > k_most_open) {
        close(steps.back());
      }
    }
    return steps;
  }

 private:
  Result<void> expect_names(const SnapshotNames& own, const SnapshotNames& removed) const {
    for (const store::SnapshotName& wanted : m_request.names) {
      if (!contains(own, wanted) && !contains(removed, wanted)) {
        return make_error(ErrorCode::not_found,
                          fmt::format("set {} has no {} of its own", m_request.set.text(), wanted.text()),
                          {fmt::format("git qsnap set show {}", shell_word(m_request.set.text()))});
      }
    }
    return {};
  }

  Result<PromoteStep> begin(const store::SnapshotName& name) const {
    const store::SnapshotName target = name.in(m_store.chain().current());
    PromoteStep step{name, {}, {}, {}, {}, {}, {}, {}, {}};
    QSNAP_ASSIGN(const std::optional<store::Place> place, m_store.locate(target));
    QSNAP_ASSIGN(const std::optional<store::Place> from, m_store.locate(name.in(m_request.set)));
    step.storage = place ? place->storage : from ? from->storage : store::Storage::git;
    step.path = store::paths_of(target)[step.storage == store::Storage::lfs ? 1 : 0];
    step.told.name = name.text();
    step.told.target_name = target.text();
    return step;
  }

  /// What writing would refuse, before anything is written.
  Result<void> expect_room(const PromoteStep& step) const {
    const std::filesystem::path file = m_store.folder().parent_path() / step.path;
    QSNAP_ASSIGN(const std::optional<UniqueFd> folder,
                 store::open_folder(m_store.folder().parent_path(), std::filesystem::path{step.path}.parent_path()));
    return folder ? store::refuse_case_twin(*folder, file.parent_path(), file.filename().native()) : Result<void>{};
  }

  Result<PromoteStep> plan(const store::SnapshotName& name) const {
    QSNAP_ASSIGN(PromoteStep step, begin(name));
    QSNAP_TRY(expect_room(step));
    QSNAP_ASSIGN(Existing theirs, m_store.find(name.in(m_request.set)));
    QSNAP_TRY(refuse_conflicts(*theirs));
    step.theirs_root = to_hex(theirs->root());
    QSNAP_ASSIGN(const bool is_cut, cut_in_conflict(step));
    if (find_stages(m_unmerged, step.path) != nullptr && !is_cut) {
      step.told.as = PromotedAs::in_conflict;
      return step;
    }
    QSNAP_ASSIGN(const bool is_resolved, resolved(step, *theirs));
    if (is_resolved) {
      step.told.as = PromotedAs::resolved;
      return step;
    }
    QSNAP_ASSIGN(Existing ours, m_store.find(name));
    if (ours && ours->has_conflicts()) {
      step.told.as = PromotedAs::in_conflict;
      return step;
    }
    QSNAP_ASSIGN(SetBase base, m_origins.base_of(name));
    step.told.since = base.document ? base.commit : std::string{};
    QSNAP_TRY(decide(step, std::move(base.document), std::move(ours), *std::move(theirs)));
    return step;
  }

  /// Whether Git remembers that this version was merged, and that somebody said what came of it.
  Result<bool> resolved(const PromoteStep& step, const SnapshotReader& theirs) const {
    const MergeStages* const stages = find_stages(m_resolved, step.path);
    if (stages == nullptr || !stages->theirs) {
      return false;
    }
    QSNAP_ASSIGN(const Stage version, write_version(m_store, theirs, step.storage));
    return version.blob_id == stages->theirs->blob_id;
  }

  Result<void> decide(PromoteStep& step, Existing base, Existing ours, SnapshotReader theirs) const {
    const bool is_changed = !base || !same_document(*base, theirs);
    if (!ours) {
      step.told.as = !base ? PromotedAs::added : is_changed ? PromotedAs::deleted : PromotedAs::same;
      if (step.told.as == PromotedAs::deleted) {
        step.base.emplace(*std::move(base));
        step.theirs.emplace(std::move(theirs));
      }
      return {};
    }
    if (same_document(*ours, theirs) || !is_changed) {
      step.told.as = PromotedAs::same;
      return {};
    }
    if (base && same_document(*base, *ours)) {
      step.told.as = PromotedAs::taken;
      return {};
    }
    QSNAP_ASSIGN(const bool is_done, merged_before(step, *ours));
    if (is_done) {
      step.told.as = PromotedAs::merged;
      return {};
    }
    return merge(step, {std::move(base), *std::move(ours), std::move(theirs)});
  }

  /// By a call that was ended between its two files. To merge once more would count twice what a rule adds up.
  Result<bool> merged_before(const PromoteStep& step, const SnapshotReader& ours) const {
    QSNAP_ASSIGN(const auto begun, find_promotion(m_store.git_dir(), step.path));
    return begun == BegunPromotion{step.theirs_root, to_hex(ours.root())};
  }

  /// By a call that was ended when Git's index had the conflict, and the file perhaps not.
  Result<bool> cut_in_conflict(const PromoteStep& step) const {
    QSNAP_ASSIGN(const auto begun, find_promotion(m_store.git_dir(), step.path));
    return begun == BegunPromotion{step.theirs_root, std::string{k_conflict_begun}};
  }

  Result<void> merge(PromoteStep& step, DocumentSides sides) const {
    QSNAP_ASSIGN(const config::Config rules, rules_of_merge(m_store.folder(), step.path));
    QSNAP_ASSIGN(SnapshotReader merged, merge_documents(sides, rules, m_progress));
    QSNAP_ASSIGN(const std::vector<model::Conflict> conflicts, merged.conflicts());
    step.result.emplace(std::move(merged));
    step.told.conflicts = conflicts.size();
    step.told.as = conflicts.empty() ? PromotedAs::merged : PromotedAs::conflict;
    if (!conflicts.empty()) {
      if (sides.base) {
        step.base.emplace(*std::move(sides.base));
      }
      step.ours.emplace(std::move(sides.ours));
      step.theirs.emplace(std::move(sides.theirs));
    }
    return {};
  }

  Result<PromoteStep> plan_removal(const store::SnapshotName& name) const {
    QSNAP_ASSIGN(PromoteStep step, begin(name));
    QSNAP_ASSIGN(const Existing ours, m_store.find(name));
    step.told.as = PromotedAs::removed;
    if (!ours) {
      return step;
    }
    QSNAP_ASSIGN(const SetBase base, m_origins.base_of_mark(name));
    if (!base.document || !same_document(*base.document, *ours)) {
      QSNAP_ASSIGN(const std::optional<store::Place> own, m_store.locate(name.in(m_store.chain().current())));
      step.told.as = PromotedAs::kept;
      step.told.since = base.commit;
      step.told.mark =
          fmt::format("{}/{}", store::k_folder, store::removed_mark(name.in(m_request.set)).generic_string());
      step.told.target_file = own ? fmt::format("{}/{}", store::k_folder, own->below.generic_string()) : std::string{};
    }
    return step;
  }

  const store::Store& m_store;
  const PromoteRequest& m_request;
  SetOrigins m_origins;
  const Progress& m_progress;
  std::vector<MergeStages> m_unmerged, m_resolved;
};

}  // namespace

Result<std::vector<PromoteStep>> plan_promotion(const store::Store& store, const PromoteRequest& request,
                                                const Progress& progress) {
  QSNAP_ASSIGN(SetOrigins origins, SetOrigins::read(store, request.set));
  return Planning{store, request, std::move(origins), progress}.run();
}

}  // namespace qsnap::app
