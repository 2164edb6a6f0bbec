// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/driver/merge_repository.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::driver {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::exists(fs::symlink_status(path, failed));
}

/// `git merge` names what it merges; with several such names nobody knows which.
std::optional<std::string> only_head_name() {
  constexpr std::string_view k_prefix = "GITHEAD_";
  std::optional<std::string> name;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    const std::size_t equals = text.find('=');
    if (!text.starts_with(k_prefix) || equals == std::string_view::npos) {
      continue;
    }
    if (name) {
      return std::nullopt;
    }
    name = text.substr(equals + 1);
  }
  return name;
}

/// Before git 2.44, a label is its own placeholder.
std::string label_or(std::string_view label, std::string_view otherwise) {
  return std::string{label.empty() || label.starts_with('%') ? otherwise : label};
}

}  // namespace

Result<MergeRepository> find_merge_repository(const fs::path& folder) {
  git::GitCommand question;
  question.folder = folder;
  question.arguments = {"rev-parse", "--absolute-git-dir", "--git-common-dir", "--is-inside-work-tree", "--show-cdup"};
  QSNAP_ASSIGN(const std::string answer, git::git_output(question));
  const std::vector<std::string> lines = lines_of(answer);
  constexpr std::size_t k_least = 3, k_most = 4;
  if (lines.size() < k_least || lines.size() > k_most) {
    return make_error(ErrorCode::git, "git rev-parse did not tell where the repository is");
  }
  const bool has_work_tree = lines[2] == "true";
  const fs::path up = lines.size() == k_most ? lines[3] : "";
  return MergeRepository{folder, lines[0], folder / lines[1], has_work_tree ? folder / "." / up : fs::path{}};
}

SideNames side_names(const MergeRequest& request, const MergeRepository& repository) {
  const fs::path by_patches = repository.git_dir / "rebase-apply";
  const bool applies_patches = is_there(by_patches / "applying");  // git am
  if (is_there(repository.git_dir / "rebase-merge") || (is_there(by_patches) && !applies_patches)) {
    return {"upstream", "your commit"};
  }
  const std::string theirs = applies_patches ? "the patch" : only_head_name().value_or("theirs");
  return {label_or(request.our_label, "ours"), label_or(request.their_label, theirs)};
}

}  // namespace qsnap::driver
