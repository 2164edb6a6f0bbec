// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/setup/effective_attributes.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::CheckState;
using report::SetupCheck;

struct Wanted {
  std::string_view name, value;
};
constexpr std::array k_wanted = {Wanted{"merge", "qsnap"}, Wanted{"diff", "qsnap"}, Wanted{"text", "unset"},
                                 Wanted{"filter", "qsnap"}};
constexpr std::string_view k_in_lfs = "lfs";
/// What would change the bytes of a snapshot on their way into the work tree or out of it.
constexpr std::array<std::string_view, 2> k_unwanted = {"ident", "working-tree-encoding"};

/// Paths that any repository could have: one at the top of the tree, one deep in it, a large one.
constexpr std::array k_samples = {".queue-snapshots/sample.qsnap", ".queue-snapshots/test-cases/a/b/sample.qsnap",
                                  ".queue-snapshots/lfs/test-cases/sample.qsnap"};
/// Of more tracked snapshots than this, the first ones are looked at.
constexpr std::size_t k_most_paths = 5000;

/// One attribute of one path that is not as it has to be.
struct Deviation {
  std::string path, attribute, value;
};

std::string paths_input(const std::vector<std::string>& paths) {
  std::string input;
  for (const char* sample : k_samples) {
    input.append(sample).push_back('\0');
  }
  for (const std::string& path : std::span{paths}.first(std::min(paths.size(), k_most_paths))) {
    input.append(path).push_back('\0');
  }
  return input;
}

enum class TreeKind : std::uint8_t { work_tree, bare };

bool is_as_wanted(std::string_view path, std::string_view attribute, std::string_view value, TreeKind tree) {
  const auto* wanted =
      std::find_if(k_wanted.begin(), k_wanted.end(), [&](const Wanted& each) { return each.name == attribute; });
  // A bare repository has no .gitattributes to read, and adds nothing; LFS has a filter of its own.
  const bool other_filter = attribute == "filter" && (tree == TreeKind::bare || value == k_in_lfs);
  if (wanted == k_wanted.end()) {  // one of k_unwanted; Git has no unset encoding
    return value == "unspecified" || (attribute == "ident" && value == "unset");
  }
  const bool in_lfs = store::storage_of_path(path) == store::Storage::lfs;
  return (wanted->value == value && !(attribute == "filter" && in_lfs)) || other_filter;
}

Result<std::vector<Deviation>> deviations(git::GitCommand command, const std::vector<std::string>& paths,
                                          TreeKind tree) {
  command.arguments.insert(command.arguments.end(), {"check-attr", "-z", "--stdin"});
  for (const Wanted& wanted : k_wanted) {
    command.arguments.emplace_back(wanted.name);
  }
  command.arguments.insert(command.arguments.end(), k_unwanted.begin(), k_unwanted.end());
  command.input = paths_input(paths);
  command.most_output = limits::k_gib;
  QSNAP_ASSIGN(const std::string output, git::git_output(command));
  constexpr std::size_t k_fields = 3;
  const std::vector<std::string_view> fields = split(output, '\0');
  std::vector<Deviation> found;
  for (std::size_t i = 0; i + k_fields <= fields.size(); i += k_fields) {
    if (!is_as_wanted(fields[i], fields[i + 1], fields[i + 2], tree)) {
      found.push_back({std::string{fields[i]}, std::string{fields[i + 1]}, std::string{fields[i + 2]}});
    }
  }
  return found;
}

/// The attribute files below the top that could decide about this path, the strongest first.
std::vector<std::string> nested_files(const fs::path& work_tree, const fs::path& path) {
  std::vector<std::string> files;
  for (fs::path folder = path.parent_path(); !folder.empty(); folder = folder.parent_path()) {
    const fs::path file = folder / ".gitattributes";
    std::error_code ignored;
    if (fs::is_regular_file(fs::symlink_status(work_tree / file, ignored))) {
      files.push_back(file.native());
    }
  }
  return files;
}

std::string deviation_words(const RepositoryPlaces& repository, const std::vector<Deviation>& found,
                            std::string_view others) {
  const Deviation& first = found.front();
  std::set<std::string_view> paths;
  for (const Deviation& deviation : found) {
    paths.insert(deviation.path);
  }
  std::vector<std::string> files =
      repository.work_tree ? nested_files(*repository.work_tree, first.path) : std::vector<std::string>{};
  files.emplace_back(others);
  const std::string more = paths.size() > 1 ? fmt::format(" and {} more", paths.size() - 1) : "";
  return fmt::format("the attribute {} of {}{} is {}; look into {}", first.attribute, first.path, more, first.value,
                     fmt::join(files, ", "));
}

/// Whether nothing at all is said of any of them.
bool nothing_said(const std::vector<Deviation>& found) {
  return found.size() >= k_wanted.size() * k_samples.size() &&
         std::all_of(found.begin(), found.end(),
                     [](const Deviation& deviation) { return deviation.value == "unspecified"; });
}

}  // namespace

Result<SetupCheck> attributes_check(const RepositoryPlaces& repository, const std::vector<std::string>& paths) {
  const bool bare = !repository.work_tree.has_value();
  const fs::path& folder = bare ? repository.git_dir : *repository.work_tree;
  QSNAP_ASSIGN(const std::vector<Deviation> found,
               deviations({folder, {}, {}}, paths, bare ? TreeKind::bare : TreeKind::work_tree));
  if (found.empty()) {
    return SetupCheck{"attributes", CheckState::good, "Git's attributes know snapshots", {}};
  }
  if (nothing_said(found)) {
    return SetupCheck{"attributes", CheckState::bad, "Git's attributes do not know snapshots", "git qsnap install"};
  }
  const std::string_view others = bare ? "info/attributes" : ".gitattributes (a later line wins), info/attributes";
  return SetupCheck{"attributes", CheckState::bad, deviation_words(repository, found, others),
                    "remove the line that says so there, then git qsnap install"};
}

Result<SetupCheck> clone_attributes_check(const RepositoryPlaces& repository, const fs::path& empty_git_dir,
                                          const std::vector<std::string>& paths) {
  const git::GitCommand command{
      *repository.work_tree,
      {"--git-dir=" + empty_git_dir.native(), "--work-tree=" + repository.work_tree->native()},
      {},
      limits::k_gib,
      git::GitEnvironment::hermetic};
  QSNAP_ASSIGN(const std::vector<Deviation> found, deviations(command, paths, TreeKind::work_tree));
  if (found.empty()) {
    return SetupCheck{"attributes-in-clones", CheckState::good, ".gitattributes tells every clone of snapshots", {}};
  }
  if (nothing_said(found)) {
    return SetupCheck{"attributes-in-clones", CheckState::bad, ".gitattributes does not tell clones of snapshots",
                      "git qsnap install"};
  }
  return SetupCheck{"attributes-in-clones", CheckState::bad,
                    "in a clone, " + deviation_words(repository, found, ".gitattributes (a later line wins)"),
                    "remove the line that says so, then git qsnap install"};
}

}  // namespace qsnap::app::setup
