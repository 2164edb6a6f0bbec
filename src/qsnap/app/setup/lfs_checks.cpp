// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/app/setup/look.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::CheckState;
using report::SetupCheck;
using Snapshots = std::vector<const TrackedSnapshot*>;

/// "test-cases/x.qsnap and 3 more"
std::string some_paths(const Snapshots& snapshots) {
  const std::string more = snapshots.size() > 1 ? fmt::format(" and {} more", snapshots.size() - 1) : "";
  return snapshots.front()->path + more;
}

template <class Predicate>
Snapshots those_that(const Look& look, Predicate predicate) {
  Snapshots found;
  for (const TrackedSnapshot& snapshot : *look.tracked) {
    if (predicate(snapshot)) {
      found.push_back(&snapshot);
    }
  }
  return found;
}

bool is_pointer(const TrackedSnapshot& snapshot) {
  return snapshot.form == BlobForm::lfs_pointer;
}

bool is_below_lfs(const TrackedSnapshot& snapshot) {
  return store::storage_of_path(snapshot.path) == store::Storage::lfs;
}

/// Pointers that are to be committed may not be in the index yet.
bool has_lfs_folder(const Look& look) {
  std::error_code ignored;
  return fs::is_directory(*look.repository.work_tree / store::k_folder / "lfs", ignored);
}

Result<SetupCheck> program_check(const Look& look) {
  QSNAP_ASSIGN(const std::string program, lfs_program());
  if (program.empty()) {
    return SetupCheck{"lfs", CheckState::bad,
                      "some snapshots are in LFS, and Git LFS is not set up: git-lfs is not on the PATH, so nothing "
                      "brings or sends their objects",
                      "install git-lfs, then git lfs install, git qsnap lfs fetch"};
  }
  QSNAP_ASSIGN(const bool filter, has_lfs_filter(look.folder));
  if (!filter) {
    return SetupCheck{
        "lfs", CheckState::bad,
        "some snapshots are in LFS, and Git LFS is not set up: no filter is configured, so Git keeps what "
        "git-lfs should take",
        "git lfs install, git qsnap lfs fetch"};
  }
  return SetupCheck{"lfs", CheckState::good, "Git LFS is set up", {}};
}

Result<SetupCheck> hook_check(const Look& look) {
  QSNAP_ASSIGN(const bool there, has_lfs_push_hook(look.folder));
  if (there) {
    return SetupCheck{"lfs-hook", CheckState::good, "git push sends the objects of Git LFS", {}};
  }
  return SetupCheck{"lfs-hook", CheckState::bad, "git-lfs has no pre-push hook here: git push sends no objects",
                    "git lfs update --force, then git qsnap install"};
}

/// Of pointers in the index.
Result<Checks> object_checks(const Look& look) {
  const Snapshots pointers = those_that(look, is_pointer);
  std::vector<std::string> ids;
  std::transform(pointers.begin(), pointers.end(), std::back_inserter(ids),
                 [](const TrackedSnapshot* snapshot) { return snapshot->blob_id; });
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder(look.folder, look.repository.common_dir));
  Snapshots absent, broken;
  QSNAP_TRY(
      for_each_blob(look.folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
        const auto pointer = blob ? store::find_pointer(*blob) : Result<std::optional<codec::LfsPointer>>{std::nullopt};
        if (!pointer || !*pointer) {
          broken.push_back(pointers[index]);
          return {};
        }
        QSNAP_ASSIGN(const auto state, store::look_at_object(objects, **pointer, store::ObjectCheck::length));
        if (state != store::ObjectState::here) {
          absent.push_back(pointers[index]);
        }
        return {};
      }));
  Checks checks;
  if (!absent.empty()) {
    checks.push_back(
        {"lfs-objects", CheckState::note,
         fmt::format("the objects of some snapshots in LFS are not here, or are damaged: {}", some_paths(absent)),
         "git qsnap lfs fetch"});
  }
  if (!broken.empty()) {
    checks.push_back({"lfs-pointers", CheckState::bad,
                      fmt::format("is a damaged Git LFS pointer: {}", some_paths(broken)), "git qsnap fsck"});
  }
  return checks;
}

/// What git-lfs should have taken, what nothing turns into a snapshot again, and what both have.
Result<Checks> form_checks(const Look& look) {
  Checks checks;
  const Snapshots raw = those_that(look, [](const TrackedSnapshot& snapshot) {
    return is_below_lfs(snapshot) && !is_pointer(snapshot) && snapshot.form != BlobForm::broken;
  });
  if (!raw.empty()) {
    checks.push_back({"lfs-raw", CheckState::bad,
                      fmt::format("is below lfs/, but Git has the snapshot itself: {}", some_paths(raw)),
                      "git lfs install, git add --renormalize .queue-snapshots"});
  }
  std::set<std::string> names;
  const Snapshots twice = those_that(look, [&](const TrackedSnapshot& snapshot) {
    const auto name = store::name_of_path(snapshot.path);
    return name && !names.insert(name->text()).second;
  });
  if (!twice.empty()) {
    checks.push_back(
        {"lfs-twice", CheckState::bad,
         fmt::format("stands in Git and in Git LFS, so nothing is read under its name: {}", some_paths(twice)),
         "git rm the one that is not wanted"});
  }
  Snapshots outside;
  for (const TrackedSnapshot* snapshot :
       those_that(look, [](const TrackedSnapshot& each) { return is_pointer(each) && !is_below_lfs(each); })) {
    QSNAP_ASSIGN(const auto filter, git::find_attribute(*look.repository.work_tree, "filter", snapshot->path));
    if (filter != "lfs") {
      outside.push_back(snapshot);
    }
  }
  if (!outside.empty()) {
    checks.push_back({"lfs-outside", CheckState::bad,
                      fmt::format("is a Git LFS pointer outside of lfs/, where git qsnap does not follow it: {}",
                                  some_paths(outside)),
                      "git mv it to the same path below .queue-snapshots/lfs"});
  }
  return checks;
}

}  // namespace

Result<Checks> lfs_checks(const Look& look) {
  if (!look.tracked || !look.repository.work_tree) {  // a bare one has no index
    return Checks{};
  }
  const bool pointers = std::any_of(look.tracked->begin(), look.tracked->end(), is_pointer);
  QSNAP_ASSIGN(Checks checks, form_checks(look));
  if (!pointers && !has_lfs_folder(look)) {
    return checks;
  }
  QSNAP_ASSIGN(SetupCheck program, program_check(look));
  const bool set_up = program.state == CheckState::good;
  checks.push_back(std::move(program));
  if (set_up) {
    QSNAP_ASSIGN(SetupCheck hook, hook_check(look));
    checks.push_back(std::move(hook));
  }
  QSNAP_ASSIGN(Checks objects, object_checks(look));
  std::move(objects.begin(), objects.end(), std::back_inserter(checks));
  return checks;
}

}  // namespace qsnap::app::setup
