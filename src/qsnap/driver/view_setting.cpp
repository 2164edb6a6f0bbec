// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/driver/view_setting.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::driver {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_config_bytes = 1 * limits::k_mib;

/// Absent for what is missing or no regular file; at most one byte more than k_most_config_bytes. Follows links, as git
/// does: ~/.gitconfig often is one.
std::optional<std::string> file_text(const fs::path& file) {
  const UniqueFd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  struct stat status = {};
  if (!fd || ::fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return std::nullopt;
  }
  std::string text(std::min(static_cast<std::size_t>(status.st_size), k_most_config_bytes + 1), '\0');
  const ssize_t got = ::read(fd.get(), text.data(), text.size());
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

/// `what` is in lower case.
bool contains(std::string_view text, std::string_view what) {
  const auto same = [](char a, char b) { return to_lower(a) == b; };
  return std::search(text.begin(), text.end(), what.begin(), what.end(), same) != text.end();
}

bool may_configure(const fs::path& file) {
  const auto text = file_text(file);
  return text && (text->size() > k_most_config_bytes || contains(*text, "[qsnap"));
}

std::optional<std::string> variable(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>{value} : std::nullopt;
}

bool environment_configures() {
  if (contains(variable("GIT_CONFIG_PARAMETERS").value_or(""), "qsnap.")) {
    return true;
  }
  for (int i = 0;; ++i) {
    const auto key = variable("GIT_CONFIG_KEY_" + std::to_string(i));
    if (!key || contains(*key, "qsnap.")) {
      return key.has_value();
    }
  }
}

/// The one line that a file of Git's own holds: "gitdir: …" of .git, the path of commondir.
std::optional<std::string> only_line(const fs::path& file) {
  const auto text = file_text(file);
  return text ? std::optional{text->substr(0, text->find('\n'))} : std::nullopt;
}

std::optional<fs::path> git_folder(const fs::path& start) {
  if (const auto named = variable("GIT_DIR")) {
    return start / *named;
  }
  std::error_code failed;
  for (fs::path folder = fs::absolute(start / ".", failed).parent_path(); !failed; folder = folder.parent_path()) {
    const fs::path entry = folder / ".git";
    constexpr std::string_view k_link = "gitdir: ";
    if (fs::is_directory(entry, failed)) {
      return entry;
    }
    const auto link = only_line(entry);
    if (link && link->starts_with(k_link)) {
      return folder / link->substr(k_link.size());
    }
    if (!folder.has_relative_path()) {
      break;
    }
    failed.clear();
  }
  return std::nullopt;
}

void append_repository_files(std::vector<fs::path>& files, const fs::path& git_dir) {
  const auto common = only_line(git_dir / "commondir");
  files.push_back((common ? git_dir / *common : git_dir) / "config");
  files.push_back(git_dir / "config.worktree");
}

/// Where git looks for its configuration (git-config(1), "FILES").
std::vector<fs::path> configuration_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (const auto git_dir = git_folder(folder)) {
    append_repository_files(files, *git_dir);
  }
  const auto home = variable("HOME");
  if (const auto global = variable("GIT_CONFIG_GLOBAL")) {
    files.emplace_back(*global);
  } else {
    const auto xdg = variable("XDG_CONFIG_HOME");
    files.push_back((xdg && !xdg->empty() ? fs::path{*xdg} : fs::path{home.value_or("")} / ".config") / "git/config");
    files.push_back(fs::path{home.value_or("")} / ".gitconfig");
  }
  files.emplace_back(variable("GIT_CONFIG_SYSTEM").value_or("/etc/gitconfig"));
  return files;
}

}  // namespace

TextView configured_view(const fs::path& folder) {
  const auto is_configured = [&] {
    const std::vector<fs::path> files = configuration_files(folder);
    return environment_configures() || std::any_of(files.begin(), files.end(), may_configure);
  };
  if (!is_configured()) {
    return TextView::semantic;
  }
  const auto view = git::find_setting(folder, "qsnap.textconv");
  const std::string name = view ? view->value_or("") : "";
  const auto same = [](char a, char b) { return to_lower(a) == b; };
  constexpr std::string_view k_full = "full";
  const bool is_full = std::equal(name.begin(), name.end(), k_full.begin(), k_full.end(), same);
  return is_full ? TextView::full : TextView::semantic;
}

}  // namespace qsnap::driver
