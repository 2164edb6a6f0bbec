// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include <qsnap/app/setup/manifest.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/setup_report.hpp>

/// One file and what becomes of it: planned without writing, then written. Internal to setup.
namespace qsnap::app::setup {

/// A file as it stands.
struct FileState {
  std::optional<std::string> text;  ///< absent: no such file
  mode_t mode = 0644;
};
Result<FileState> read_state(const std::filesystem::path& path);

struct FileChange {
  ManagedFile file;
  report::SetupAction action = report::SetupAction::kept;
  FileState before;
  std::optional<std::string> after;   ///< where it is written or removed; absent: no such file
  std::optional<ManifestFile> entry;  ///< for the manifest afterwards
  std::string words;                  ///< for people

  [[nodiscard]] bool writes() const;
};

/// `wanted` is our part of the file. `entry` is what the manifest knows of it.
Result<FileChange> plan_write(const ScopePlaces& places, const ManagedFile& file, const std::string& wanted,
                              const ManifestFile* entry);
/// `wanted` is how our part is known without a manifest.
Result<FileChange> plan_removal(const ScopePlaces& places, const ManagedFile& file, const std::string& wanted,
                                const ManifestFile* entry);
/// Atomic, with the file's mode; a configuration under the lock that git itself takes. Refused if the file is not what
/// the plan was made of. Its folder exists.
Result<void> apply(const FileChange& change);

}  // namespace qsnap::app::setup
