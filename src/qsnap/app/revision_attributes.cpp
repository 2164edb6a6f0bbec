// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/revision_attributes.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/private_folder.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

Result<std::string> run_hermetic(const fs::path& folder, std::vector<std::string> arguments, std::string input) {
  return git::git_output({.folder = folder,
                          .arguments = std::move(arguments),
                          .input = std::move(input),
                          .environment = git::GitEnvironment::hermetic});
}

/// A line of objects/info/alternates, quoted as in C: the folder's name may hold a line end.
std::string alternate_line(std::string_view folder) {
  std::string line = "\"";
  for (const char byte : folder) {
    if (byte == '"' || byte == '\\') {
      line.push_back('\\');
    }
    byte == '\n' ? line.append("\\n") : line.append(1, byte);
  }
  return line.append("\"\n");
}

/// A bare repository that borrows the objects of another one, with the tree in its index: that is where git can be
/// made to read attributes of a revision from (--attr-source came with 2.41).
Result<void> borrow(const fs::path& scratch, const fs::path& folder, const std::string& tree) {
  QSNAP_ASSIGN(const std::string format, git::git_line({folder, {"rev-parse", "--show-object-format"}, {}}));
  QSNAP_ASSIGN(const std::string objects,
               git::git_line({folder, {"rev-parse", "--path-format=absolute", "--git-path", "objects"}, {}}));
  QSNAP_TRY(run_hermetic(scratch, {"init", "-q", "--bare", "--template=", "--object-format=" + format, "."}, {}));
  std::error_code failure;
  fs::create_directories(scratch / "objects" / "info", failure);
  QSNAP_TRY(write_file_atomically(scratch / "objects" / "info" / "alternates", alternate_line(objects)));
  QSNAP_TRY(run_hermetic(scratch, {"read-tree", tree}, {}));
  return {};
}

void set(PathAttributes& attributes, std::string_view name, std::string_view value) {
  for (const auto& [known, member] :
       {std::pair{"filter", &PathAttributes::filter}, std::pair{"merge", &PathAttributes::merge},
        std::pair{"diff", &PathAttributes::diff}, std::pair{"text", &PathAttributes::text},
        std::pair{"ident", &PathAttributes::ident}, std::pair{"working-tree-encoding", &PathAttributes::encoding}}) {
    if (name == known) {
      attributes.*member = value;
    }
  }
}

/// "PATH\0NAME\0VALUE\0", again and again.
Result<std::map<std::string, PathAttributes>> parse_attributes(std::string_view output) {
  constexpr std::size_t k_fields = 3;
  const std::vector<std::string_view> fields = split(output, '\0');
  if (fields.size() % k_fields != 0) {
    return make_error(ErrorCode::git, "git check-attr answered in an unexpected form");
  }
  std::map<std::string, PathAttributes> found;
  for (std::size_t i = 0; i < fields.size(); i += k_fields) {
    set(found[std::string{fields[i]}], fields[i + 1], fields[i + 2]);
  }
  return found;
}

}  // namespace

Result<std::string> tree_of(const fs::path& folder, const std::string& revision) {
  QSNAP_ASSIGN(std::optional<std::string> tree, git::find_object(folder, revision + "^{tree}"));
  if (!tree) {
    return make_error(ErrorCode::not_found, fmt::format("no revision {} in this repository", revision),
                      {"git log --oneline --all", "in CI, the branch may have to be fetched first: git fetch origin"});
  }
  return *std::move(tree);
}

Result<std::map<std::string, PathAttributes>> revision_attributes(const fs::path& folder, const std::string& revision,
                                                                  std::span<const std::string> paths) {
  QSNAP_ASSIGN(const std::string tree, tree_of(folder, revision));
  QSNAP_ASSIGN(const PrivateFolder scratch, PrivateFolder::create("qsnap-attributes"));
  QSNAP_TRY(borrow(scratch.path(), folder, tree));
  std::string input;
  for (const std::string& path : paths) {
    input += path + '\0';
  }
  QSNAP_ASSIGN(const std::string output, run_hermetic(scratch.path(),
                                                      {"check-attr", "--cached", "-z", "--stdin", "filter", "merge",
                                                       "diff", "text", "ident", "working-tree-encoding"},
                                                      std::move(input)));
  return parse_attributes(output);
}

}  // namespace qsnap::app
