// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

struct Comparison {
  std::string before;  ///< labels, as the user wrote the sides
  std::string after;
  diff::Changes changes;
  model::Consistency before_consistency = model::Consistency::point_in_time;
  model::Consistency after_consistency = model::Consistency::point_in_time;
  std::optional<CaptureReport> capture;  ///< of the live side
  std::vector<std::string> notes;        ///< what it could not see
};

/// Two snapshots that are open. Tokens of different redaction keys tell nothing of each other, so they are all the same
/// then.
Result<diff::Changes> compare_readers(const codec::SnapshotReader& before, const codec::SnapshotReader& after,
                                      const config::Config& rules, const Progress& progress);

/// Compares any two sides under the rules of config.yaml. `target` is needed only if a side is live.
Result<Comparison> diff_sides(const store::Store& store, const store::Side& before, const store::Side& after,
                              const std::optional<Target>& target, const Progress& progress);

/// Captures the live state in the snapshot's own scope and compares. `forced` are read beside those that the snapshot
/// was read with. A snapshot that does not exist is not_found.
Result<Comparison> verify(const store::Store& store, const store::SnapshotName& name, const Target& target,
                          const std::vector<model::ForcedFramework>& forced, const Progress& progress);

}  // namespace qsnap::app
