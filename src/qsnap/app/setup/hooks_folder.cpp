// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/setup/hooks_folder.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;

struct Setting {
  std::string scope;  ///< "local", "worktree", "global", "system", "command"
  std::string value;
};

/// A line that git prints, without its end. A path may hold any other byte.
std::string one_line(std::string output) {
  if (output.ends_with('\n')) {
    output.pop_back();
  }
  return output;
}

Result<std::string> rev_parse(const fs::path& folder, const char* what) {
  QSNAP_ASSIGN(
      std::string output,
      git::git_output({.folder = folder, .arguments = {"rev-parse", "--path-format=absolute", what}, .input = {}}));
  return one_line(std::move(output));
}

/// core.hooksPath as Git itself would see it. run_git sets it for the git that it starts, so the last value is ours.
Result<std::optional<Setting>> hooks_path(const fs::path& folder) {
  QSNAP_ASSIGN(
      const std::string output,
      git::git_output({.folder = folder,
                       .arguments = {"config", "-z", "--show-scope", "--type=path", "--get-all", "core.hooksPath"},
                       .input = {}}));
  std::vector<std::string> words;
  for (std::string_view rest = output; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size());
    words.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  constexpr std::size_t k_pair = 2;
  if (words.size() < 2 * k_pair) {
    return std::optional<Setting>{};
  }
  const std::size_t last = words.size() - 2 * k_pair;
  return std::optional{Setting{std::move(words[last]), std::move(words[last + 1])}};
}

/// Both canonical.
bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [folder_end, path_at] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return folder_end == folder.end();
}

/// Absent for a bare repository.
Result<std::optional<fs::path>> work_tree(const fs::path& folder) {
  QSNAP_ASSIGN(
      const git::GitAnswer answer,
      git::run_git(
          {.folder = folder, .arguments = {"rev-parse", "--path-format=absolute", "--show-toplevel"}, .input = {}}));
  return answer.exit_code == 0 ? std::optional{fs::path{one_line(answer.output)}} : std::nullopt;
}

}  // namespace

Result<HooksFolder> find_hooks_folder(const fs::path& folder) {
  QSNAP_ASSIGN(const fs::path common, rev_parse(folder, "--git-common-dir"));
  QSNAP_ASSIGN(const std::optional<fs::path> top, work_tree(folder));
  QSNAP_ASSIGN(const std::optional<Setting> setting, hooks_path(folder));
  HooksFolder found{HooksPlace::own, common / "hooks", common / "hooks", {}};
  if (setting) {
    found.reason = fmt::format("core.hooksPath is {} ({})", setting->value, setting->scope);
    found.folder = (top ? *top : common) / setting->value;  // what is absolute stays so
  }
  std::error_code failed;  // what cannot be resolved is compared as it stands
  const fs::path real = fs::weakly_canonical(found.folder, failed);
  const fs::path real_common = fs::weakly_canonical(common, failed);
  if (real == real_common / "hooks") {
    return HooksFolder{HooksPlace::own, found.own, found.own, {}};
  }
  if (!setting) {
    found.reason = fmt::format("{} is a link", found.folder.native());
  }
  const bool shared = setting && setting->scope != "local" && setting->scope != "worktree";
  const bool tracked = top && is_inside(real, fs::weakly_canonical(*top, failed)) && !is_inside(real, real_common);
  found.place = tracked && !shared ? HooksPlace::work_tree : HooksPlace::elsewhere;
  return found;
}

}  // namespace qsnap::app::setup
