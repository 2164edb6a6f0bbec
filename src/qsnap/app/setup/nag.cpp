// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <qsnap/app/setup/nag.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_pointer_bytes = 4096;

/// What stands there, links not followed; 0 for nothing.
mode_t type_of(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_mode & S_IFMT : 0;
}

bool is_own_folder(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) && status.st_uid == ::geteuid();
}

/// The one line of a file like .git or commondir, without `prefix`; empty if it is none.
fs::path pointed_to(const fs::path& file, std::string_view prefix) {
  const Result<std::string> text = read_file(file, k_most_pointer_bytes);
  if (!text || !text->starts_with(prefix)) {
    return {};
  }
  const fs::path target = text->substr(prefix.size(), text->find('\n') - prefix.size());
  return target.empty() ? target : (file.parent_path() / target).lexically_normal();
}

struct QuickPlaces {
  fs::path top, common_dir;
};

/// As git finds it, but for what its environment could say. Absent for anything unusual.
std::optional<QuickPlaces> quick_places(fs::path folder) {
  while (type_of(folder / ".git") == 0) {
    if (folder == folder.root_path() || folder.empty()) {
      return std::nullopt;
    }
    folder = folder.parent_path();
  }
  const fs::path entry = folder / ".git";
  const fs::path git_dir = type_of(entry) == S_IFREG ? pointed_to(entry, "gitdir: ") : entry;
  const bool linked = type_of(git_dir / "commondir") == S_IFREG;
  const fs::path common_dir = linked ? pointed_to(git_dir / "commondir", "") : git_dir;
  const bool usable = is_own_folder(common_dir) && type_of(common_dir / "HEAD") != 0;
  return usable ? std::optional{QuickPlaces{folder, common_dir}} : std::nullopt;
}

/// Installed elsewhere: for the user, the machine or this work tree.
bool git_knows_driver(const fs::path& folder) {
  const auto driver = git::find_setting(folder, "merge.qsnap.driver");
  return !driver || driver->has_value();
}

/// Writes the date; whether it was another one before.
bool first_today(const fs::path& common_dir, const std::string& today) {
  const fs::path folder = common_dir / "qsnap", marker = folder / "nagged";
  constexpr mode_t k_folder_mode = 0777, k_mode = 0666;  // less the user's umask
  if (::mkdir(folder.c_str(), k_folder_mode) != 0 && type_of(folder) != S_IFDIR) {
    return false;
  }
  const UniqueFd fd{::open(marker.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, k_mode)};
  std::string before(today.size(), '\0');
  if (!fd || (::read(fd.get(), before.data(), before.size()) > 0 && before == today)) {
    return false;
  }
  return ::ftruncate(fd.get(), 0) == 0 &&
         ::pwrite(fd.get(), today.data(), today.size(), 0) == static_cast<ssize_t>(today.size());
}

}  // namespace

std::optional<bool> is_set_up(const fs::path& folder) {
  const std::optional<QuickPlaces> places = quick_places(folder);
  if (!places) {
    return std::nullopt;
  }
  return type_of(places->common_dir / "qsnap.gitconfig") == S_IFREG || git_knows_driver(folder);
}

std::optional<std::string> nag(const fs::path& folder, NagFor what, Instant now) {
  const std::optional<QuickPlaces> places = quick_places(folder);
  if (!places || type_of(places->top / store::k_folder) != S_IFDIR ||
      type_of(places->common_dir / "qsnap.gitconfig") == S_IFREG) {
    return std::nullopt;
  }
  constexpr std::size_t k_date_bytes = 10;  // "2026-11-20"
  if (!first_today(places->common_dir, format_instant(now).substr(0, k_date_bytes)) || git_knows_driver(folder)) {
    return std::nullopt;
  }
  return what == NagFor::writing
             ? "without its filter Git keeps every version of a snapshot at full size: git qsnap install"
             : "Git is not set up to show and merge snapshots in this repository: git qsnap install";
}

}  // namespace qsnap::app::setup
