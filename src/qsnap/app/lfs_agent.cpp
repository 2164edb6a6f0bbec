// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/lfs_agent.hpp>
#include <qsnap/app/lfs_setup.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/ref_exchange.hpp>
#include <qsnap/transfer/collect.hpp>
#include <qsnap/transfer/folder_store.hpp>
#include <qsnap/transfer/manifest.hpp>
#include <qsnap/transfer/store_location.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_agent = "qsnap";
constexpr const char* k_section = "lfs.customtransfer.qsnap";

Result<std::string> git_output(const fs::path& folder, std::vector<std::string> arguments) {
  return git::git_output({.folder = folder, .arguments = std::move(arguments), .input = {}});
}

Result<std::string> find_endpoint(const fs::path& folder, const LfsAgentRequest& request) {
  if (!request.url.empty()) {
    return request.url;
  }
  if (!request.remote.empty()) {
    QSNAP_ASSIGN(const std::string remotes, git_output(folder, {"remote"}));
    const std::vector<std::string_view> known = split(remotes, '\n');
    if (std::find(known.begin(), known.end(), request.remote) == known.end()) {
      return make_error(ErrorCode::not_found, fmt::format("there is no remote {}", request.remote), {"git remote -v"});
    }
  }
  QSNAP_ASSIGN(std::string url, find_lfs_endpoint(folder, request.remote));
  if (url.empty()) {
    return make_error(ErrorCode::not_found, "git-lfs knows no endpoint here",
                      {"git lfs env", "git qsnap lfs agent PLACE --remote REMOTE, or --url URL"});
  }
  return url;
}

/// git-lfs finds no URL with blanks among its settings, and `git -c` ends a name at its first '='.
Result<void> check_endpoint(std::string_view url) {
  const auto is_bad = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '=' || c == 0x7f; };
  if (url.empty() || url.front() == '-' || std::any_of(url.begin(), url.end(), is_bad)) {
    return make_error(ErrorCode::usage, fmt::format("git-lfs's settings cannot name the endpoint {}", url),
                      {"a URL without blanks and '='"});
  }
  return {};
}

/// Endpoints of this clone that have our agent.
Result<std::vector<std::string>> endpoints_with_agent(const fs::path& folder) {
  QSNAP_ASSIGN(
      const git::GitAnswer answer,
      git::run_git({.folder = folder,
                    .arguments = {"config", "--local", "-z", "--get-regexp", "^lfs\\..*\\.standalonetransferagent$"},
                    .input = {}}));
  constexpr std::string_view k_prefix = "lfs.", k_suffix = ".standalonetransferagent";
  std::vector<std::string> urls;
  for (const std::string_view entry : split(answer.output, '\0')) {
    const std::size_t line_end = entry.find('\n');
    if (line_end != std::string_view::npos && entry.substr(line_end + 1) == k_agent) {
      urls.emplace_back(entry.substr(k_prefix.size(), line_end - k_prefix.size() - k_suffix.size()));
    }
  }
  return urls;
}

std::string agent_key(std::string_view url) {
  return fmt::format("lfs.{}.standalonetransferagent", url);
}

Result<void> let_go(const fs::path& folder, const std::vector<std::string>& urls) {
  for (const std::string& url : urls) {
    QSNAP_TRY(git_output(folder, {"config", "--local", "--unset-all", agent_key(url), "^qsnap$"}));
  }
  return {};
}

}  // namespace

Result<report::LfsAgentView> configure_lfs_agent(const fs::path& folder, const LfsAgentRequest& request) {
  QSNAP_ASSIGN(const transfer::StoreLocation location, transfer::parse_store_location(request.store, folder));
  QSNAP_ASSIGN(const std::string endpoint, find_endpoint(folder, request));
  QSNAP_TRY(check_endpoint(endpoint));
  // A setting without a user is for every user, and a password would stand in the arguments of a process.
  const std::string url = git::without_credentials(endpoint);
  if (location.host.empty()) {
    QSNAP_TRY(transfer::FolderStore::create(location.path));
  }
  report::LfsAgentView view{
      report::LfsAgentView::Action::configured, transfer::format_store_location(location), url, {}, {}};
  QSNAP_ASSIGN(view.let_go, endpoints_with_agent(folder));
  QSNAP_TRY(let_go(folder, view.let_go));
  std::erase(view.let_go, url);
  const std::string section = k_section;
  // git-lfs hands them to a shell.
  std::string arguments = fmt::format("agent --store {} --url {}", shell_word(view.store), shell_word(url));
  if (!request.remote_shell.empty()) {
    arguments += " --rsh " + shell_word(request.remote_shell);
  }
  // What makes git-lfs use it comes last.
  view.settings = {{section + ".path", "git-qsnap-lfs"},
                   {section + ".args", arguments},
                   {section + ".concurrent", "false"},
                   {agent_key(url), std::string{k_agent}}};
  for (const report::LfsAgentView::Setting& setting : view.settings) {
    QSNAP_TRY(git_output(folder, {"config", "--local", "--replace-all", setting.name, setting.value}));
  }
  return view;
}

Result<report::LfsAgentView> remove_lfs_agent(const fs::path& folder) {
  report::LfsAgentView view;
  QSNAP_ASSIGN(view.let_go, endpoints_with_agent(folder));
  QSNAP_TRY(let_go(folder, view.let_go));
  QSNAP_ASSIGN(
      const git::GitAnswer answer,
      git::run_git({.folder = folder, .arguments = {"config", "--local", "--remove-section", k_section}, .input = {}}));
  if (answer.exit_code == 0 || !view.let_go.empty()) {
    view.action = report::LfsAgentView::Action::removed;
  }
  return view;
}

namespace {

/// All that a commit names which some reference reaches, a remote's too.
Result<std::set<std::string>> named_objects(const fs::path& folder) {
  QSNAP_ASSIGN(const std::string is_shallow, git_output(folder, {"rev-parse", "--is-shallow-repository"}));
  if (is_shallow != "false\n") {
    return make_error(ErrorCode::refused, "this clone is shallow: older commits may name objects that it does not know",
                      {"git fetch --unshallow"});
  }
  QSNAP_ASSIGN(const std::string listing, lfs_output(folder, {"ls-files", "--all", "--long"}));
  constexpr std::size_t k_id_digits = 64;
  std::set<std::string> objects;
  for (const std::string_view line : split(listing, '\n')) {
    if (codec::is_lfs_object_id(line.substr(0, k_id_digits))) {
      objects.emplace(line.substr(0, k_id_digits));
    }
  }
  return objects;
}

}  // namespace

Result<report::LfsGcView> collect_lfs_garbage(const fs::path& folder, const LfsGcRequest& request) {
  QSNAP_ASSIGN(const transfer::StoreLocation location, transfer::parse_store_location(request.store, folder));
  if (!location.host.empty()) {
    return make_error(ErrorCode::usage, fmt::format("{} is on another host", transfer::format_store_location(location)),
                      {fmt::format("there: git qsnap lfs gc {}", location.path)});
  }
  QSNAP_ASSIGN(const transfer::FolderStore store, transfer::FolderStore::open(location.path));
  transfer::CollectRequest asked{request.run == LfsGcRequest::Run::collect ? transfer::CollectRequest::Run::collect
                                                                           : transfer::CollectRequest::Run::propose,
                                 request.now, request.grace, std::nullopt};
  if (request.objects == LfsGcRequest::Objects::drop_unnamed) {
    QSNAP_ASSIGN(asked.objects, named_objects(folder));
  }
  QSNAP_ASSIGN(const transfer::Collected found, transfer::collect(store, asked));
  return report::LfsGcView{.store = location.path,
                           .done = request.run == LfsGcRequest::Run::collect,
                           .grace_hours = static_cast<std::uint64_t>(request.grace.count()),
                           .objects = found.objects,
                           .dropped_objects = found.dropped_objects,
                           .chunks = found.chunks,
                           .chunk_bytes = found.chunk_bytes,
                           .dropped_chunks = found.dropped_chunks,
                           .dropped_bytes = found.dropped_bytes,
                           .young_chunks = found.young_chunks,
                           .unfinished = found.unfinished};
}

}  // namespace qsnap::app
