// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
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
#include <qsnap/git/ref_exchange.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_hook_bytes = 64 * limits::k_kib;

bool calls_lfs(const fs::path& hook) {
  const Result<std::string> text = read_file(hook, k_most_hook_bytes);
  return text &&
         (text->find("git lfs pre-push") != std::string::npos || text->find("git-lfs pre-push") != std::string::npos);
}

/// "Endpoint=URL (auth=none)", or "Endpoint (REMOTE)=URL (auth=none)" for another remote than the default one.
std::string endpoint_in(std::string_view environment, std::string_view remote) {
  const std::string named = fmt::format("Endpoint ({})=", remote);
  constexpr std::string_view k_default = "Endpoint=", k_behind = " (auth=";
  std::string_view found;
  for (const std::string_view line : split(environment, '\n')) {
    const std::string_view url = line.substr(0, line.rfind(k_behind));
    if (line.starts_with(named)) {
      return std::string{url.substr(named.size())};
    }
    if (line.starts_with(k_default) && found.empty()) {
      found = url.substr(k_default.size());
    }
  }
  return std::string{found};
}

/// What moves the objects: a program that somebody configured for this endpoint, or git-lfs.
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

Result<std::string> lfs_output(const fs::path& folder, std::vector<std::string> arguments) {
  // Where there is none, an alias of the repository would be run in its place.
  QSNAP_ASSIGN(const std::string program, lfs_program());
  if (program.empty()) {
    return make_error(ErrorCode::not_found, "git-lfs is not on the PATH", {"install git-lfs, then: git lfs install"});
  }
  // git-lfs would read from whatever a link names: for ever, where that is a terminal or a pipe.
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  std::error_code ignored;
  if (places.work_tree && fs::is_symlink(*places.work_tree / ".lfsconfig", ignored)) {
    return make_error(ErrorCode::refused, ".lfsconfig is a symbolic link", {"git rm .lfsconfig"});
  }
  arguments.insert(arguments.begin(), {"-c", "core.sshCommand=false", "lfs"});
  return git::git_output({folder, std::move(arguments), {}});
}

Result<std::string> find_lfs_endpoint(const fs::path& folder, const std::string& remote) {
  QSNAP_ASSIGN(const std::string environment, lfs_output(folder, {"env"}));
  QSNAP_ASSIGN(const std::string default_remote, lfs_remote(folder));
  return endpoint_in(environment, remote.empty() ? default_remote : remote);
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
  if (view.program.empty()) {
    return view;
  }
  QSNAP_ASSIGN(const std::string url, find_lfs_endpoint(folder, {}));
  view.endpoint = git::without_credentials(url);
  QSNAP_ASSIGN(view.transfer, transfer_words(folder, url));
  return view;
}

}  // namespace qsnap::app
