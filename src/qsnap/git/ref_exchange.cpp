// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/ref_exchange.hpp>

namespace qsnap::git {

namespace {

namespace fs = std::filesystem;

/// A command that talks to a remote.
GitCommand remote_command(const fs::path& folder, std::vector<std::string> arguments) {
  return {.folder = folder, .arguments = std::move(arguments), .input = {}, .environment = GitEnvironment::transport};
}

bool says(const GitAnswer& answer, std::string_view words) {
  return answer.output.find(words) != std::string::npos || answer.errors.find(words) != std::string::npos;
}

/// That somebody else moved the ref, or was about to: as `git push` says it of what it saw, or the remote.
bool has_moved(const GitAnswer& answer) {
  constexpr std::array<std::string_view, 5> k_words = {"stale info", "fetch first", "cannot lock ref",
                                                       "failed to update ref", "incorrect old value"};
  return std::any_of(k_words.begin(), k_words.end(), [&](std::string_view words) { return says(answer, words); });
}

}  // namespace

Result<std::vector<RemoteRef>> remote_refs(const fs::path& folder, const std::string& remote,
                                           const std::string& prefix) {
  QSNAP_ASSIGN(const std::string output,
               git_output(remote_command(folder, {"ls-remote", "--quiet", "--", remote, prefix + "*"})));
  std::vector<RemoteRef> refs;
  for (const std::string_view line : split(output, '\n')) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string_view::npos && line.substr(tab + 1).starts_with(prefix)) {
      refs.push_back({std::string{line.substr(tab + 1)}, std::string{line.substr(0, tab)}});
    }
  }
  return refs;
}

Result<void> fetch_ref(const fs::path& folder, const std::string& remote, const std::string& ref,
                       const std::string& local_ref) {
  QSNAP_TRY(git_output(remote_command(
      folder, {"fetch", "--quiet", "--no-tags", "--no-auto-maintenance", "--no-recurse-submodules",
               "--no-write-fetch-head", "--refmap=", "--", remote, fmt::format("+{}:{}", ref, local_ref)})));
  return {};
}

Result<void> fetch_refs_into(const fs::path& bare, const fs::path& folder, const fs::path& config,
                             const std::string& remote, const std::string& ref, const std::string& local_ref) {
  // What stands behind the included file is said again, because the last value holds.
  QSNAP_TRY(git_output(remote_command(folder, {"-c",
                                               "include.path=" + config.native(),
                                               "-c",
                                               "core.hooksPath=/dev/null",
                                               "-c",
                                               "core.fsmonitor=false",
                                               "-c",
                                               "protocol.ext.allow=never",
                                               "--git-dir=" + bare.native(),
                                               "fetch",
                                               "--quiet",
                                               "--no-tags",
                                               "--depth=1",
                                               "--no-auto-maintenance",
                                               "--no-recurse-submodules",
                                               "--no-write-fetch-head",
                                               "--refmap=",
                                               "--",
                                               remote,
                                               fmt::format("+{}:{}", ref, local_ref)})));
  return {};
}

Result<PushOutcome> push_ref(const fs::path& folder, const std::string& remote, const std::string& ref,
                             const std::string& commit, const std::optional<std::string>& seen) {
  QSNAP_ASSIGN(
      const GitAnswer answer,
      run_git(remote_command(folder, {"push", "--porcelain", "--no-verify", "--no-signed", "--recurse-submodules=no",
                                      fmt::format("--force-with-lease={}:{}", ref, seen.value_or("")), "--", remote,
                                      fmt::format("{}:{}", commit, ref)})));
  if (answer.exit_code == 0) {
    return PushOutcome::pushed;
  }
  if (says(answer, "non-fast-forward")) {  // what a remote answers that takes nothing else
    return make_error(
        ErrorCode::git,
        fmt::format("{} takes fast-forwards alone, and entries were dropped from {}", without_credentials(remote), ref),
        {fmt::format("on the remote: git config receive.denyNonFastForwards false, or git update-ref -d {}", ref)});
  }
  if (has_moved(answer)) {
    return PushOutcome::moved_meanwhile;
  }
  return make_error(ErrorCode::git, fmt::format("{} did not take {}: {}{}", without_credentials(remote), ref,
                                                answer.errors, answer.output));
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

Result<std::vector<std::string>> remotes(const fs::path& folder) {
  QSNAP_ASSIGN(const std::string output, git_output({folder, {"remote"}, {}}));
  const std::vector<std::string_view> lines = split(output, '\n');
  return std::vector<std::string>{lines.begin(), lines.end()};
}

}  // namespace qsnap::git
