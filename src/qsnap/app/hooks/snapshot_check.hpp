// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/secret_scan.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/report/hook_report.hpp>

/// What hooks look for in one snapshot. Internal to app/hooks.
namespace qsnap::app::hooks {

/// The scan that config.yaml asks for; absent where it wants none.
Result<std::optional<codec::SecretScan>> secret_scan_of(const config::Config& config);

/// `blob` is null for what is not a regular file, and where the repository does not have it.
using FileReader = std::function<Result<void>(const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob)>;
/// What is staged or pushed of each file: first of those that are no regular files, then of the others in this order.
Result<void> for_each_file(const std::filesystem::path& folder, const std::vector<ChangedFile>& files,
                           const FileReader& reader, const Progress& progress);

/// How closely a snapshot is looked at.
///   digests     every frame, and the digest of every chunk
///   everything  every record, too, and what is computed over them
enum class Depth : std::uint8_t { digests, everything };

/// What is to be checked of a staged or pushed file: its blob, or the object that a pointer of LFS names.
struct Content {
  std::unique_ptr<codec::ByteSource> bytes;  ///< null: not in this clone
  bool in_lfs = false;
  std::optional<report::HookFinding> finding{};  ///< why there is nothing to check
};
/// `objects` is where git-lfs keeps them.
Result<Content> content_of(const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob,
                           const std::filesystem::path& objects);
/// Of the repository.
Result<std::filesystem::path> objects_of(const std::filesystem::path& folder);

struct Soundness {
  std::vector<report::HookFinding> findings;
  std::optional<codec::SnapshotReader> snapshot;  ///< where nothing was found
};
/// Whether it is a sound snapshot without conflicts.
Result<Soundness> check_soundness(const ChangedFile& file, Content content, Depth depth);

/// Each place with a secret once, with the number of records; never the secret.
Result<std::vector<report::HookFinding>> find_secrets(const ChangedFile& file, const codec::SnapshotReader& snapshot,
                                                      const codec::SecretScan& scan, report::HookFinding::Weight weight,
                                                      const Progress& progress);

}  // namespace qsnap::app::hooks
