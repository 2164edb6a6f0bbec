// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/app/setup/hooks_folder.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_hook_bytes = 64 * limits::k_kib;

bool calls_lfs(const fs::path& hook) {
  const Result<std::string> text = read_file(hook, k_most_hook_bytes);
  return text &&
         (text->find("git lfs pre-push") != std::string::npos || text->find("git-lfs pre-push") != std::string::npos);
}

/// lfs.url of .lfsconfig, which git-lfs reads from the work tree. A link is not followed.
Result<std::optional<std::string>> url_of_lfsconfig(const fs::path& top) {
  const fs::path file = top / ".lfsconfig";
  std::error_code ignored;
  if (!fs::is_regular_file(fs::symlink_status(file, ignored))) {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({top, {"config", "--file", file.native(), "--no-includes", "-z", "--get", "lfs.url"}, {}}));
  return answer.exit_code == 0 ? std::optional{answer.output.substr(0, answer.output.find('\0'))} : std::nullopt;
}

/// Where objects go, as git-lfs looks for it; empty: nowhere.
Result<std::string> endpoint_url(const fs::path& folder) {
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  QSNAP_ASSIGN(const std::optional<std::string> configured, git::find_setting(folder, "lfs.url"));
  if (configured) {
    return *configured;
  }
  QSNAP_ASSIGN(const std::string remote, lfs_remote(folder));
  for (const std::string_view key : {"lfsurl", "url"}) {
    if (key == "url" && places.work_tree) {
      QSNAP_ASSIGN(const std::optional<std::string> tracked, url_of_lfsconfig(*places.work_tree));
      if (tracked) {
        return *tracked;
      }
    }
    QSNAP_ASSIGN(const std::optional<std::string> url,
                 git::find_setting(folder, fmt::format("remote.{}.{}", remote, key)));
    if (url) {
      return *url;
    }
  }
  return std::string{};
}

/// What moves the objects: a program that somebody configured for this URL, or git-lfs.
Result<std::string> transfer_words(const fs::path& folder, const std::string& url) {
  std::vector<std::string> arguments = {"config", "-z", "--get", "lfs.standalonetransferagent"};
  if (!url.empty()) {
    arguments = {"config", "-z", "--get-urlmatch", "lfs.standalonetransferagent", url};
  }
  QSNAP_ASSIGN(const git::GitAnswer answer, git::run_git({folder, std::move(arguments), {}}));
  const std::string agent = answer.exit_code == 0 ? answer.output.substr(0, answer.output.find('\0')) : std::string{};
  if (agent.empty()) {
    return std::string{"git-lfs itself"};
  }
  QSNAP_ASSIGN(const std::optional<std::string> program,
               git::find_setting(folder, fmt::format("lfs.customtransfer.{}.path", agent)));
  return fmt::format("the transfer agent {}{}", agent,
                     program ? fmt::format(" ({})", *program) : ", for which no program is configured");
}

}  // namespace

Result<std::string> lfs_program() {
  // As a subcommand of git, outside of every repository: no alias can stand in for it.
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({"/", {"lfs", "version"}, {}, limits::k_mib, git::GitEnvironment::hermetic}));
  return answer.exit_code == 0 ? answer.output.substr(0, answer.output.find('\n')) : std::string{};
}

Result<bool> has_lfs_filter(const fs::path& folder) {
  for (const char* const key : {"filter.lfs.process", "filter.lfs.smudge"}) {
    QSNAP_ASSIGN(const std::optional<std::string> value, git::find_setting(folder, key));
    if (value && !value->empty()) {
      return true;
    }
  }
  return false;
}

Result<bool> has_lfs_push_hook(const fs::path& folder) {
  QSNAP_ASSIGN(const setup::HooksFolder hooks, setup::find_hooks_folder(folder));
  const fs::path hook = hooks.folder / "pre-push";
  if (calls_lfs(hook)) {
    return true;
  }
  std::error_code ignored;
  const fs::directory_iterator beside{hooks.folder / "pre-push.d", ignored};
  return std::any_of(begin(beside), end(beside),
                     [](const fs::directory_entry& each) { return calls_lfs(each.path()); });
}

Result<std::string> lfs_remote(const fs::path& folder) {
  QSNAP_ASSIGN(const git::GitAnswer branch, git::run_git({folder, {"symbolic-ref", "--quiet", "--short", "HEAD"}, {}}));
  std::vector<std::string> keys;
  if (branch.exit_code == 0) {
    keys.push_back(fmt::format("branch.{}.remote", branch.output.substr(0, branch.output.find('\n'))));
  }
  keys.emplace_back("remote.lfsdefault");
  for (const std::string& key : keys) {
    QSNAP_ASSIGN(const std::optional<std::string> remote, git::find_setting(folder, key));
    if (remote && !remote->empty()) {
      return *remote;
    }
  }
  QSNAP_ASSIGN(const std::string listed, git::git_output({folder, {"remote"}, {}}));
  const std::vector<std::string_view> remotes = split(listed, '\n');
  return std::string{remotes.size() == 1 ? remotes.front() : "origin"};
}

Result<report::LfsSetup> lfs_setup(const fs::path& folder) {
  report::LfsSetup view;
  QSNAP_ASSIGN(view.program, lfs_program());
  QSNAP_ASSIGN(view.has_filter, has_lfs_filter(folder));
  QSNAP_ASSIGN(view.has_push_hook, has_lfs_push_hook(folder));
  QSNAP_ASSIGN(const std::string url, endpoint_url(folder));
  view.endpoint = without_credentials(url);
  QSNAP_ASSIGN(view.transfer, transfer_words(folder, url));
  return view;
}

std::string without_credentials(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) {
    return std::string{url};
  }
  const std::size_t begin = scheme + 3;
  const std::string_view host = url.substr(begin, url.find('/', begin) - begin);
  const std::size_t at = host.rfind('@');
  if (at == std::string_view::npos) {
    return std::string{url};
  }
  const std::string_view user = url.starts_with("http") ? "" : host.substr(0, std::min(at, host.find(':')));
  return fmt::format("{}{}{}{}", url.substr(0, begin), user, user.empty() ? "" : "@", url.substr(begin + at + 1));
}

}  // namespace qsnap::app
