// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/save.hpp>

/// What save, import and fsck --fix have in common once there is a document.
namespace qsnap::app {

/// The snapshot that has the name now.
using Existing = std::optional<codec::SnapshotReader>;

/// A broken file at this name must not keep anybody from saving a good one over it: it counts as none.
Result<Existing> find_existing(const store::Store& store, const store::SnapshotName& name);

/// Where its size wants it, in Git or in Git LFS. Old file or new one, never anything between.
Result<void> write_snapshot(const store::Store& store, const store::SnapshotName& name,
                            const codec::SnapshotReader& document);

/// The same for a name that no snapshot has yet; what came there meanwhile stays, and is told.
Result<AtomicFile::NewFile> write_new_snapshot(const store::Store& store, const store::SnapshotName& name,
                                               const codec::SnapshotReader& document);

/// What a snapshot holds and says of itself.
struct Labels {
  model::Scope scope;
  std::string description;
  std::vector<std::string> tags;
};
/// What was not given is as in the snapshot that is there, the scope else as in config.yaml.
Result<Labels> complete_labels(const store::Store& store, const KeepRequest& request, const Existing& existing);

/// What is in Redis now, under the labels of the request. Errors with `refused` for nothing at all, unless that may be.
Result<CapturedDocument> capture_to_keep(const store::Store& store, const SaveRequest& request,
                                         const Existing& existing, const Progress& progress);

/// Writes the document under the name, unless it means the same as what is there. `capture` of the outcome is not
/// filled in.
Result<SaveOutcome> keep_snapshot(const store::Store& store, const KeepRequest& request, const Existing& existing,
                                  const codec::SnapshotReader& document, const Progress& progress);

}  // namespace qsnap::app
