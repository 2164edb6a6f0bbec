// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>

/// Where setup reads and writes.
namespace qsnap::app::setup {

/// For whom Git is set up.
enum class Scope : std::uint8_t { local, worktree, global, system };
[[nodiscard]] std::string_view to_text(Scope scope);

/// What of the process setup has to know; cli reads it.
struct Environment {
  std::filesystem::path home;           ///< empty: none
  std::filesystem::path config_home;    ///< XDG_CONFIG_HOME or its default; empty: none
  std::filesystem::path global_config;  ///< GIT_CONFIG_GLOBAL; empty: not set
  std::filesystem::path system_config;  ///< GIT_CONFIG_SYSTEM; empty: not set
  std::string program_path;             ///< PATH
  std::filesystem::path own_folder;     ///< where this program lies
  std::string version;                  ///< of this program
};

/// A repository, as Git's own program finds it. Absolute paths.
struct RepositoryPlaces {
  std::filesystem::path git_dir;     ///< of this work tree
  std::filesystem::path common_dir;  ///< the same but for a linked work tree
  std::optional<std::filesystem::path> work_tree;

  /// How the manifest names this work tree: "" for the main one, "worktrees/x" for a linked one.
  [[nodiscard]] std::string work_tree_id() const;
};
/// Errors with `not_found` outside of a repository.
Result<RepositoryPlaces> find_repository(const std::filesystem::path& folder);

/// What a managed file is to Git.
enum class FileRole : std::uint8_t {
  fragment,              ///< qsnap.gitconfig: ours as a whole
  config,                ///< the configuration that includes the fragment
  info_attributes,       ///< <common>/info/attributes
  work_tree_attributes,  ///< .gitattributes at the root of the work tree
  user_attributes,       ///< of the user, or of the machine
};
[[nodiscard]] std::string_view to_text(FileRole role);
[[nodiscard]] std::optional<FileRole> parse_file_role(std::string_view text);

struct ManagedFile {
  FileRole role = FileRole::fragment;
  std::filesystem::path path;
};

/// The files of one scope. Nothing else is ever written (but for hooks).
struct ScopePlaces {
  Scope scope = Scope::local;
  std::string include_path;  ///< of the fragment, as include.path takes it
  std::vector<ManagedFile> files;
  std::filesystem::path manifest;
  /// Folders that may have to be made, outermost first; only these are ever removed again.
  std::vector<std::filesystem::path> folders;
  std::string work_tree_id;
};

/// `repository` is needed for local and worktree. Refused where a scope is not to be had: a work tree's configuration
/// without extensions.worktreeConfig, a user without a home, symbolic links where a repository has files of its own.
Result<ScopePlaces> places_of(Scope scope, const Environment& environment,
                              const std::optional<RepositoryPlaces>& repository);

}  // namespace qsnap::app::setup
