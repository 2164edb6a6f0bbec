// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/lfs_fetch.hpp>
#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/app/lfs_status.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using report::FetchedObject;
using store::ObjectCheck;
using store::ObjectState;
using store::SnapshotName;
using Outcome = FetchedObject::Outcome;

/// A snapshot and the object that it needs.
struct Wanted {
  SnapshotName name;
  std::string path;  ///< from the top
  codec::LfsPointer pointer;
  Outcome outcome = Outcome::was_here;
};

bool is_named(const FetchRequest& request, const SnapshotName& name) {
  return request.names.empty() || std::find(request.names.begin(), request.names.end(), name) != request.names.end();
}

Error no_such_snapshot(const SnapshotName& name, const FetchRequest& request) {
  const std::string where = request.revision ? " in " + *request.revision : std::string{};
  return make_error(ErrorCode::not_found, fmt::format("there is no snapshot {}{}", name.text(), where),
                    {"git qsnap list shows every snapshot of the work tree"});
}

/// What pointers of the work tree need. Where git-lfs has put a snapshot itself, nothing is.
Result<std::vector<Wanted>> wanted_by_work_tree(const store::Store& store, const FetchRequest& request) {
  std::vector<SnapshotName> names = request.names;
  if (names.empty()) {
    QSNAP_ASSIGN(names, store.list_all());
  }
  std::vector<Wanted> wanted;
  for (const SnapshotName& name : names) {
    QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(name));
    if (!place) {
      return no_such_snapshot(name, request);
    }
    if (place->storage != store::Storage::lfs) {
      continue;
    }
    const SnapshotName own = name.in(place->set);
    QSNAP_ASSIGN(const auto file, codec::open_file_source(store.folder() / place->below));
    QSNAP_ASSIGN(std::optional<codec::LfsPointer> pointer, store::find_pointer(*file));
    if (pointer) {
      wanted.push_back({own, store::paths_of(own).back(), *std::move(pointer)});
    }
  }
  return wanted;
}

/// What a commit's pointers need. One that is damaged is told by its path.
Result<std::vector<Wanted>> wanted_by_revision(const fs::path& folder, const FetchRequest& request) {
  QSNAP_ASSIGN(const std::vector<TrackedFile> files, tracked_files(folder, request.revision));
  std::vector<std::string> ids;
  std::vector<std::pair<SnapshotName, std::string>> owners;
  std::vector<SnapshotName> known;
  for (const TrackedFile& file : files) {
    const auto name = store::name_of_path(file.path);
    if (!name || !is_regular(file.mode)) {
      continue;
    }
    known.push_back(*name);
    if (store::storage_of_path(file.path) == store::Storage::lfs && is_named(request, *name)) {
      ids.push_back(file.blob_id);
      owners.emplace_back(*name, file.path);
    }
  }
  for (const SnapshotName& name : request.names) {
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return no_such_snapshot(name, request);
    }
  }
  std::vector<Wanted> wanted;
  QSNAP_TRY(for_each_blob(folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
    auto& [name, path] = owners[index];
    auto pointer = blob ? store::find_pointer(*blob) : Result<std::optional<codec::LfsPointer>>{std::nullopt};
    if (!pointer) {
      return with_context(std::move(pointer).error(), path);
    }
    if (*pointer) {
      wanted.push_back({name, path, **std::move(pointer)});
    }
    return {};
  }));
  return wanted;
}

/// As `git lfs fsck` does.
Result<void> put_aside(const fs::path& objects, const std::string& object_id) {
  const fs::path bad = objects.parent_path() / "bad";
  std::error_code failed;
  fs::create_directories(bad, failed);
  fs::rename(git::lfs_object_path(objects, object_id), bad / object_id, failed);
  return failed ? file_error("move to", bad / object_id, failed.value()) : Result<void>{};
}

/// Those that are not here are marked as missing.
Result<void> find_missing(std::vector<Wanted>& wanted, const fs::path& objects, const Progress& progress) {
  std::uint64_t done = 0;
  for (Wanted& each : wanted) {
    QSNAP_TRY(progress.check());
    progress.report("looking at objects", done++, wanted.size());
    QSNAP_ASSIGN(const ObjectState state, store::look_at_object(objects, each.pointer, ObjectCheck::digest));
    if (state == ObjectState::damaged) {
      QSNAP_TRY(put_aside(objects, each.pointer.object_id));
    }
    each.outcome = state == ObjectState::here ? Outcome::was_here : Outcome::missing;
  }
  return {};
}

std::vector<std::string> missing_paths(const std::vector<Wanted>& wanted) {
  std::vector<std::string> paths;
  for (const Wanted& each : wanted) {
    if (each.outcome == Outcome::missing) {
      paths.push_back(each.path);
    }
  }
  return paths;
}

Result<void> require_program(std::size_t missing) {
  QSNAP_ASSIGN(const std::string program, lfs_program());
  if (!program.empty()) {
    return {};
  }
  return make_error(
      ErrorCode::not_found,
      fmt::format("{} object{} of Git LFS {} not here, and git-lfs, which brings them, is not on the PATH", missing,
                  missing == 1 ? "" : "s", missing == 1 ? "is" : "are"),
      {"install git-lfs, then: git lfs install", "git qsnap lfs fetch"});
}

/// The one place that lets git-lfs talk to a remote. Names of snapshots have none of the characters that patterns or
/// lists of them are made of.
Result<std::string> run_fetch(const fs::path& folder, const FetchRequest& request, const std::string& remote,
                              const std::vector<std::string>& paths) {
  constexpr std::size_t k_most_complaint_bytes = 1000;
  const std::string revision = request.revision.value_or("HEAD") + "^{commit}";
  QSNAP_ASSIGN(const std::optional<std::string> commit, git::find_object(folder, revision));
  if (!commit) {
    return std::string{"there is no commit yet that it could fetch for"};
  }
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = folder,
                             .arguments = {"lfs", "fetch", fmt::format("--include={}", fmt::join(paths, ",")),
                                           "--exclude=", "--", remote, *commit},
                             .input = {},
                             .environment = git::GitEnvironment::transport}));
  std::string complaint = answer.exit_code == 0 ? std::string{} : answer.errors;
  while (complaint.ends_with('\n')) {
    complaint.pop_back();
  }
  return complaint.substr(complaint.size() - std::min(complaint.size(), k_most_complaint_bytes));
}

/// A few hundred paths at a time: an argument has a greatest length.
Result<std::string> fetch_paths(const fs::path& folder, const FetchRequest& request, const std::string& remote,
                                const std::vector<std::string>& paths, const Progress& progress) {
  constexpr std::size_t k_paths = 200;
  std::string complaint;
  for (std::size_t at = 0; at < paths.size(); at += k_paths) {
    QSNAP_TRY(progress.check());
    progress.report("fetching", at, paths.size());
    const auto begin = paths.begin() + static_cast<std::ptrdiff_t>(at);
    const auto count = static_cast<std::ptrdiff_t>(std::min(k_paths, paths.size() - at));
    QSNAP_ASSIGN(std::string said, run_fetch(folder, request, remote, {begin, begin + count}));
    complaint = said.empty() ? std::move(complaint) : std::move(said);
  }
  return complaint;
}

}  // namespace

Result<report::LfsFetchView> lfs_fetch(const store::Store& store, const FetchRequest& request,
                                       const Progress& progress) {
  const fs::path& folder = store.folder();
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder(store.git_dir(), store.common_dir()));
  QSNAP_ASSIGN(std::vector<Wanted> wanted,
               request.revision ? wanted_by_revision(folder, request) : wanted_by_work_tree(store, request));
  QSNAP_TRY(find_missing(wanted, objects, progress));
  report::LfsFetchView view;
  view.revision = request.revision.value_or("");
  if (const std::vector<std::string> paths = missing_paths(wanted); !paths.empty()) {
    QSNAP_TRY(require_program(paths.size()));
    view.remote = request.remote;
    if (view.remote.empty()) {
      QSNAP_ASSIGN(view.remote, lfs_remote(folder));
    }
    QSNAP_ASSIGN(view.complaint, fetch_paths(folder, request, view.remote, paths, progress));
  }
  for (Wanted& each : wanted) {
    if (each.outcome == Outcome::missing) {
      QSNAP_ASSIGN(const ObjectState state, store::look_at_object(objects, each.pointer, ObjectCheck::digest));
      each.outcome = state == ObjectState::here ? Outcome::fetched : Outcome::missing;
    }
    view.objects.push_back({each.name.text(), each.pointer.object_id, each.pointer.bytes, each.outcome});
  }
  return view;
}

}  // namespace qsnap::app
