// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <qsnap/git/libgit2.hpp>
#include <qsnap/git/ref_tree.hpp>

/// Internal to git: a tree with some files put into it or taken away.
namespace qsnap::git {

/// Writes the trees on the paths of `edits` anew and answers the id of the root. `base` may be null: the empty tree.
/// All others stay as they are and are not read. A folder without any file vanishes. Paths are relative, with '/'.
Result<git_oid> edited_tree(git_repository* repository, const git_tree* base, std::span<const TreeEdit> edits);

/// The error for what is no hexadecimal id.
Result<git_oid> parse_object_id(const std::string& hex);

}  // namespace qsnap::git
