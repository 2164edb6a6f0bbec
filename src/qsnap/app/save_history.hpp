// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/app/save.hpp>

namespace qsnap::app {

struct SavedHistory {
  store::SnapshotName name;  ///< of the entry, bare
  store::SetName set;
  std::string ref;  ///< where its state is; empty: in the tree
  SaveOutcome outcome;
};

/// Captures a state as a new entry of a series (parse_series) of the current set, always: a dated capture says that
/// this is how it was, also if it was so before. Where it is kept, `history:` in config.yaml says: in the ref, with a
/// small index file in the tree, or in the tree itself. `request.keep.name` is not looked at.
///
/// The entry is in the ref before there is an index file: killed between the two, only the file is missing.
Result<SavedHistory> save_history(const store::Store& store, const std::string& series, const SaveRequest& request,
                                  const Progress& progress);

}  // namespace qsnap::app
