// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/loose_objects.hpp>
#include <qsnap/app/repack.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// Packs above this are somebody else's history more often than ours; `gc.bigPackThreshold` says otherwise.
constexpr std::uint64_t k_large_pack_bytes = 64 * limits::k_mib;
/// How much of a loose version a further one of the same path adds to a pack, measured on queues of which 3 % change
/// (docs/performance.md, "Growth of a repository"), and rounded up.
constexpr std::uint64_t k_delta_percent = 2;
/// Where a history's commits have their captures (store/history.hpp).
constexpr std::string_view k_entries = "entries/";

/// Absent for what is not there.
std::optional<std::uint64_t> bytes_of(const fs::path& file) {
  std::error_code failure;
  const std::uint64_t bytes = fs::file_size(file, failure);
  return failure ? std::nullopt : std::optional{bytes};
}

/// By what Git knows two versions as alike: the path of a snapshot, or that dated captures have one name. Empty for
/// what is neither.
std::string_view likeness(std::string_view path) {
  if (path.starts_with(k_entries) && path.ends_with(store::k_payload_file)) {
    return store::k_payload_file;
  }
  return path.starts_with(store::k_folder) && path.ends_with(store::k_suffix) ? path : std::string_view{};
}

/// Counts every version of a snapshot that a reference, a reflog or the index reaches.
Result<void> survey_snapshots(const fs::path& folder, const fs::path& objects, report::GcPlan& plan) {
  QSNAP_ASSIGN(
      const std::string listed,
      git::git_output({folder,
                       {"rev-list", "--objects", "--all", "--reflog", "--indexed-objects", "--missing=allow-any", "--",
                        std::string{store::k_pathspec}, fmt::format(":(top){}", k_entries)},
                       {}}));
  const LooseObjects loose{objects};
  std::map<std::string_view, std::uint64_t> largest;  // loose bytes, by likeness
  for (const std::string_view line : split(listed, '\n')) {
    const std::size_t space = line.find(' ');
    const std::string_view alike = space == std::string_view::npos ? "" : likeness(line.substr(space + 1));
    if (alike.empty()) {
      continue;
    }
    ++plan.snapshots;
    if (const auto bytes = loose.bytes_of(line.substr(0, space))) {
      ++plan.loose;
      plan.loose_bytes += *bytes;
      std::uint64_t& most = largest[alike];
      most = std::max(most, *bytes);
    }
  }
  std::uint64_t whole = 0;  // one version of those that are alike is kept in full
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
    // Kept because somebody said so, and git leaves it alone; or with times: what nothing refers to any more.
    fs::path keep = file, times = file;
    keep.replace_extension(".keep");
    times.replace_extension(".mtimes");
    if (bytes_of(keep) || bytes_of(times)) {
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

/// What becomes of objects that nothing refers to.
struct Unreachable {
  const char* where;   ///< they stay
  std::string expiry;  ///< the option that says until when; empty: for ever
};

/// Git before 2.37, of --cruft.
constexpr int k_exit_unknown_option = 129;

Result<fs::path> objects_folder(const fs::path& folder) {
  QSNAP_ASSIGN(std::string path,
               git::git_line({folder, {"rev-parse", "--path-format=absolute", "--git-path", "objects"}, {}}));
  return fs::path{std::move(path)};
}

/// What a repack leaves that was killed before it was done: --cruft fails on it (git 2.39: "could not find pack"), -A
/// takes it away, and `git gc` does so, too.
bool has_pack_without_index(const fs::path& objects) {
  std::error_code failure;
  for (fs::directory_iterator entry{objects / "pack", failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    fs::path index = entry->path();
    if (index.extension() == ".pack" && !bytes_of(index.replace_extension(".idx"))) {
      return true;
    }
  }
  return false;
}

/// What somebody was writing when he was killed, a pack often: git keeps what is younger, too, because he may be alive,
/// and what begins with ".tmp-" for ever.
void remove_left_files(const fs::path& objects) {
  constexpr std::chrono::weeks k_grace{2};
  const auto youngest = fs::file_time_type::clock::now() - k_grace;
  std::error_code failure;
  for (fs::directory_iterator entry{objects / "pack", failure}, end; !failure && entry != end;
       entry.increment(failure)) {
    const std::string name = entry->path().filename().native();
    std::error_code unknown;
    if ((name.starts_with("tmp_") || name.starts_with(".tmp-")) && entry->last_write_time(unknown) < youngest &&
        !unknown) {
      fs::remove(entry->path(), unknown);
    }
  }
}

/// With --cruft they stay in a pack of their own, as differences to each other; with -A each becomes a file, and in
/// full: 75 MB instead of 3 for thirty captures of 10,000 jobs that were dropped.
Result<git::GitAnswer> run_repack(const fs::path& folder, const Unreachable& unreachable, const report::GcPlan& plan) {
  // One thread: two would share out the objects and lose deltas between them. A bounded window: a snapshot of 10,000
  // jobs is 13 MB, and git holds ten of them.
  std::vector<std::string> arguments = {
      "-c", "pack.threads=1", "-c", "pack.windowMemory=64m", "repack", unreachable.where, "-d", "-l", "-q"};
  if (!unreachable.expiry.empty()) {
    arguments.push_back(unreachable.expiry + "2.weeks.ago");
  }
  for (const std::string& pack : plan.kept_packs) {
    arguments.push_back("--keep-pack=" + pack);
  }
  return git::run_git({folder, std::move(arguments), {}});
}

}  // namespace

Result<report::GcPlan> plan_repack(const fs::path& folder) {
  report::GcPlan plan;
  // Of this repository; those of alternates are not ours to pack.
  QSNAP_ASSIGN(const fs::path objects, objects_folder(folder));
  QSNAP_ASSIGN(plan.keep_above_bytes, large_pack_bytes(folder));
  QSNAP_TRY(survey_snapshots(folder, objects, plan));
  survey_packs(objects, plan);
  QSNAP_ASSIGN(plan.objects_bytes, objects_bytes(folder));
  return plan;
}

Result<report::GcView> repack(const fs::path& folder, report::GcPlan plan) {
  QSNAP_ASSIGN(const git::GcLock lock, git::GcLock::take(folder));
  return repack(lock, folder, std::move(plan));
}

Result<report::GcView> repack(const git::GcLock& /*lock*/, const fs::path& folder, report::GcPlan plan) {
  // From 2.42 on, git asks this program what is to be kept when old unreachable objects are to go. It is a command of
  // the repository's, so it is not run: then everything is kept.
  QSNAP_ASSIGN(const std::optional<std::string> hook, git::find_setting(folder, "gc.recentObjectsHook"));
  const bool may_sweep = !hook;
  QSNAP_ASSIGN(git::GitAnswer answer, run_repack(folder, {"--cruft", may_sweep ? "--cruft-expiration=" : ""}, plan));
  QSNAP_ASSIGN(const fs::path objects, objects_folder(folder));
  const bool was_cut_short = answer.exit_code != 0 && has_pack_without_index(objects);
  if (answer.exit_code == k_exit_unknown_option || was_cut_short) {
    QSNAP_ASSIGN(answer, run_repack(folder, {"-A", may_sweep ? "--unpack-unreachable=" : ""}, plan));
  }
  if (answer.exit_code != 0) {
    return make_error(ErrorCode::git, fmt::format("git repack failed: {}", answer.errors));
  }
  remove_left_files(objects);
  report::GcView view{std::move(plan), {}};
  QSNAP_ASSIGN(view.after_bytes, objects_bytes(folder));
  return view;
}

}  // namespace qsnap::app
