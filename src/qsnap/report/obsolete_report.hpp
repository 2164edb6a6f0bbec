// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `obsolete`.
namespace qsnap::report {

/// What became of the proposal to delete a snapshot.
enum class Proposal : std::uint8_t {
  none,        ///< nobody asked for one
  proposed,    ///< it is pending now
  occupied,    ///< another state of that name is pending, and stays
  unreadable,  ///< it is no sound snapshot, and nobody knows what would be deleted
};

/// A snapshot that no event of the runs refers to.
struct UnreferencedSnapshot {
  std::string name;
  std::string file;  ///< from the top of the repository
  /// One that says the same, and that the runs refer to: it may have been renamed. Empty: there is none.
  std::string renamed_to;
  Proposal proposal = Proposal::none;
};

/// Texts are plain bytes, and hostile.
struct ObsoleteView {
  /// Only of a run of all tests may it be said that a snapshot is obsolete.
  enum class Coverage : std::uint8_t { partial, complete } coverage = Coverage::partial;
  enum class Verdict : std::uint8_t { tell, fail } verdict = Verdict::tell;  ///< what an obsolete one means
  std::vector<std::string> ledgers;  ///< ids of runs and paths, as they were named
  std::uint64_t events = 0;
  std::uint64_t snapshots = 0;  ///< that were looked for
  std::vector<UnreferencedSnapshot> unreferenced;
  std::vector<std::string> missing;  ///< the runs refer to them, and they are not there

  /// Whether the command says yes.
  [[nodiscard]] bool holds() const { return verdict == Verdict::tell || unreferenced.empty(); }
};

enum class ObsoleteFormat : std::uint8_t { text, json, junit, tap, github };
[[nodiscard]] std::string_view to_text(ObsoleteFormat format);
[[nodiscard]] std::optional<ObsoleteFormat> parse_obsolete_format(std::string_view word);

/// JSON is {"schema":"qsnap.obsolete/1",…}, schemas/v1/obsolete.schema.json.
Result<void> write_obsolete(const ObsoleteView& view, ObsoleteFormat format, const Style& style, const Output& out);

/// A run that has a ledger here.
struct RunSummary {
  std::string id;
  Instant first_at, last_at;
  std::uint64_t events = 0;
  std::uint64_t snapshots = 0;
};
[[nodiscard]] std::string runs_text(const std::vector<RunSummary>& runs, const Style& style);
/// {"schema":"qsnap.runs/1",…}, schemas/v1/runs.schema.json.
[[nodiscard]] std::string runs_json(const std::vector<RunSummary>& runs);

}  // namespace qsnap::report
