// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/approve.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/hooks/snapshot_check.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/same_meaning.hpp>
#include <qsnap/app/set_owner.hpp>

namespace qsnap::app {

namespace {

using codec::SnapshotReader;
using store::PendingEntry;
using store::PendingKind;

constexpr std::array<std::pair<DecisionResult, std::string_view>, 6> k_decision_results = {{
    {DecisionResult::written, "written"},
    {DecisionResult::replaced, "replaced"},
    {DecisionResult::removed, "removed"},
    {DecisionResult::same_meaning, "same-meaning"},
    {DecisionResult::rejected, "rejected"},
    {DecisionResult::restored, "restored"},
}};

std::optional<std::string> root_of(const Existing& snapshot) {
  return snapshot ? std::optional{std::string{snapshot->root()}} : std::nullopt;
}

/// The pending state, opened; absent for a proposal to delete.
Result<Existing> state_of(const store::PendingStore& pending, const PendingEntry& entry) {
  if (entry.kind == PendingKind::removed) {
    return Existing{};
  }
  QSNAP_ASSIGN(SnapshotReader state, pending.content(entry));
  return Existing{std::move(state)};
}

/// What the tree had before a decision; absent for nothing.
Result<Existing> state_before(const DecidedBatch& batch, const store::SnapshotName& name) {
  QSNAP_ASSIGN(const std::optional<PendingEntry> kept, batch.before().find(name));
  return kept ? state_of(batch.before(), *kept) : Existing{};
}

/// Over a file that nobody can read nothing is written, whatever was said: what is in it is not known.
Result<Existing> snapshot_in_tree(const store::Store& store, const store::SnapshotName& name) {
  Result<Existing> found = find_seen(store, name);
  if (found) {
    return found;
  }
  Error error = std::move(found).error();
  error.hints.push_back(fmt::format("git qsnap fsck {}", name.text()));
  error.hints.emplace_back("once the file is away or right again, decide again");
  return error;
}

/// Whether the tree says already what the state says.
Result<bool> says_the_same(const Existing& tree, const Existing& state, const Progress& progress) {
  if (!tree || !state) {
    return !tree && !state;
  }
  QSNAP_ASSIGN(const Meaning meaning, compare_meaning(*tree, *state, progress));
  return meaning == Meaning::same;
}

Error stale(const PendingEntry& entry, const Existing& tree) {
  const std::string_view what = !tree ? "is gone" : !entry.expected_root ? "has been added" : "has changed";
  return make_error(ErrorCode::refused,
                    fmt::format("the snapshot {} {} since this state was compared with it", entry.name.text(), what),
                    {"run the test again: it compares with what is there now",
                     fmt::format("git qsnap accept --force {} overwrites what is there", entry.name.text())});
}

Result<DecisionResult> result_of(const ApprovalContext& context, const PendingEntry& entry, const Existing& tree,
                                 const Existing& state, const Progress& progress) {
  const bool is_as_expected = root_of(tree) == entry.expected_root;
  if (!is_as_expected || root_of(tree) == root_of(state)) {
    QSNAP_ASSIGN(const bool same, says_the_same(tree, state, progress));
    if (same) {
      return DecisionResult::same_meaning;
    }
  }
  if (!is_as_expected && context.stale == StaleRule::refuse) {
    return stale(entry, tree);
  }
  return !state ? DecisionResult::removed : tree ? DecisionResult::replaced : DecisionResult::written;
}

/// Where config.yaml refuses secrets in the tree. A state that a test found was kept with a warning alone.
Result<void> refuse_secrets(const store::Store& store, const PendingEntry& entry, const SnapshotReader& state,
                            const Progress& progress) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  QSNAP_ASSIGN(const auto scan, hooks::secret_scan_of(config));
  if (!scan || config.scan.secrets != config::SecretRule::refuse) {
    return {};
  }
  hooks::ChangedFile file;
  file.path = entry.name.text();
  QSNAP_ASSIGN(const auto findings,
               hooks::find_secrets(file, state, *scan, report::HookFinding::Weight::refused, progress));
  if (findings.empty()) {
    return {};
  }
  std::vector<std::string> places;
  for (const report::HookFinding& finding : findings) {
    places.push_back(finding.where.empty() ? finding.what : fmt::format("{} {}", finding.where, finding.what));
  }
  places.emplace_back("redact: in config.yaml keeps secrets out of the next run; scan: allow: says what is none");
  return make_error(ErrorCode::refused, fmt::format("{} is not accepted: it holds secrets", entry.name.text()),
                    std::move(places));
}

/// Whether the state may be a snapshot at all.
Result<void> check_state(const store::Store& store, const PendingEntry& entry, const Existing& state,
                         const Progress& progress) {
  if (!state) {
    return {};
  }
  QSNAP_TRY(refuse_conflicts(*state));
  return refuse_secrets(store, entry, *state, progress);
}

/// What undo() needs, before anything is done.
Result<void> remember(const DecidedBatch& batch, const PendingEntry& entry, const Existing& tree,
                      const Existing& state) {
  if (tree) {
    PendingEntry before = entry;
    before.kind = PendingKind::changed;
    QSNAP_TRY(batch.before().put(before, *tree));
  }
  if (!state) {
    return batch.pending().propose_removal(entry);
  }
  QSNAP_TRY(batch.pending().put(entry, *state));
  return {};
}

/// Makes the tree's snapshot the one that is given; absent: there shall be none. What the parent of a set has is
/// inherited from it, so that an undo leaves nothing in the set.
Result<void> put_into_tree(const store::Store& store, const store::SnapshotName& name, const Existing& snapshot) {
  if (!snapshot) {
    return store.remove(name);
  }
  QSNAP_ASSIGN(const Existing inherited, find_inherited(store, name));
  const bool same = inherited && inherited->root() == snapshot->root() &&
                    inherited->metadata().description == snapshot->metadata().description &&
                    inherited->metadata().tags == snapshot->metadata().tags;
  return same ? store.inherit(name) : write_snapshot(store, name, *snapshot);
}

Result<void> put_back(const store::PendingStore& pending, const PendingEntry& entry, const Existing& state) {
  if (!state) {
    return pending.propose_removal(entry);
  }
  QSNAP_TRY(pending.put(entry, *state));
  return {};
}

Error changed_since(std::string_view what, const PendingEntry& entry) {
  return make_error(ErrorCode::refused, fmt::format("{} {} since that decision", entry.name.text(), what),
                    {"--undo --force takes it back nevertheless"});
}

/// Refuses where the decision is no longer what the tree and the pending states show.
Result<void> refuse_later_changes(const ApprovalContext& context, const DecidedBatch& batch, const PendingEntry& entry,
                                  const Existing& before, const Existing& state) {
  if (context.stale == StaleRule::override_it) {
    return {};
  }
  QSNAP_ASSIGN(const Existing tree, snapshot_in_tree(context.store, entry.name));
  const bool is_known = root_of(tree) == root_of(before) || root_of(tree) == root_of(state);
  if (batch.decision == Decision::accept && !is_known) {
    return changed_since("has changed", entry);
  }
  QSNAP_ASSIGN(const std::optional<PendingEntry> now, context.pending.find(entry.name));
  if (now && now->content_digest != entry.content_digest) {
    return changed_since("has another pending state", entry);
  }
  return {};
}

Result<DecisionResult> decide_one(const ApprovalContext& context, const DecidedBatch& batch, const PendingEntry& entry,
                                  const Progress& progress) {
  return batch.decision == Decision::accept ? accept(context, batch, entry, progress) : reject(context, batch, entry);
}

}  // namespace

std::string_view to_text(DecisionResult result) {
  return std::find_if(k_decision_results.begin(), k_decision_results.end(),
                      [&](const auto& known) { return known.first == result; })
      ->second;
}

Result<DecisionResult> accept(const ApprovalContext& context, const DecidedBatch& batch, const PendingEntry& entry,
                              const Progress& progress) {
  QSNAP_ASSIGN(const Existing state, state_of(context.pending, entry));
  QSNAP_TRY(check_state(context.store, entry, state, progress));
  QSNAP_ASSIGN(const Existing tree, snapshot_in_tree(context.store, entry.name));
  QSNAP_ASSIGN(const DecisionResult result, result_of(context, entry, tree, state, progress));
  if (context.rule == ApprovalRule::dry_run) {
    return result;
  }
  QSNAP_TRY(remember(batch, entry, tree, state));
  if (result != DecisionResult::same_meaning) {
    QSNAP_TRY(put_into_tree(context.store, entry.name, state));
  }
  QSNAP_TRY(context.pending.remove(entry));
  return result;
}

Result<DecisionResult> reject(const ApprovalContext& context, const DecidedBatch& batch, const PendingEntry& entry) {
  if (context.rule == ApprovalRule::dry_run) {
    return DecisionResult::rejected;
  }
  if (const auto state = state_of(context.pending, entry)) {  // a broken one is rejected for good
    QSNAP_TRY(remember(batch, entry, {}, *state));
  }
  QSNAP_TRY(context.pending.remove(entry));
  return DecisionResult::rejected;
}

Result<Decided> decide(const ApprovalContext& context, Decision decision, const std::vector<PendingEntry>& entries,
                       const Progress& progress) {
  Decided decided;
  DecidedBatch batch{{}, decision};
  if (context.rule == ApprovalRule::write && !entries.empty()) {
    QSNAP_ASSIGN(batch, begin_batch(context.store.git_dir(), decision));
  }
  for (const PendingEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    if (auto result = decide_one(context, batch, entry, progress)) {
      decided.entries.push_back({entry, *result});
    } else {
      decided.problems.push_back(std::move(result).error());
    }
  }
  if (decided.entries.empty() && !batch.folder.empty()) {
    QSNAP_TRY(forget_batch(batch));
  }
  return decided;
}

Result<void> undo(const ApprovalContext& context, const DecidedBatch& batch, const PendingEntry& entry) {
  QSNAP_ASSIGN(const Existing state, state_of(batch.pending(), entry));
  QSNAP_ASSIGN(const Existing before, state_before(batch, entry.name));
  QSNAP_TRY(refuse_later_changes(context, batch, entry, before, state));
  if (context.rule == ApprovalRule::dry_run) {
    return {};
  }
  // In this order, so that whoever is killed between the two leaves the state pending, at least.
  QSNAP_TRY(put_back(context.pending, entry, state));
  if (batch.decision == Decision::accept) {
    QSNAP_TRY(put_into_tree(context.store, entry.name, before));
  }
  QSNAP_TRY(batch.pending().remove(entry.name));
  return batch.before().remove(entry.name);
}

Result<Decided> undo_last(const ApprovalContext& context, Decision decision, const Progress& progress) {
  QSNAP_ASSIGN(const std::optional<DecidedBatch> batch, last_batch(context.store.git_dir(), decision));
  if (!batch) {
    return make_error(ErrorCode::not_found, fmt::format("there is no {} to take back", to_text(decision)));
  }
  QSNAP_ASSIGN(const std::vector<PendingEntry> entries, batch->pending().list());
  Decided decided;
  for (const PendingEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    if (auto done = undo(context, *batch, entry)) {
      decided.entries.push_back({entry, DecisionResult::restored});
    } else {
      decided.problems.push_back(std::move(done).error());
    }
  }
  if (decided.problems.empty() && context.rule == ApprovalRule::write) {
    QSNAP_TRY(forget_batch(*batch));
  }
  return decided;
}

}  // namespace qsnap::app
