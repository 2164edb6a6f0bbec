// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/result.hpp>

/// What `install` wrote, so that `uninstall` can be its exact inverse. It lies in the git dir, where whoever packed the
/// repository may have put it: it names roles of files, never paths.
namespace qsnap::app::setup {

struct ManifestFile {
  FileRole role = FileRole::fragment;
  std::string work_tree;                     ///< of work_tree_attributes: RepositoryPlaces::work_tree_id()
  std::optional<std::string> before_sha256;  ///< hexadecimal; absent: there was no such file
  std::string piece;                         ///< what was put into it

  [[nodiscard]] bool existed() const { return before_sha256.has_value(); }
};

struct ManifestHook {
  std::string hook;
  std::string sha256;  ///< hexadecimal
};

struct Manifest {
  std::vector<ManifestFile> files;
  std::vector<std::string> folders;  ///< that were made; names without their path
  std::vector<ManifestHook> hooks;

  [[nodiscard]] const ManifestFile* find(FileRole role, std::string_view work_tree) const;
  /// Adds or replaces.
  void set(ManifestFile file);
};

[[nodiscard]] std::string manifest_json(const Manifest& manifest);
/// Errors with `corrupt` for what manifest_json did not write, `unsupported_version` for a later one.
Result<Manifest> parse_manifest(std::string_view json);
/// Absent where there is none.
Result<std::optional<Manifest>> read_manifest(const std::filesystem::path& path);

}  // namespace qsnap::app::setup
