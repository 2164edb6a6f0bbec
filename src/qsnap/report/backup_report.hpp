// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `backup` and `restore-from`.
namespace qsnap::report {

/// A history, or an archive of one.
struct BackedUpRef {
  std::string name;           ///< the ref
  std::uint64_t entries = 0;  ///< dated captures in the backup
  // Of a restore.
  std::string done{};                  ///< what became of it
  std::uint64_t added = 0;             ///< captures that were not here
  std::uint64_t dropped = 0;           ///< captures that stay away, because they were dropped here, or in the backup
  std::vector<std::string> refused{};  ///< captures that were not taken in, and why
};

struct BackupView {
  std::string file;
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
  std::uint64_t snapshots = 0;  ///< of those
  std::uint64_t objects = 0;    ///< of Git LFS
  std::vector<BackedUpRef> refs;
  std::vector<std::string> damaged;   ///< snapshots that are, as they are in the work tree
  std::vector<std::string> without;   ///< snapshots whose object of Git LFS was left out
  std::vector<std::string> left_out;  ///< what is no regular file
};
[[nodiscard]] std::string backup_text(const BackupView& view, const Style& style);
[[nodiscard]] std::string backup_json(const BackupView& view);

enum class RestoredAs : std::uint8_t {
  restored,  ///< it was not here
  same,
  differs,   ///< and was left as it is
  replaced,  ///< the old one is kept
};
[[nodiscard]] std::string_view to_text(RestoredAs as);

struct RestoredFile {
  std::string path;  ///< from the top
  RestoredAs as = RestoredAs::restored;
};
struct RestoredBackupView {
  std::string file;
  Instant made_at;
  bool is_trial = false;
  std::vector<RestoredFile> files;
  std::string kept_in;        ///< the folder with what was replaced; empty: nothing was
  std::uint64_t objects = 0;  ///< of Git LFS that were not here
  std::vector<BackedUpRef> refs;
  std::vector<std::string> damaged, without;

  [[nodiscard]] std::size_t count(RestoredAs as) const;
};
[[nodiscard]] std::string restored_backup_text(const RestoredBackupView& view, const Style& style);
[[nodiscard]] std::string restored_backup_json(const RestoredBackupView& view);

}  // namespace qsnap::report
