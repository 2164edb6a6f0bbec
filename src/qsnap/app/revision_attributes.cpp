// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/revision_attributes.hpp>
#include <qsnap/app/setup/scratch_folder.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

Result<std::string> ask_line(const fs::path& folder, std::vector<std::string> arguments) {
  QSNAP_ASSIGN(std::string line, git::git_output({.folder = folder, .arguments = std::move(arguments), .input = {}}));
  while (line.ends_with('\n')) {
    line.pop_back();
  }
  return line;
}

Result<std::string> run_hermetic(const fs::path& folder, std::vector<std::string> arguments, std::string input) {
  return git::git_output({.folder = folder,
                          .arguments = std::move(arguments),
                          .input = std::move(input),
                          .environment = git::GitEnvironment::hermetic});
}

/// A bare repository that borrows the objects of another one, with the tree in its index: that is where git can be
/// made to read attributes of a revision from (--attr-source came with 2.41).
Result<void> borrow(const fs::path& scratch, const fs::path& folder, const std::string& tree) {
  QSNAP_ASSIGN(const std::string format, ask_line(folder, {"rev-parse", "--show-object-format"}));
  QSNAP_ASSIGN(const std::string objects,
               ask_line(folder, {"rev-parse", "--path-format=absolute", "--git-path", "objects"}));
  QSNAP_TRY(run_hermetic(scratch, {"init", "-q", "--bare", "--template=", "--object-format=" + format, "."}, {}));
  std::error_code failure;
  fs::create_directories(scratch / "objects" / "info", failure);
  QSNAP_TRY(write_file_atomically(scratch / "objects" / "info" / "alternates", objects + '\n'));
  QSNAP_TRY(run_hermetic(scratch, {"read-tree", tree}, {}));
  return {};
}

void set(PathAttributes& attributes, std::string_view name, std::string_view value) {
  for (const auto& [known, member] :
       {std::pair{"filter", &PathAttributes::filter}, std::pair{"merge", &PathAttributes::merge},
        std::pair{"diff", &PathAttributes::diff}, std::pair{"text", &PathAttributes::text}}) {
    if (name == known) {
      attributes.*member = value;
    }
  }
}

/// "PATH\0NAME\0VALUE\0", again and again.
Result<std::map<std::string, PathAttributes>> parse_attributes(std::string_view output) {
  std::map<std::string, PathAttributes> found;
  std::vector<std::string_view> words;
  while (!output.empty()) {
    const std::size_t end = output.find('\0');
    if (end == std::string_view::npos) {
      return make_error(ErrorCode::git, "git check-attr answered in an unexpected form");
    }
    words.push_back(output.substr(0, end));
    output.remove_prefix(end + 1);
    constexpr std::size_t k_words = 3;
    if (words.size() == k_words) {
      set(found[std::string{words[0]}], words[1], words[2]);
      words.clear();
    }
  }
  return found;
}

}  // namespace

Result<std::string> tree_of(const fs::path& folder, const std::string& revision) {
  QSNAP_ASSIGN(
      git::GitAnswer tree,
      git::run_git({.folder = folder,
                    .arguments = {"rev-parse", "--verify", "--quiet", "--end-of-options", revision + "^{tree}"},
                    .input = {}}));
  while (tree.output.ends_with('\n')) {
    tree.output.pop_back();
  }
  if (tree.exit_code != 0 || tree.output.empty()) {
    return make_error(ErrorCode::not_found, fmt::format("no revision {} in this repository", revision),
                      {"git log --oneline --all", "in CI, the branch may have to be fetched first: git fetch origin"});
  }
  return std::move(tree.output);
}

Result<std::map<std::string, PathAttributes>> revision_attributes(const fs::path& folder, const std::string& revision,
                                                                  std::span<const std::string> paths) {
  QSNAP_ASSIGN(const std::string tree, tree_of(folder, revision));
  QSNAP_ASSIGN(const setup::ScratchFolder scratch, setup::ScratchFolder::make());
  QSNAP_TRY(borrow(scratch.path(), folder, tree));
  std::string input;
  for (const std::string& path : paths) {
    input += path + '\0';
  }
  QSNAP_ASSIGN(
      const std::string output,
      run_hermetic(scratch.path(), {"check-attr", "--cached", "-z", "--stdin", "filter", "merge", "diff", "text"},
                   std::move(input)));
  return parse_attributes(output);
}

}  // namespace qsnap::app
