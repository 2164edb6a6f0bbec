// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/report/style.hpp>

/// What `git qsnap lfs` says.
namespace qsnap::report {

/// What this clone has of an object.
enum class LfsObject : std::uint8_t { here, missing, damaged };

/// A snapshot below .queue-snapshots/lfs.
struct LfsSnapshot {
  std::string name;
  std::uint64_t bytes = 0;  ///< of the snapshot, packed
  std::string object_id;    ///< SHA-256, hexadecimal
  LfsObject object = LfsObject::here;
  bool is_pointer = true;  ///< in the work tree; git-lfs may have put the snapshot itself there
  std::string problem;     ///< why nothing else is known of it; empty otherwise
};

struct LargeSnapshot {
  std::string name;
  std::uint64_t bytes = 0;
};

/// How git-lfs is set up here.
struct LfsSetup {
  std::string program;  ///< what `git lfs version` says; empty: not on the PATH
  bool has_filter = false;
  bool has_push_hook = false;
  std::string endpoint;  ///< without credentials; empty: none
  std::string transfer;  ///< by what objects are moved
};

struct LfsStatusView {
  std::uint64_t threshold_bytes = 0;  ///< 0: nothing goes to LFS by itself
  LfsSetup setup;
  std::vector<LfsSnapshot> snapshots;
  std::vector<LargeSnapshot> large;  ///< above the threshold, and in Git

  /// Whether every snapshot can be read and every object will be pushed.
  [[nodiscard]] bool ok() const;
};
[[nodiscard]] std::string lfs_status_text(const LfsStatusView& view, const Style& style);
[[nodiscard]] std::string lfs_status_json(const LfsStatusView& view);

struct MigratedSnapshot {
  std::string name;
  std::string path;  ///< where it is now, from the top
  std::uint64_t bytes = 0;
  bool moved = true;  ///< it was not there already
};
struct LfsMigrateView {
  bool to_lfs = true;
  bool done = true;  ///< not a dry run
  std::vector<MigratedSnapshot> snapshots;
  LfsSetup setup;
};
[[nodiscard]] std::string lfs_migrate_text(const LfsMigrateView& view, const Style& style);
[[nodiscard]] std::string lfs_migrate_json(const LfsMigrateView& view);

struct FetchedObject {
  enum class Outcome : std::uint8_t { was_here, fetched, missing };
  std::string name;
  std::string object_id;
  std::uint64_t bytes = 0;
  Outcome outcome = Outcome::was_here;
};
struct LfsFetchView {
  std::string revision;  ///< empty: the work tree
  std::string remote;    ///< that was asked; empty: none was
  std::vector<FetchedObject> objects;
  std::string complaint;  ///< of git-lfs; untrusted; empty: none

  [[nodiscard]] bool ok() const;
};
[[nodiscard]] std::string lfs_fetch_text(const LfsFetchView& view, const Style& style);
[[nodiscard]] std::string lfs_fetch_json(const LfsFetchView& view);

}  // namespace qsnap::report
