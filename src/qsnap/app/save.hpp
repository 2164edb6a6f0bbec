// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/report/set_owner.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

enum class EmptyRule { refuse, allow };
enum class RefreshRule { keep_same_meaning, always_write };

/// Under which name a state is kept, what its snapshot says, and when it is written.
struct KeepRequest {
  store::SnapshotName name;
  /// Not given: as in the snapshot that is there; else as in config.yaml; else the whole database.
  std::optional<model::Scope> scope;
  /// Not given: as in the snapshot that is there.
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> tags;
  EmptyRule empty = EmptyRule::refuse;
  RefreshRule refresh = RefreshRule::keep_same_meaning;
};

struct SaveRequest {
  KeepRequest keep;
  Target target;
};

/// `inherited`: the set's own snapshot is gone, because its parent's says the same.
enum class SaveReason { created, changed, metadata_changed, refreshed, same_meaning, inherited };
[[nodiscard]] std::string_view to_text(SaveReason reason);

struct SaveOutcome {
  std::filesystem::path path;
  SaveReason reason = SaveReason::created;
  Instant captured_at;  ///< of the snapshot that is now in the tree
  std::uint64_t jobs = 0;
  std::uint64_t queues = 0;
  std::uint64_t file_bytes = 0;
  std::uint64_t raw_bytes = 0;
  std::string fingerprint;  ///< 32 bytes
  store::Storage storage = store::Storage::git;
  std::optional<report::SetOwner> owner;
  CaptureReport capture;
};

/// Captures a state and keeps it under a name. Writes only if the state differs in meaning from the snapshot that is
/// there (fingerprint, then durations), or its description or tags do, or on request: so a quiet queue leaves bytes
/// and mtime alone. Old file or new one, never anything between (AtomicFile).
Result<SaveOutcome> save(const store::Store& store, const SaveRequest& request, const Progress& progress);

}  // namespace qsnap::app
