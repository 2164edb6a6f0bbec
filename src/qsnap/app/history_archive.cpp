// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <functional>
#include <set>
#include <system_error>
#include <tuple>
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

/// What went to the archive, and was read back.
struct Carried {
  std::string ref;            ///< where, on a remote
  std::uint64_t written = 0;  ///< others were there from an earlier run
  std::uint64_t verified = 0;
};

Result<Carried> write_to_folder(const store::Store& store, const fs::path& folder,
                                const std::vector<PlannedEntry>& plan, const Progress& progress) {
  const auto all = std::count_if(plan.begin(), plan.end(), [](const auto& each) { return !each.decision.keeps(); });
  Carried carried;
  for (const PlannedEntry& planned : plan) {
    if (planned.decision.keeps()) {
      continue;
    }
    QSNAP_TRY(progress.check());
    progress.report("archiving", carried.verified, static_cast<std::uint64_t>(all));
    QSNAP_ASSIGN(const codec::SnapshotReader state, open_planned(store, planned));
    QSNAP_ASSIGN(const Archived archived, archive_to_folder(folder, store.chain().current(), planned.entry, state));
    carried.written += archived == Archived::written ? 1U : 0U;
    ++carried.verified;
  }
  return carried;
}

Result<Carried> push_to_remote(const store::Store& store, const std::string& remote,
                               const std::vector<PlannedEntry>& plan, const Clock& clock, const Progress& progress) {
  const bool has_files = std::any_of(plan.begin(), plan.end(), [](const PlannedEntry& planned) {
    return planned.home == PlannedEntry::Home::tree && !planned.decision.keeps();
  });
  if (has_files) {
    return make_error(ErrorCode::refused, "captures that lie in the work tree go to a folder, not to a remote",
                      {"git qsnap history archive --to FOLDER"});
  }
  const std::vector<store::HistoryEntry> entries = leaving(plan);
  progress.report("pushing", 0, 0);
  Carried carried;
  QSNAP_ASSIGN(carried.ref, push_archive(store, remote, entries));
  progress.report("reading back", 0, 0);
  QSNAP_ASSIGN(const FetchedArchive archive, FetchedArchive::fetch(store, remote, carried.ref, clock.now()));
  const store::History there = archive.history();
  for (const store::HistoryEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    progress.report("reading back", carried.verified, entries.size());
    QSNAP_ASSIGN(const std::optional<store::HistoryEntry> found, there.find(entry.name));
    if (!found) {
      return make_error(ErrorCode::corrupt,
                        fmt::format("{} did not arrive in {}", entry.name.text(), git::without_credentials(remote)),
                        {"nothing was dropped; run it again"});
    }
    QSNAP_ASSIGN(const codec::SnapshotReader state, there.open(*found));
    QSNAP_TRY(check_state(entry, state));
    ++carried.verified;
  }
  carried.written = carried.verified;
  return carried;
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
  std::set<std::tuple<Instant, std::string, std::string>> known;
  for (const store::HistoryEntry& entry : here) {
    known.emplace(entry.captured_at, entry.root, entry.series());
  }
  report::RestoreView view{history.set().text(), git::without_credentials(request.from), {}};
  for (const store::HistoryEntry& entry : entries) {
    QSNAP_TRY(progress.check());
    progress.report("restoring", view.entries.size(), entries.size());
    report::RestoredEntry& row = view.entries.emplace_back(report::RestoredEntry{entry.name.text(), {}});
    if (!known.emplace(entry.captured_at, entry.root, entry.series()).second) {
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
    auto carried = remote ? push_to_remote(store, request.to, plan, clock, progress)
                          : write_to_folder(store, folder, plan, progress);
    if (!carried) {
      return std::move(carried).error();
    }
    view.archive_ref = carried->ref;
    view.written = carried->written;
    view.verified = carried->verified;
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
