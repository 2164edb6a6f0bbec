// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/merge_log.hpp>
#include <qsnap/app/renamed_twice.hpp>
#include <qsnap/app/resolve_snapshots.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using report::ResolveView;
using store::SnapshotName;

/// Whose version, or name. Absent where nothing, or only a time, is said.
std::optional<Take> version_of(const std::optional<Wish>& wish) {
  return wish ? named_version(*wish) : std::nullopt;
}

/// Of a file that one side deleted: a side means what it did.
std::optional<DeletedFile> fate_of_file(const ResolveRequest& request, const MergeStages& stages) {
  const auto version = version_of(request.rest);
  if (request.file || !version || *version == Take::base) {
    return request.file;
  }
  const bool has_it = *version == Take::ours ? stages.ours.has_value() : stages.theirs.has_value();
  return has_it ? DeletedFile::keep : DeletedFile::remove;
}

Error needs_a_side(const SnapshotName& name, const std::string& problem, const std::string& how) {
  return make_error(ErrorCode::usage, problem, {fmt::format("git qsnap resolve {} {}", name.text(), how)});
}

/// One that has no conflicts, because one side or both have not that file.
Result<ResolveView> settle_file(const fs::path& folder, const OpenMerge& merge, const ResolveRequest& request) {
  QSNAP_ASSIGN(const auto renamed, find_renamed_twice(folder, merge.path));
  if (renamed) {
    const auto name = version_of(request.rest);
    return name ? keep_name(folder, *renamed, *name)
                : needs_a_side(merge.name, "both sides renamed " + merge.name.text(), "--ours, or --theirs");
  }
  const auto fate = fate_of_file(request, merge.stages.value());
  return fate ? settle_deleted(merge, *fate)
              : needs_a_side(merge.name, "one side deleted " + merge.name.text() + ", the other one changed it",
                             "--keep, or --delete");
}

/// There is one while Git has a version that can be read.
Error with_way_out(Error error, const SnapshotName& name) {
  error.hints.push_back(fmt::format(
      "git qsnap resolve {} --whole --ours (or --theirs, --base): that version as it is, with nothing of the other",
      name.text()));
  return error;
}

Result<ResolveView> decide(const fs::path& folder, OpenMerge& merge, const ResolveRequest& request,
                           const Progress& progress) {
  QSNAP_TRY(apply_request(merge, request, progress));
  if (request.ask && merge.resolution->left() > 0) {
    QSNAP_TRY(request.ask(*merge.resolution, title_of_merge(folder, merge.name)));
  }
  return keep_decisions(merge, progress);
}

Error says_nothing(const SnapshotName& name) {
  return make_error(ErrorCode::usage, "how shall " + name.text() + " be resolved?",
                    {fmt::format("git qsnap resolve {} -i, or --ours, --theirs, --base, --newest", name.text()),
                     "git qsnap conflicts " + name.text()});
}

Result<ResolveView> resolve_whole(const fs::path& folder, const SnapshotName& name, const ResolveRequest& request) {
  QSNAP_ASSIGN(const OpenMerge merge, find_merge(folder, name));
  return take_version(merge, version_of(request.rest).value());
}

Result<ResolveView> resolve_one(const fs::path& folder, const SnapshotName& name, Resolved kind,
                                const ResolveRequest& request, const Progress& progress) {
  auto opened = open_merge(folder, name, progress);
  if (!opened) {
    const bool is_broken = opened.error().code == ErrorCode::corrupt;
    return is_broken ? with_way_out(std::move(opened).error(), name) : std::move(opened).error();
  }
  OpenMerge merge = *std::move(opened);
  if (!merge.resolution) {
    return settle_file(folder, merge, request);
  }
  if (!request.says_how() && merge.resolution->left() > 0) {
    return kind == Resolved::all ? ResolveView{merge.path, name.text(), 0, merge.resolution->left()}
                                 : Result<ResolveView>{says_nothing(name)};
  }
  auto view = decide(folder, merge, request, progress);
  if (!view) {
    const bool has_way_out = view.error().code == ErrorCode::refused && merge.stages;
    return has_way_out ? with_way_out(std::move(view).error(), name) : std::move(view);
  }
  if (request.remember) {
    QSNAP_TRY(remember_decisions(merge));
  }
  return view;
}

/// One of several: an error says which.
Error named(Error error, const SnapshotName& name) {
  const bool says_it = error.message.find(name.text()) != std::string::npos;
  return says_it ? error : with_context(std::move(error), name.text());
}

/// Those of Git's list that a command can name.
Result<std::vector<SnapshotName>> names_in_conflict(const fs::path& folder) {
  QSNAP_ASSIGN(const std::vector<std::string> paths, conflicted_paths(folder));
  std::vector<SnapshotName> names;
  for (const std::string& path : paths) {
    if (auto name = store::name_of_path(path)) {
      names.push_back(*std::move(name));
    }
  }
  return names;
}

Result<void> check_request(const ResolveWhich& which, const ResolveRequest& request) {
  if ((which.kind == Resolved::all) != which.names.empty()) {
    return make_error(ErrorCode::usage, "give names of snapshots, or --all", {"git qsnap conflicts"});
  }
  if (!request.chosen.empty() && which.names.size() != 1) {
    return make_error(ErrorCode::usage, "--job and --conflict are about one snapshot");
  }
  const bool only_whole = request.chosen.empty() && !request.ask && !request.use_remembered && !request.remember;
  return !request.whole || (version_of(request.rest) && only_whole)
             ? Result<void>{}
             : make_error(ErrorCode::usage, "--whole goes with --ours, --theirs or --base, and nothing else");
}

}  // namespace

Result<ResolveOutcome> resolve_snapshots(const fs::path& folder, const ResolveWhich& which,
                                         const ResolveRequest& request, const Progress& progress) {
  QSNAP_TRY(check_request(which, request));
  std::vector<SnapshotName> names = which.names;
  if (which.kind == Resolved::all) {
    QSNAP_ASSIGN(names, names_in_conflict(folder));
  }
  ResolveOutcome outcome;
  for (const SnapshotName& name : names) {
    auto view =
        request.whole ? resolve_whole(folder, name, request) : resolve_one(folder, name, which.kind, request, progress);
    if (view) {
      outcome.view.snapshots.push_back(*std::move(view));
    } else {
      const bool is_end = request.ask || view.error().code == ErrorCode::cancelled;
      outcome.problems.push_back(named(std::move(view).error(), name));
      if (is_end) {
        break;
      }
    }
  }
  QSNAP_ASSIGN(const std::vector<std::string> open, conflicted_paths(folder));
  outcome.view.others = open.size() - std::min(open.size(), outcome.view.left());
  return outcome;
}

}  // namespace qsnap::app
