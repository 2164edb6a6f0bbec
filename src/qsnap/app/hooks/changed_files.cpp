// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app::hooks {

namespace {

namespace fs = std::filesystem;

Error strange_output() {
  return make_error(ErrorCode::git, "git printed a diff that is not understood");
}

std::string id_or_nothing(std::string_view id) {
  return is_no_id(id) ? std::string{} : std::string{id};
}

/// ":100644 100644 ID ID M"; of a merge with n parents, n colons, n + 1 modes and ids, and n letters.
Result<ChangedFile> parse_entry(std::string_view line) {
  const std::size_t parents = std::min(line.find_first_not_of(':'), line.size());
  const std::vector<std::string_view> words = split(line.substr(parents), ' ');
  if (words.size() != 2 * (parents + 1) + 1) {
    return strange_output();
  }
  ChangedFile file;
  const std::string_view mode = words[parents];
  file.is_regular = mode == "100644" || mode == "100755";
  file.after_id = id_or_nothing(words[2 * parents + 1]);
  if (parents == 1) {
    file.before_id = id_or_nothing(words[2]);
  }
  const bool is_new = parents == 1 && file.before_id.empty();
  file.kind = file.after_id.empty() ? ChangeKind::removed : is_new ? ChangeKind::added : ChangeKind::changed;
  return file;
}

std::vector<std::string> diff_arguments(std::initializer_list<std::string> command) {
  std::vector<std::string> arguments{command};
  arguments.insert(arguments.end(),
                   {"--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=all"});
  return arguments;
}

Result<std::vector<ChangedFile>> run_diff(const fs::path& folder, std::vector<std::string> arguments,
                                          std::vector<std::string> commits) {
  arguments.insert(arguments.end(), commits.begin(), commits.end());
  arguments.insert(arguments.end(), {"--", std::string{store::k_pathspec}});
  QSNAP_ASSIGN(const std::string output, git::git_output({folder, std::move(arguments), {}}));
  return parse_raw_diff(output);
}

}  // namespace

std::string snapshot_name(std::string_view path) {
  const std::string folder = std::string{store::k_folder} + '/';
  path.remove_prefix(path.starts_with(folder) ? folder.size() : 0);
  path.remove_suffix(path.ends_with(store::k_suffix) ? store::k_suffix.size() : 0);
  return std::string{path};
}

bool is_no_id(std::string_view id) {
  return id.find_first_not_of('0') == std::string_view::npos;
}

Result<std::vector<ChangedFile>> parse_raw_diff(std::string_view output) {
  std::vector<ChangedFile> files;
  std::optional<ChangedFile> open;  // its path comes next
  std::string commit;
  for (const std::string_view piece : split(output, '\0')) {
    if (open) {
      open->path = piece;
      if (piece.ends_with(store::k_suffix)) {
        files.push_back(*std::move(open));
      }
      open.reset();
    } else if (piece.starts_with(':')) {
      QSNAP_ASSIGN(open, parse_entry(piece));
      open->commit_id = commit;
    } else {
      commit = piece;
    }
  }
  return open ? Result<std::vector<ChangedFile>>{strange_output()} : std::move(files);
}

Result<std::vector<ChangedFile>> staged_files(const fs::path& folder) {
  QSNAP_ASSIGN(std::optional<std::string> base, git::find_object(folder, "HEAD^{commit}"));
  if (!base) {  // the tree without files: SHA-1's or SHA-256's, as the repository has it
    QSNAP_ASSIGN(base, git::git_line({folder, {"hash-object", "-t", "tree", "--stdin"}, {}}));
  }
  return run_diff(folder, diff_arguments({"diff-index", "--cached"}), {*std::move(base)});
}

Result<std::vector<ChangedFile>> files_between(const fs::path& folder, const std::string& before,
                                               const std::string& after) {
  return run_diff(folder, diff_arguments({"diff-tree", "-r"}), {before, after});
}

}  // namespace qsnap::app::hooks
