// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/frameworks/merged_source.hpp>
#include <qsnap/frameworks/queue_source.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/frameworks/renamed_source.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// shift: every instant moves by (target's TIME − captured_at), so that delays and retries are as far away as they
/// were. due: so, too, but the instants that jobs wait for move on by one further step, so that the last of them is now
/// and their order is kept. keep: instants as captured. exact: a copy, every key and time, locks and damage included.
enum class LoadTime { shift, keep, due, exact };
[[nodiscard]] std::string_view to_text(LoadTime time);
[[nodiscard]] std::string_view to_text(frameworks::ActiveRule rule);
/// keep: refused where redaction is on, because a way back holds what was deleted as it was.
enum class BackupRule { keep, keep_unredacted, none };

/// What `--replace` is about to delete; shown to the user before anything happens.
struct Replacement {
  std::string target;  ///< without credentials
  std::uint64_t keys = 0;
  std::uint64_t jobs = 0;
  bool whole_database = true;
};
/// True to go on. Asked only when there is something to delete.
using Confirm = std::function<bool(const Replacement&)>;

struct LoadRequest {
  Target target;
  LoadTime time = LoadTime::shift;
  frameworks::ActiveRule active = frameworks::ActiveRule::keep;
  frameworks::PauseRule pause = frameworks::PauseRule::as_captured;
  /// beside: into a target that has keys, of which none is changed. REQUIRES: then neither replace nor exact nor paused
  frameworks::MergeRule merge = frameworks::MergeRule::alone;
  std::optional<frameworks::NamespaceRename> rename;
  std::vector<std::string> queues;  ///< only these (frameworks::QueueSource); empty: all
  bool dry_run = false;             ///< everything but asking, deleting and writing
  std::optional<Confirm> replace;   ///< absent: a target that is not empty is refused
  BackupRule backup = BackupRule::keep;
  std::size_t threads = 2;  ///< 1: none beside the caller's (frameworks::RebuildOptions)
};

/// What a merge did otherwise than a load into an empty target.
struct MergeOutcome {
  std::uint64_t renumbered_jobs = 0;
  std::uint64_t left_keys = 0;  ///< the target has them, with the same value or one that counts more
  frameworks::MergeLeft left;
};

struct LoadOutcome {
  std::uint64_t keys = 0;
  frameworks::JobTally jobs;
  std::uint64_t replaced_keys = 0;
  std::optional<std::filesystem::path> backup;
  std::chrono::milliseconds shift{0};
  std::chrono::milliseconds due_shift{0};
  frameworks::Dropped dropped;
  std::optional<MergeOutcome> merge;
};

/// Puts a state back. Touches only keys in the snapshot's scope; refuses a scope that is not empty unless told to
/// replace it, and then captures what it deletes first (a backup in the git dir that `load` understands). A load that
/// fails takes away what it wrote, or says what stays and where the backup is. A policy that a framework of the
/// snapshot cannot follow is refused before anything happens. With `queues`, the scope is those.
Result<LoadOutcome> load(const store::Store& store, const codec::SnapshotReader& snapshot, const LoadRequest& request,
                         const Clock& clock, const Progress& progress);

}  // namespace qsnap::app
