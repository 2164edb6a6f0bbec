// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/rule_choice.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/compare.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// How the user wants two states to be compared.
struct CompareChoice {
  RuleChoice rules;
  diff::Listing listing = diff::Listing::summary;
};

struct Comparison {
  std::string name;    ///< of the snapshot, where both sides are of one name, or one of them alone has a name
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
                                      const config::Config& rules, const Progress& progress,
                                      const diff::CompareOptions& options = {});

/// The same for two sides, with what has to be said of them.
Result<Comparison> compare_opened(const OpenedSide& before, const OpenedSide& after, const config::Config& rules,
                                  const diff::CompareOptions& options, const Progress& progress);

/// Compares any two sides under the rules of config.yaml. `target` is needed only if a side is live.
Result<Comparison> diff_sides(const store::Store& store, const store::Side& before, const store::Side& after,
                              const std::optional<Target>& target, const CompareChoice& choice,
                              const Progress& progress);

/// Compares two live states, captured one after the other in one scope.
Result<Comparison> diff_servers(const store::Store& store, const Target& before, const Target& after,
                                const model::Scope& scope, const CompareChoice& choice, const Progress& progress);

/// Captures the live state in the snapshot's own scope and compares. `forced` are read beside those that the snapshot
/// was read with. A snapshot that does not exist is not_found.
Result<Comparison> verify(const store::Store& store, const store::SnapshotName& name, const Target& target,
                          const std::vector<model::ForcedFramework>& forced, const CompareChoice& choice,
                          const Progress& progress);

}  // namespace qsnap::app
