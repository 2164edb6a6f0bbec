// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/promote.hpp>
#include <qsnap/app/promote_memory.hpp>
#include <qsnap/app/promote_plan.hpp>
#include <qsnap/app/set_choice.hpp>
#include <qsnap/app/set_resolver.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/app/version_blob.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/merge_journal.hpp>
#include <qsnap/store/set_folder.hpp>

namespace qsnap::app {

namespace {

using codec::SnapshotReader;
using report::PromotedAs;

Error unknown_set(const std::string& text, const std::vector<store::SetName>& sets) {
  constexpr std::size_t k_most_hints = 3;
  std::vector<std::string> hints;
  for (std::size_t i = 0; i < std::min(sets.size(), k_most_hints); ++i) {
    hints.push_back(fmt::format("git qsnap set promote {}", shell_word(sets[i].text())));
  }
  hints.emplace_back("git qsnap set list");
  const std::string what = text.empty() || text == "default" ? "which set shall be promoted was not said"
                                                             : fmt::format("there is no set {}", text);
  return make_error(text.empty() ? ErrorCode::usage : ErrorCode::not_found, what, std::move(hints));
}

/// A set that nobody has heard of is a typing error: its folder would be all that tells of it.
Result<void> expect_target(const store::Store& store, const std::string& into) {
  QSNAP_ASSIGN(const store::SetName set, store::SetName::parse(into));
  QSNAP_ASSIGN(const std::vector<store::SetName> sets, store.sets());
  if (set.is_default() || std::find(sets.begin(), sets.end(), set) != sets.end()) {
    return {};
  }
  QSNAP_ASSIGN(config::Config config, store.config());
  const bool is_ruled = std::any_of(config.sets.begin(), config.sets.end(),
                                    [&](const config::SetRule& rule) { return rule.set == set.text(); });
  QSNAP_ASSIGN(const std::vector<std::string> branches, SetResolver(store, std::move(config.sets)).branches_of(set));
  return is_ruled || !branches.empty()
             ? Result<void>{}
             : make_error(ErrorCode::not_found, fmt::format("there is neither a set nor a branch {}", set.text()),
                          {"git qsnap set list", fmt::format("git qsnap set create {}", shell_word(set.text()))});
}

/// The ancestors of a set, or the target that was named and its own.
Result<store::SetChain> target_chain(const store::Store& store, const store::SetName& set, const std::string& into) {
  QSNAP_TRY(into.empty() ? Result<void>{} : expect_target(store, into));
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
    QSNAP_TRY(remember(step, root));
    QSNAP_TRY(write(step, &*step.result));
    return note(step, "merged", root);
  }

  Result<void> remember(const PromoteStep& step, std::string_view result_root) const {
    return remember_promotion(m_store.git_dir(), step.path, {step.theirs_root, std::string{result_root}});
  }

  Result<void> leave_set(const PromoteStep& step) const {
    QSNAP_TRY(m_store.inherit(step.name.in(m_request.set)));
    return forget_promotion(m_store.git_dir(), step.path);
  }

  /// The index first: from there, everything that is shown and decided of a conflict is taken. What is remembered
  /// meanwhile lets the next call write the file, if this one is ended before it: else a `git add` would take ours.
  Result<void> put_in_conflict(const PromoteStep& step) const {
    MergeStages stages;
    stages.path = step.path;
    for (const auto& [version, stage] : {std::pair{&step.base, &stages.base}, std::pair{&step.ours, &stages.ours},
                                         std::pair{&step.theirs, &stages.theirs}}) {
      if (*version) {
        QSNAP_ASSIGN(*stage, write_version(m_store, **version, step.storage));
      }
    }
    QSNAP_TRY(remember(step, k_conflict_begun));
    QSNAP_TRY(write_stages(m_store.folder().parent_path(), stages));
    QSNAP_TRY(write_conflicted(step));
    QSNAP_TRY(remember(step, k_conflict_written));
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

Result<void> carry_out(const store::Store& store, const PromoteRequest& request, const PromoteStep& step,
                       const Progress& progress) {
  if (!step.is_closed) {
    return Promotion(store, request).carry_out(step);
  }
  PromoteRequest alone = request;
  alone.names = {step.name};
  QSNAP_ASSIGN(const std::vector<PromoteStep> again, plan_promotion(store, alone, progress));
  return Promotion(store, request).carry_out(again.front());
}

Result<std::uint64_t> count_left(const store::Store& store, const store::SetName& set) {
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> own, store::own_names(store, set));
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> removed, store.removed_in(set));
  return own.size() + removed.size();
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
  for (const store::SnapshotName& name : names) {
    if (name.set() && name.set() != request.set) {
      return make_error(ErrorCode::usage,
                        fmt::format("{} is no snapshot of the set {}", name.text(), request.set.text()));
    }
    request.names.push_back(name.bare());
  }
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
      QSNAP_TRY(carry_out(store, request, step, progress));
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
