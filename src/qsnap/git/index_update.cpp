// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/index_update.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::git {

namespace {

constexpr std::string_view k_filter = "filter.";

/// "filter.lfs" of "filter.lfs.clean": a name may hold dots itself.
Result<std::set<std::string>> configured_filters(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const GitAnswer answer,
               run_git({folder, {"config", "-z", "--name-only", "--get-regexp", R"(^filter\.)"}, {}}));
  std::set<std::string> filters;
  for (const std::string_view key : split(answer.output, '\0')) {
    const std::size_t last_dot = key.rfind('.');
    if (key.starts_with(k_filter) && last_dot >= k_filter.size()) {
      filters.emplace(key.substr(0, last_dot));
    }
  }
  return filters;
}

Result<std::vector<std::string>> without_filters(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const std::set<std::string> filters, configured_filters(folder));
  std::vector<std::string> arguments;
  for (const std::string& filter : filters) {
    if (filter.find('=') != std::string::npos) {
      return make_error(ErrorCode::refused,
                        fmt::format("{} is configured, a filter that could run while the index is written", filter),
                        {"git config --show-origin --get-regexp '^filter'"});
    }
    for (const std::string_view setting : {".clean=", ".smudge=", ".process=", ".required=false"}) {
      arguments.insert(arguments.end(), {"-c", fmt::format("{}{}", filter, setting)});
    }
  }
  return arguments;
}

}  // namespace

Result<void> update_index(const std::filesystem::path& folder, std::vector<std::string> arguments, std::string input) {
  QSNAP_ASSIGN(std::vector<std::string> all, without_filters(folder));
  all.emplace_back("update-index");
  std::move(arguments.begin(), arguments.end(), std::back_inserter(all));
  QSNAP_TRY(git_output({.folder = folder, .arguments = std::move(all), .input = std::move(input)}));
  return {};
}

Result<std::string> write_blob(const std::filesystem::path& folder, std::string bytes) {
  return git_line({folder, {"hash-object", "-w", "--stdin", "-t", "blob"}, std::move(bytes)});
}

Result<void> refresh_entry(const std::filesystem::path& top, const std::string& path) {
  QSNAP_ASSIGN(std::vector<std::string> all, without_filters(top));
  all.insert(all.end(), {"add", "--refresh", "--", fmt::format(":(top,literal){}", path)});
  QSNAP_TRY(run_git({.folder = top, .arguments = std::move(all), .input = {}}));
  return {};
}

}  // namespace qsnap::git
