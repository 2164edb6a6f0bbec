// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/merge/side.hpp>
#include <qsnap/model/conflict.hpp>
#include <qsnap/model/snapshot.hpp>

/// What a merge has to say besides its result. Values only; texts are plain bytes (hostile: renderers escape), values
/// canonical JSON.
namespace qsnap::merge {

using model::ConflictKind;

/// Whose conflict or decision it is: a job, a queue and so on; without a subject, the document itself.
struct About {
  std::optional<diff::Subject> subject;
  std::string queue;  ///< full id, or the framework of what has no queue
  std::string state;
  std::string id;    ///< of a key its name
  std::string name;  ///< of a job its name, of a config record its kind
};
[[nodiscard]] About about(const model::Record& record, const model::PayloadReader& payloads);

/// Where the sides do not agree, the result holds what ours has. A job or key that only one side still has is held as
/// that side has it; of two jobs with one id, ours.
struct Conflict {
  ConflictKind kind = ConflictKind::changed;
  About about;
  std::string path;                 ///< ".payload.items"; empty: the whole record
  std::optional<std::string> base;  ///< JSON; absent: not there
  std::optional<std::string> ours;
  std::optional<std::string> theirs;
};

/// What was decided, and by which rule: "moved by theirs", "max".
struct Decision {
  std::string rule;
  About about;
  std::string path;
};

/// Gathers both. All conflicts are kept, decisions up to a bound; all are counted.
class Findings {
 public:
  /// Errors with `limit_exceeded` when the conflicts take more than 32 MiB.
  Result<void> add(Conflict conflict);
  void decide(std::string_view rule, About about, std::string path = {});
  /// For decisions that are only counted.
  void count(std::string_view rule) { ++count_of(rule); }

  [[nodiscard]] const std::vector<Conflict>& conflicts() const { return m_conflicts; }
  [[nodiscard]] const std::vector<Decision>& decisions() const { return m_decisions; }
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  [[nodiscard]] const Counts& counts() const { return m_counts; }

 private:
  std::uint64_t& count_of(std::string_view rule);

  std::vector<Conflict> m_conflicts;
  std::size_t m_conflict_bytes = 0;
  std::vector<Decision> m_decisions;
  Counts m_counts;
};

/// What is noted where a rule took a side.
[[nodiscard]] std::string_view rule_of(Side side);

/// The record as one JSON object, as a document has it.
[[nodiscard]] std::string record_text(const model::Record& record);

}  // namespace qsnap::merge
