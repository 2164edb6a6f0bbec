// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/compare.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/one_sided.hpp>
#include <qsnap/app/pending_view.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/views.hpp>

namespace qsnap::app {

namespace {

using report::SnapshotDiff;
using report::SnapshotStatus;
using store::PendingEntry;
using store::PendingKind;

constexpr std::string_view k_pending = "pending";

SnapshotDiff unreadable(const PendingEntry& entry, const Error& error) {
  SnapshotDiff diff;
  diff.name = entry.name.text();
  diff.status = SnapshotStatus::unreadable;
  diff.trouble = error.message;
  return diff;
}

Result<SnapshotDiff> compare_both(const store::Store& store, const PendingEntry& entry, codec::SnapshotReader tree,
                                  codec::SnapshotReader state, const Progress& progress) {
  QSNAP_ASSIGN(const config::Config rules, store.config());
  const OpenedSide before{entry.name.text(), std::move(tree), {}};
  const OpenedSide after{std::string{k_pending}, std::move(state), {}};
  QSNAP_ASSIGN(Comparison compared, compare_opened(before, after, rules, {}, progress));
  compared.name = entry.name.text();
  return snapshot_diff_of(std::move(compared));
}

/// What an accept would do to the tree.
Result<SnapshotDiff> difference(const store::Store& store, const store::PendingStore& pending,
                                const PendingEntry& entry, const Progress& progress) {
  QSNAP_ASSIGN(Existing tree, find_seen(store, entry.name));
  if (entry.kind == PendingKind::removed) {
    return tree ? one_sided_diff(entry.name.text(), SnapshotStatus::removed, *tree) : SnapshotDiff{};
  }
  QSNAP_ASSIGN(codec::SnapshotReader state, pending.content(entry));
  return tree ? compare_both(store, entry, *std::move(tree), std::move(state), progress)
              : one_sided_diff(entry.name.text(), SnapshotStatus::added, state);
}

bool is_stale(const store::Store& store, const PendingEntry& entry) {
  const Result<Existing> tree = find_seen(store, entry.name);
  if (!tree || !*tree) {
    return !tree || entry.expected_root.has_value();
  }
  return entry.expected_root != (*tree)->root();
}

}  // namespace

Result<report::PendingRow> pending_row(const store::Store& store, const store::PendingStore& pending,
                                       const PendingEntry& entry, PendingDetail detail, const Progress& progress) {
  report::PendingRow row{
      entry.name.text(), std::string{to_text(entry.kind)}, entry.test, entry.summary, entry.asserted_at, false, {}};
  row.stale = is_stale(store, entry);
  if (detail == PendingDetail::differences) {
    Result<SnapshotDiff> diff = difference(store, pending, entry, progress);
    if (!diff && diff.error().code == ErrorCode::cancelled) {
      return std::move(diff).error();
    }
    row.diff = diff ? *std::move(diff) : unreadable(entry, diff.error());
    row.diff->sides.before = entry.name.text();
    row.diff->sides.after = k_pending;
  }
  return row;
}

Result<report::PendingView> pending_view(const store::Store& store, const store::PendingStore& pending,
                                         const std::vector<PendingEntry>& entries, PendingDetail detail,
                                         const Progress& progress) {
  report::PendingView view;
  for (const PendingEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    QSNAP_ASSIGN(report::PendingRow row, pending_row(store, pending, entry, detail, progress));
    view.rows.push_back(std::move(row));
  }
  return view;
}

report::DecidedView view_of(std::string what, ApprovalRule rule, const Decided& decided) {
  report::DecidedView view;
  view.what = std::move(what);
  view.dry_run = rule == ApprovalRule::dry_run;
  for (const DecidedEntry& one : decided.entries) {
    view.rows.push_back(
        {one.entry.name.text(), std::string{to_text(one.entry.kind)}, std::string{to_text(one.result)}});
  }
  return view;
}

report::DecidedView view_of(const Applied& applied, const Decided& accepted) {
  report::DecidedView view = view_of("apply", ApprovalRule::write, accepted);
  for (const AppliedEntry& one : applied.entries) {
    const bool is_told = std::any_of(accepted.entries.begin(), accepted.entries.end(),
                                     [&](const DecidedEntry& other) { return other.entry.name == one.entry.name; });
    if (!is_told) {
      view.rows.push_back(
          {one.entry.name.text(), std::string{to_text(one.entry.kind)}, std::string{to_text(one.result)}});
    }
  }
  if (applied.entries.empty() && applied.problems.empty()) {
    view.notes.push_back(fmt::format("no pending state among {} files", applied.files));
  }
  return view;
}

}  // namespace qsnap::app
