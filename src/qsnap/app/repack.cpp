// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/repack.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// Packs above this are somebody else's history more often than ours; `gc.bigPackThreshold` says otherwise.
constexpr std::uint64_t k_large_pack_bytes = 64 * limits::k_mib;
/// How much of a loose version a further one of the same path adds to a pack, measured on queues of which 3 % change
/// (docs/performance.md, "Growth of a repository"), and rounded up.
constexpr std::uint64_t k_delta_percent = 2;

/// Absent for what is not there.
std::optional<std::uint64_t> bytes_of(const fs::path& file) {
  std::error_code failure;
  const std::uint64_t bytes = fs::file_size(file, failure);
  return failure ? std::nullopt : std::optional{bytes};
}

/// Counts every version of a snapshot that a reference, a reflog or the index reaches.
Result<void> survey_snapshots(const fs::path& folder, const fs::path& objects, report::GcPlan& plan) {
  QSNAP_ASSIGN(const std::string listed,
               git::git_output({folder,
                                {"rev-list", "--objects", "--all", "--reflog", "--indexed-objects",
                                 "--missing=allow-any", "--", std::string{store::k_pathspec}},
                                {}}));
  std::map<std::string_view, std::uint64_t> largest;  // loose bytes, by path
  for (const std::string_view line : split(listed, '\n')) {
    const std::size_t space = line.find(' ');
    constexpr std::size_t k_folder_digits = 2;
    if (space == std::string_view::npos || space <= k_folder_digits || !line.ends_with(store::k_suffix)) {
      continue;
    }
    ++plan.snapshots;
    const std::string_view id = line.substr(0, space);
    const auto bytes = bytes_of(objects / id.substr(0, k_folder_digits) / id.substr(k_folder_digits));
    if (bytes) {
      ++plan.loose;
      plan.loose_bytes += *bytes;
      std::uint64_t& most = largest[line.substr(space + 1)];
      most = std::max(most, *bytes);
    }
  }
  std::uint64_t whole = 0;  // one version of each path is kept in full
  for (const auto& [path, bytes] : largest) {
    whole += bytes;
  }
  plan.expected_bytes = whole + (plan.loose_bytes - whole) * k_delta_percent / 100;
  return {};
}

/// git's own setting, where it is set; it writes sizes as numbers then ("512m" as bytes).
Result<std::uint64_t> large_pack_bytes(const fs::path& folder) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({folder, {"config", "--type=int", "--get", "gc.bigPackThreshold"}, {}}));
  const auto configured = parse_integer(answer.output.substr(0, answer.output.find('\n')));
  return answer.exit_code == 0 && configured && *configured > 0 ? static_cast<std::uint64_t>(*configured)
                                                                : k_large_pack_bytes;
}

void survey_packs(const fs::path& objects, report::GcPlan& plan) {
  std::error_code failure;
  for (fs::directory_iterator entry{objects / "pack", failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    const fs::path& file = entry->path();
    if (file.extension() != ".pack") {
      continue;
    }
    fs::path keep = file;
    keep.replace_extension(".keep");
    if (bytes_of(keep)) {  // somebody said so; git leaves it alone
      continue;
    }
    if (bytes_of(file).value_or(0) > plan.keep_above_bytes) {
      plan.kept_packs.push_back(file.filename().native());
    } else {
      ++plan.packs;
    }
  }
  std::sort(plan.kept_packs.begin(), plan.kept_packs.end());
}

/// Loose and packed, as git counts them (in KiB).
Result<std::uint64_t> objects_bytes(const fs::path& folder) {
  QSNAP_ASSIGN(const std::string told, git::git_output({folder, {"count-objects", "-v"}, {}}));
  std::uint64_t kib = 0;
  for (const std::string_view line : split(told, '\n')) {
    for (const std::string_view member : {"size: ", "size-pack: "}) {
      if (line.starts_with(member)) {
        kib += static_cast<std::uint64_t>(
            std::max<std::int64_t>(0, parse_integer(line.substr(member.size())).value_or(0)));
      }
    }
  }
  return kib * limits::k_kib;
}

}  // namespace

Result<report::GcPlan> plan_repack(const fs::path& folder) {
  report::GcPlan plan;
  // Of this repository; those of alternates are not ours to pack.
  QSNAP_ASSIGN(const fs::path objects,
               git::git_line({folder, {"rev-parse", "--path-format=absolute", "--git-path", "objects"}, {}}));
  QSNAP_ASSIGN(plan.keep_above_bytes, large_pack_bytes(folder));
  QSNAP_TRY(survey_snapshots(folder, objects, plan));
  survey_packs(objects, plan);
  QSNAP_ASSIGN(plan.objects_bytes, objects_bytes(folder));
  return plan;
}

Result<report::GcView> repack(const fs::path& folder, report::GcPlan plan) {
  // One thread: two would share out the objects and lose deltas between them. A bounded window: a snapshot of 10,000
  // jobs is 13 MB, and git holds ten of them.
  std::vector<std::string> arguments = {
      "-c", "pack.threads=1", "-c", "pack.windowMemory=64m", "repack", "-A", "-d", "-l", "-q"};
  // From 2.42 on, git asks this program what is to be kept when old unreachable objects are to go. It is a command of
  // the repository's, so it is not run: then everything is kept, loose.
  QSNAP_ASSIGN(const std::optional<std::string> hook, git::find_setting(folder, "gc.recentObjectsHook"));
  if (!hook) {
    arguments.emplace_back("--unpack-unreachable=2.weeks.ago");
  }
  for (const std::string& pack : plan.kept_packs) {
    arguments.push_back("--keep-pack=" + pack);
  }
  QSNAP_TRY(git::git_output({folder, std::move(arguments), {}}));
  report::GcView view{std::move(plan), {}};
  QSNAP_ASSIGN(view.after_bytes, objects_bytes(folder));
  return view;
}

}  // namespace qsnap::app
