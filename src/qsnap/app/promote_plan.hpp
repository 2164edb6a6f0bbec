// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/promote.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/report/promote_report.hpp>
#include <qsnap/store/store.hpp>

/// What is to be done to each snapshot of a set. Internal to promote.
namespace qsnap::app {

/// One snapshot, decided and not written.
struct PromoteStep {
  store::SnapshotName name;  ///< bare
  report::PromotedSnapshot told;
  std::string path;  ///< of the target's file, from the top
  store::Storage storage = store::Storage::git;
  std::string theirs_root;
  /// Of `merged` and `conflict`: what the target gets; absent where it has that already.
  std::optional<codec::SnapshotReader> result;
  /// Of `conflict` and `deleted`: what the index gets.
  std::optional<codec::SnapshotReader> base, ours, theirs;
  /// Its documents would be too many open files: they are not here, and the step has to be planned again alone.
  bool is_closed = false;
};

/// `store` has the target selected. In the order of names. Of one name the documents are always there.
Result<std::vector<PromoteStep>> plan_promotion(const store::Store& store, const PromoteRequest& request,
                                                const Progress& progress);

}  // namespace qsnap::app
