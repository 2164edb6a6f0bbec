// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/app/compare.hpp>
#include <qsnap/app/save.hpp>
#include <qsnap/config/contract.hpp>
#include <qsnap/config/update_mode.hpp>
#include <qsnap/contract/check_contract.hpp>
#include <qsnap/frameworks/renamed_source.hpp>

namespace qsnap::app {

/// Waiting for a state that comes about a little later: captured again and again until it is as expected (then, with
/// `stable`, until it has been for so long), or `within` is over.
struct Settling {
  std::chrono::milliseconds within{0};
  std::chrono::milliseconds stable{0};
};
/// "5s", "200ms"; empty for none. Errors with `usage`, and names the option.
Result<Settling> parse_settling(std::string_view within, std::string_view stable);

struct AssertRequest {
  /// Absent: contracts alone. REQUIRES: then there is one
  std::optional<store::SnapshotName> name;
  config::UpdateMode mode = config::UpdateMode::pending;
  Target target;
  std::optional<model::Scope> scope;  ///< of a new snapshot; an existing one has its own
  std::vector<model::ForcedFramework> forced;
  /// Of what is captured, before anything is compared: workers of a test run have a prefix each, their snapshot has
  /// one.
  std::optional<frameworks::NamespaceRename> rename;
  CompareChoice choice;
  Settling settling;
  std::vector<config::Contract> contracts;
  EmptyRule empty = EmptyRule::refuse;
  std::string test;  ///< the test's name, for whoever reviews
};

enum class AssertResult : std::uint8_t {
  as_expected,
  written,    ///< there was none; mode new or all
  rewritten,  ///< it differed; mode all
  missing,
  different,
};
/// "as-expected", "written", "rewritten", "missing", "different".
[[nodiscard]] std::string_view to_text(AssertResult result);

struct AssertOutcome {
  std::optional<store::SnapshotName> name;
  config::UpdateMode mode = config::UpdateMode::pending;
  AssertResult result = AssertResult::as_expected;
  /// With what was expected, of the last capture. A missing one is compared with nothing: absent. In mode all, what was
  /// overwritten.
  std::optional<Comparison> comparison;
  /// Of a missing one: how many jobs the new state has in each state of each queue, as the counts of the after side.
  std::map<std::string, diff::QueueCounts> new_state;
  contract::ContractReport contract;
  std::optional<std::filesystem::path> pending;  ///< the file that waits for an accept
  std::vector<std::string> warnings;  ///< a sentence each: very big, empty, vacuous, a ledger that cannot be written
  std::uint64_t captures = 1;
  std::chrono::milliseconds waited{0};
  std::uint64_t jobs = 0, queues = 0, file_bytes = 0;  ///< of the last capture
  std::string fingerprint;                             ///< likewise, 32 bytes

  /// Whether the test passes.
  [[nodiscard]] bool holds() const;
};

/// The heart of every integration. Captures, compares under the rules, checks the contracts, and writes what the mode
/// allows: snapshots only by replacing whole files, pending states only into `places`. A difference, a missing snapshot
/// or a broken contract is a result; errors are what kept us from knowing. What is written as pending was redacted
/// like any capture. A pending state of the same name is removed when the assertion holds.
Result<AssertOutcome> assert_state(const store::Store& store, const AssertPlaces& places, const AssertRequest& request,
                                   const Clock& clock, const Progress& progress);

}  // namespace qsnap::app
