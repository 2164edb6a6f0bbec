// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <qsnap/git/tree_edit.hpp>

namespace qsnap::git {

namespace {

/// An edit, seen from a folder on its way.
struct Step {
  std::string_view rest;  ///< of the path
  const TreeEdit* edit = nullptr;

  [[nodiscard]] std::string_view name() const { return rest.substr(0, rest.find('/')); }
  [[nodiscard]] bool is_file() const { return rest.find('/') == std::string_view::npos; }
};

Error edit_error(std::string_view name) {
  return git_error(fmt::format("put {} into a tree", name));
}

Result<void> edit_file(git_treebuilder* builder, const Step& step) {
  const std::string name{step.name()};
  if (step.edit->blob_id) {
    QSNAP_ASSIGN(const git_oid id, parse_object_id(*step.edit->blob_id));
    const int status = git_treebuilder_insert(nullptr, builder, name.c_str(), &id, GIT_FILEMODE_BLOB);
    return status < 0 ? edit_error(name) : Result<void>{};
  }
  const bool gone = git_treebuilder_get(builder, name.c_str()) == nullptr;
  return gone || git_treebuilder_remove(builder, name.c_str()) == 0 ? Result<void>{} : edit_error(name);
}

/// Absent if there is no folder of this name.
Result<TreeHandle> subtree(git_repository* repository, git_treebuilder* builder, const std::string& name) {
  const git_tree_entry* entry = git_treebuilder_get(builder, name.c_str());
  if (entry == nullptr || git_tree_entry_type(entry) != GIT_OBJECT_TREE) {
    return TreeHandle{};
  }
  git_tree* tree = nullptr;
  if (git_tree_lookup(&tree, repository, git_tree_entry_id(entry)) < 0) {
    return git_error(fmt::format("read the folder {}", name));
  }
  return TreeHandle{tree};
}

struct WrittenFolder {
  git_oid id;
  std::size_t entries = 0;
};

Result<WrittenFolder> edit_folder(git_repository* repository, const git_tree* base, std::span<Step> steps);

/// REQUIRES: all steps begin with the same name
Result<void> edit_subfolder(git_repository* repository, git_treebuilder* builder, std::span<Step> steps) {
  const std::string name{steps.front().name()};
  QSNAP_ASSIGN(const TreeHandle tree, subtree(repository, builder, name));
  for (Step& step : steps) {
    step.rest.remove_prefix(name.size() + 1);
  }
  QSNAP_ASSIGN(const WrittenFolder folder, edit_folder(repository, tree.get(), steps));
  if (folder.entries > 0) {
    const int status = git_treebuilder_insert(nullptr, builder, name.c_str(), &folder.id, GIT_FILEMODE_TREE);
    return status < 0 ? edit_error(name) : Result<void>{};
  }
  return tree && git_treebuilder_remove(builder, name.c_str()) < 0 ? edit_error(name) : Result<void>{};
}

/// REQUIRES: steps are sorted by what is left of their paths
Result<WrittenFolder> edit_folder(git_repository* repository, const git_tree* base, std::span<Step> steps) {
  git_treebuilder* raw_builder = nullptr;
  if (git_treebuilder_new(&raw_builder, repository, base) < 0) {
    return git_error("change a tree");
  }
  const TreeBuilderHandle builder{raw_builder};
  while (!steps.empty()) {
    const auto other = std::find_if(steps.begin(), steps.end(), [&](const Step& step) {
      return step.name() != steps.front().name() || step.is_file() != steps.front().is_file();
    });
    const auto alike = static_cast<std::size_t>(other - steps.begin());
    if (steps.front().is_file()) {
      QSNAP_TRY(edit_file(builder.get(), steps.front()));
    } else {
      QSNAP_TRY(edit_subfolder(repository, builder.get(), steps.first(alike)));
    }
    steps = steps.subspan(alike);
  }
  WrittenFolder written{{}, git_treebuilder_entrycount(builder.get())};
  return git_treebuilder_write(&written.id, builder.get()) < 0 ? write_error("write a tree")
                                                               : Result<WrittenFolder>{written};
}

}  // namespace

Result<git_oid> parse_object_id(const std::string& hex) {
  git_oid id;
  if (hex.size() != GIT_OID_HEXSZ || git_oid_fromstr(&id, hex.c_str()) < 0) {
    return make_error(ErrorCode::corrupt, fmt::format("\"{}\" is no id of an object", hex));
  }
  return id;
}

Result<git_oid> edited_tree(git_repository* repository, const git_tree* base, std::span<const TreeEdit> edits) {
  std::vector<Step> steps;
  steps.reserve(edits.size());
  for (const TreeEdit& edit : edits) {
    steps.push_back({edit.path, &edit});
  }
  std::sort(steps.begin(), steps.end(), [](const Step& a, const Step& b) { return a.rest < b.rest; });
  QSNAP_ASSIGN(const WrittenFolder root, edit_folder(repository, base, steps));
  return root.id;
}

}  // namespace qsnap::git
