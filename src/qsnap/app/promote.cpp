// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/promote.hpp>
#include <qsnap/app/promote_memory.hpp>
#include <qsnap/app/promote_plan.hpp>
#include <qsnap/app/set_choice.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/app/version_blob.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/store/set_folder.hpp>

namespace qsnap::app {

namespace {

using codec::SnapshotReader;
using report::PromotedAs;

constexpr std::string_view k_no_root = "-";

Error unknown_set(const std::string& text, const std::vector<store::SetName>& sets) {
  std::vector<std::string> hints;
  for (const store::SetName& set : sets) {
    hints.push_back(fmt::format("git qsnap set promote {}", set.text()));
  }
  if (hints.empty()) {
    hints.emplace_back("git qsnap set list");
  }
  const std::string what = text.empty() || text == "default" ? "which set shall be promoted was not said"
                                                             : fmt::format("there is no set {}", text);
  return make_error(text.empty() ? ErrorCode::usage : ErrorCode::not_found, what, std::move(hints));
}

/// The ancestors of a set, or the target that was named and its own.
Result<store::SetChain> target_chain(const store::Store& store, const store::SetName& set, const std::string& into) {
  SetWords words;
  words.set = into.empty() ? set.text() : into;
  QSNAP_ASSIGN(ChosenSet chosen, choose_set(store, words));
  if (into.empty()) {
    chosen.chain.sets.erase(chosen.chain.sets.begin());
  }
  const auto& sets = chosen.chain.sets;
  if (std::find(sets.begin(), sets.end(), set) != sets.end()) {
    return make_error(ErrorCode::usage,
                      fmt::format("set {} cannot be promoted into {}, which is that set or inherits from it",
                                  set.text(), chosen.chain.current().text()));
  }
  return std::move(chosen.chain);
}

class Promotion {
 public:
  Promotion(const store::Store& store, const PromoteRequest& request) : m_store(store), m_request(request) {}

  Result<void> carry_out(const PromoteStep& step) const {
    switch (step.told.as) {
      case PromotedAs::added:
      case PromotedAs::taken:
        QSNAP_TRY(write(step, nullptr));
        return leave_set(step);
      case PromotedAs::merged:
        QSNAP_TRY(write_merged(step));
        return leave_set(step);
      case PromotedAs::same:
      case PromotedAs::resolved:
        return leave_set(step);
      case PromotedAs::removed:
        QSNAP_TRY(m_store.remove(step.name));
        return leave_set(step);
      case PromotedAs::conflict:
      case PromotedAs::deleted:
        return put_in_conflict(step);
      case PromotedAs::kept:
      case PromotedAs::in_conflict:
        break;
    }
    return {};
  }

 private:
  /// The merged document, else the set's own.
  Result<void> write(const PromoteStep& step, const SnapshotReader* document) const {
    if (document != nullptr) {
      return write_snapshot(m_store, step.name, *document);
    }
    QSNAP_ASSIGN(const auto theirs, m_store.find(step.name.in(m_request.set)));
    return theirs ? write_snapshot(m_store, step.name, *theirs) : gone(step);
  }

  /// What is remembered first tells the next call that the merge is done, if this one is ended before the set's file is
  /// away.
  Result<void> write_merged(const PromoteStep& step) const {
    if (!step.result) {
      return {};
    }
    const std::string root = to_hex(step.result->root());
    QSNAP_TRY(remember_promotion(m_store.git_dir(), step.path, {step.theirs_root, root}));
    QSNAP_TRY(write(step, &*step.result));
    return note(step, "merged", root);
  }

  Result<void> leave_set(const PromoteStep& step) const {
    QSNAP_TRY(m_store.inherit(step.name.in(m_request.set)));
    return forget_promotion(m_store.git_dir(), step.path);
  }

  /// The index first: from there, everything that is shown and decided of a conflict is taken.
  Result<void> put_in_conflict(const PromoteStep& step) const {
    MergeStages stages;
    stages.path = step.path;
    for (const auto& [version, stage] : {std::pair{&step.base, &stages.base}, std::pair{&step.ours, &stages.ours},
                                         std::pair{&step.theirs, &stages.theirs}}) {
      if (*version) {
        QSNAP_ASSIGN(*stage, write_version(m_store, **version, step.storage));
      }
    }
    QSNAP_TRY(remember_promotion(m_store.git_dir(), step.path, {step.theirs_root, std::string{k_no_root}}));
    QSNAP_TRY(write_stages(m_store.folder().parent_path(), stages));
    QSNAP_TRY(write_conflicted(step));
    return note(step, "conflict", step.result ? to_hex(step.result->root()) : std::string{});
  }

  /// In the work tree there is what `git merge` would leave: the document with its conflicts, or the one that the other
  /// side removed.
  Result<void> write_conflicted(const PromoteStep& step) const {
    return store_snapshot_in(m_store, step.name, step.result ? *step.result : *step.theirs, step.storage);
  }

  /// For `git qsnap why`.
  Result<void> note(const PromoteStep& step, std::string_view outcome, std::string result_root) const {
    model::MergeJournalEntry entry;
    entry.at = SystemClock{}.now();
    entry.path = step.path;
    entry.outcome = outcome;
    entry.our_name = m_store.chain().current().text();
    entry.their_name = m_request.set.text();
    entry.their_root = step.theirs_root;
    entry.result_root = std::move(result_root);
    if (step.result) {
      QSNAP_ASSIGN(const std::vector<model::Conflict> conflicts, step.result->conflicts());
      for (const model::Conflict& one : conflicts) {
        entry.conflicts.push_back(
            {std::string{to_text(one.kind)}, one.subject, one.queue, one.state, one.id, one.name, one.path});
      }
    }
    return codec::append_to_journal(m_store.common_dir(), entry);
  }

  static Error gone(const PromoteStep& step) {
    return make_error(ErrorCode::not_found, fmt::format("{} went away meanwhile", step.name.text()));
  }

  const store::Store& m_store;
  const PromoteRequest& m_request;
};

Result<std::uint64_t> count_left(const store::Store& store, const store::SetName& set) {
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> all, store.list_all());
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> removed, store.removed_in(set));
  const auto own =
      std::count_if(all.begin(), all.end(), [&](const store::SnapshotName& name) { return name.set() == set; });
  return static_cast<std::uint64_t>(own) + removed.size();
}

}  // namespace

Result<PromoteRequest> promote_request(const store::Store& store, const PromoteWords& words) {
  QSNAP_ASSIGN(const std::vector<store::SetName> sets, store.sets());
  const auto at =
      std::find_if(sets.begin(), sets.end(), [&](const store::SetName& set) { return set.text() == words.set; });
  if (at == sets.end()) {
    return unknown_set(words.set, sets);
  }
  QSNAP_ASSIGN(store::SetChain target, target_chain(store, *at, words.into));
  PromoteRequest request{*at, std::move(target), {}, PromoteRule::write};
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, store::parse_names(words.names));
  std::transform(names.begin(), names.end(), std::back_inserter(request.names),
                 [](const store::SnapshotName& name) { return name.bare(); });
  return request;
}

Result<report::PromoteView> promote(store::Store store, const PromoteRequest& request, const Progress& progress) {
  store.select(request.target);
  QSNAP_ASSIGN(const std::vector<PromoteStep> steps, plan_promotion(store, request, progress));
  report::PromoteView view;
  view.set = request.set.text();
  view.target = store.chain().current().text();
  const bool writes = request.rule == PromoteRule::write;
  view.run = writes ? report::PromoteRun::done : report::PromoteRun::trial;
  for (const PromoteStep& step : steps) {
    if (writes) {
      QSNAP_TRY(Promotion(store, request).carry_out(step));
    }
    view.snapshots.push_back(step.told);
  }
  QSNAP_ASSIGN(view.left, count_left(store, request.set));
  if (writes && view.left == 0) {
    QSNAP_TRY(store::drop_empty_set(store, request.set));
    QSNAP_ASSIGN(const std::vector<store::SetName> sets, store.sets());
    view.set_is_gone = std::find(sets.begin(), sets.end(), request.set) == sets.end();
  }
  return view;
}

}  // namespace qsnap::app
