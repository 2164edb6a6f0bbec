// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <functional>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/archive_folder.hpp>
#include <qsnap/app/archive_remote.hpp>
#include <qsnap/app/history_archive.hpp>
#include <qsnap/git/ref_exchange.hpp>
#include <qsnap/store/history_index.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

std::vector<store::HistoryEntry> leaving(const std::vector<PlannedEntry>& plan) {
  std::vector<store::HistoryEntry> entries;
  for (const PlannedEntry& planned : plan) {
    if (!planned.decision.keeps()) {
      entries.push_back(planned.entry);
    }
  }
  return entries;
}

Result<fs::path> existing_folder(const store::Store& store, const std::string& text) {
  std::error_code failure;
  // Not made here: a share that is not mounted would be filled below.
  if (!fs::is_directory(text, failure)) {
    return make_error(ErrorCode::not_found, fmt::format("{} is no folder and no remote of this repository", text),
                      {"mkdir -p " + text, "git remote -v"});
  }
  const fs::path folder = fs::weakly_canonical(text, failure), tree = fs::weakly_canonical(store.folder(), failure);
  // Its files have the names that they have in a tree: there they would be captures again, without an index.
  if (std::mismatch(tree.begin(), tree.end(), folder.begin(), folder.end()).first == tree.end()) {
    return make_error(ErrorCode::refused, fmt::format("{} is in the tree of snapshots: that is no archive", text));
  }
  return folder;
}

Result<codec::SnapshotReader> open_planned(const store::Store& store, const PlannedEntry& planned) {
  const store::History history{store.repository(), store.chain().current()};
  if (planned.home == PlannedEntry::Home::ref) {
    return history.open(planned.entry);
  }
  QSNAP_ASSIGN(auto found, store.find(planned.entry.name.in(history.set())));
  if (!found) {
    return make_error(ErrorCode::not_found, fmt::format("{} is gone", planned.entry.name.text()), {"run it again"});
  }
  return *std::move(found);
}

Result<void> write_to_folder(const store::Store& store, const fs::path& folder, const std::vector<PlannedEntry>& plan,
                             report::ArchiveView& view, const Progress& progress) {
  const std::uint64_t all = view.plan.leaving();
  for (const PlannedEntry& planned : plan) {
    if (planned.decision.keeps()) {
      continue;
    }
    QSNAP_TRY(progress.check());
    progress.report("archiving", view.verified, all);
    QSNAP_ASSIGN(const codec::SnapshotReader state, open_planned(store, planned));
    QSNAP_ASSIGN(const Archived archived, archive_to_folder(folder, store.chain().current(), planned.entry, state));
    view.written += archived == Archived::written ? 1U : 0U;
    ++view.verified;
  }
  return {};
}

Result<void> push_to_remote(const store::Store& store, const std::string& remote, const std::vector<PlannedEntry>& plan,
                            report::ArchiveView& view, const Clock& clock, const Progress& progress) {
  const bool has_files = std::any_of(plan.begin(), plan.end(), [](const PlannedEntry& planned) {
    return planned.home == PlannedEntry::Home::tree && !planned.decision.keeps();
  });
  if (has_files) {
    return make_error(ErrorCode::refused, "captures that lie in the work tree go to a folder, not to a remote",
                      {"git qsnap history archive --to FOLDER"});
  }
  const std::vector<store::HistoryEntry> entries = leaving(plan);
  progress.report("pushing", 0, 0);
  QSNAP_ASSIGN(view.archive_ref, push_archive(store, remote, entries));
  progress.report("reading back", 0, 0);
  QSNAP_ASSIGN(const FetchedArchive archive, FetchedArchive::fetch(store, remote, view.archive_ref, clock.now()));
  const store::History there = archive.history();
  for (const store::HistoryEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    progress.report("reading back", view.verified, entries.size());
    QSNAP_ASSIGN(const std::optional<store::HistoryEntry> found, there.find(entry.name));
    if (!found) {
      return make_error(ErrorCode::corrupt,
                        fmt::format("{} did not arrive in {}", entry.name.text(), git::without_credentials(remote)),
                        {"nothing was dropped; run it again"});
    }
    QSNAP_ASSIGN(const codec::SnapshotReader state, there.open(*found));
    QSNAP_TRY(check_state(entry, state));
    ++view.verified;
  }
  view.written = view.verified;
  return {};
}

using Opener = std::function<Result<codec::SnapshotReader>(const store::HistoryEntry&)>;

Result<std::vector<store::HistoryEntry>> chosen(std::vector<store::HistoryEntry> entries,
                                                const RestoreRequest& request) {
  if (request.names.empty()) {
    return entries;
  }
  std::vector<store::HistoryEntry> some;
  for (const std::string& text : request.names) {
    QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(text));
    const auto found = std::find_if(entries.begin(), entries.end(),
                                    [&](const store::HistoryEntry& entry) { return entry.name == name.bare(); });
    if (found == entries.end()) {
      return make_error(ErrorCode::not_found,
                        fmt::format("{} has no {}", git::without_credentials(request.from), name.text()));
    }
    some.push_back(*found);
  }
  return some;
}

Result<report::RestoreView> append_all(const store::Store& store, const std::vector<store::HistoryEntry>& entries,
                                       const RestoreRequest& request, const Opener& open, const Progress& progress) {
  const store::History history{store.repository(), store.chain().current()};
  QSNAP_ASSIGN(const std::vector<store::HistoryEntry> here, history.list());
  report::RestoreView view{history.set().text(), git::without_credentials(request.from), {}};
  for (const store::HistoryEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    progress.report("restoring", view.entries.size(), entries.size());
    const bool known = std::any_of(here.begin(), here.end(), [&](const store::HistoryEntry& one) {
      return one.captured_at == entry.captured_at && one.root == entry.root && one.series() == entry.series();
    });
    report::RestoredEntry& row = view.entries.emplace_back(report::RestoredEntry{entry.name.text(), {}});
    if (known) {
      continue;
    }
    QSNAP_ASSIGN(const codec::SnapshotReader state, open(entry));
    QSNAP_TRY(check_state(entry, state));
    store::HistoryEntry again = entry;
    again.name = store::new_history_name(entry.series(), entry.captured_at);
    QSNAP_ASSIGN(again, history.append(std::move(again), state));
    row.new_name = again.name.text();
  }
  return view;
}

}  // namespace

Result<std::optional<report::ArchiveView>> archive_history(const store::Store& store, const ArchiveRequest& request,
                                                           PruneRun run, const ConfirmDrop& confirm, const Clock& clock,
                                                           const Progress& progress) {
  QSNAP_ASSIGN(const bool remote, is_remote(store, request.to));
  fs::path folder;
  if (!remote) {
    QSNAP_ASSIGN(folder, existing_folder(store, request.to));
  }
  QSNAP_ASSIGN(const std::vector<PlannedEntry> plan, plan_retention(store, request.retention));
  report::ArchiveView view{view_of(plan, store.chain().current(), request.retention.rules, clock.now()),
                           git::without_credentials(request.to),
                           {},
                           0,
                           0,
                           {}};
  if (run == PruneRun::tell) {
    return std::optional{std::move(view)};
  }
  if (view.plan.leaving() > 0) {
    QSNAP_ASSIGN(const bool wanted, confirm(view.plan));
    if (!wanted) {
      return std::optional<report::ArchiveView>{};
    }
    QSNAP_TRY(remote ? push_to_remote(store, request.to, plan, view, clock, progress)
                     : write_to_folder(store, folder, plan, view, progress));
  }
  QSNAP_ASSIGN(view.drop, drop_planned(store, plan, request.retention, clock.now()));
  return std::optional{std::move(view)};
}

Result<report::RestoreView> restore_history(const store::Store& store, const RestoreRequest& request,
                                            const Clock& clock, const Progress& progress) {
  const store::SetName set = store.chain().current();
  QSNAP_ASSIGN(const bool remote, is_remote(store, request.from));
  if (remote) {
    QSNAP_ASSIGN(const FetchedArchive archive, FetchedArchive::fetch(store, request.from, {}, clock.now()));
    const store::History there = archive.history();
    QSNAP_ASSIGN(std::vector<store::HistoryEntry> all, there.list());
    QSNAP_ASSIGN(const std::vector<store::HistoryEntry> entries, chosen(std::move(all), request));
    return append_all(
        store, entries, request, [&](const store::HistoryEntry& entry) { return there.open(entry); }, progress);
  }
  QSNAP_ASSIGN(const fs::path folder, existing_folder(store, request.from));
  QSNAP_ASSIGN(std::vector<store::HistoryEntry> all, store::read_index_files(folder, set));
  QSNAP_ASSIGN(const std::vector<store::HistoryEntry> entries, chosen(std::move(all), request));
  return append_all(
      store, entries, request, [&](const store::HistoryEntry& entry) { return open_archived(folder, set, entry.name); },
      progress);
}

}  // namespace qsnap::app
