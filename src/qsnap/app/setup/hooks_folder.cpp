// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/setup/hooks_folder.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;

struct Setting {
  std::string scope;  ///< "local", "worktree", "global", "system", "command"
  std::string value;
};

/// core.hooksPath as Git itself would see it. run_git sets it for the git that it starts, so the last value is ours.
Result<std::optional<Setting>> hooks_path(const fs::path& folder) {
  QSNAP_ASSIGN(
      const std::string output,
      git::git_output({.folder = folder,
                       .arguments = {"config", "-z", "--show-scope", "--type=path", "--get-all", "core.hooksPath"},
                       .input = {}}));
  const std::vector<std::string_view> words = split(output, '\0');
  constexpr std::size_t k_pair = 2;
  if (words.size() < 2 * k_pair) {
    return std::optional<Setting>{};
  }
  const std::size_t last = words.size() - 2 * k_pair;
  return std::optional{Setting{std::string{words[last]}, std::string{words[last + 1]}}};
}

/// Both canonical.
bool is_inside(const fs::path& path, const fs::path& folder) {
  const auto [folder_end, path_at] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  return folder_end == folder.end();
}

/// Absent for a bare repository.
std::optional<fs::path> work_tree(const fs::path& folder) {
  const Result<std::string> top =
      git::git_line({folder, {"rev-parse", "--path-format=absolute", "--show-toplevel"}, {}});
  return top ? std::optional{fs::path{*top}} : std::nullopt;
}

}  // namespace

Result<HooksFolder> find_hooks_folder(const fs::path& folder) {
  QSNAP_ASSIGN(const fs::path common,
               git::git_line({folder, {"rev-parse", "--path-format=absolute", "--git-common-dir"}, {}}));
  const std::optional<fs::path> top = work_tree(folder);
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
