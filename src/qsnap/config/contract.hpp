// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <qsnap/base/decimal.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/path_pattern.hpp>

/// What must hold of a state, whatever else is in it: a YAML file of its own (docs/contracts.md,
/// schemas/v1/contract.schema.json). Data only.
namespace qsnap::config {

/// Which jobs: those that fit all of what is said, and of each list any entry. Empty means any.
struct JobSelection {
  std::vector<std::string> queues;  ///< globs over full ids and bare names
  std::vector<std::string> states;  ///< words of model::known_states()
  std::vector<std::string> names;   ///< globs
};

struct Bound {
  Decimal value;
  std::string text;  ///< as it was written
};

/// Each bound that is given must hold.
struct Bounds {
  std::optional<Bound> equals, at_least, at_most;

  [[nodiscard]] bool empty() const { return !equals && !at_least && !at_most; }
};

/// "waiting + active = 40", "dlq empty": how many jobs fit one of the selections.
struct CountInvariant {
  std::vector<JobSelection> of;
  Bounds bounds;
};

/// "no job over 3 retries", "every mail has a recipient": a member of each selected job, by its path as in `ignore`.
struct EachInvariant {
  JobSelection of;
  PathPattern member;
  Bounds bounds;                       ///< jobs without the member are not judged by these
  std::vector<std::string> one_of;     ///< JSON texts of scalars; empty: any
  std::optional<std::string> matches;  ///< a glob over texts
  enum class Presence : std::uint8_t { any, present, absent };
  Presence presence = Presence::any;
};

/// "payments before emails": in each line of jobs that wait (a queue in a state that has an order), no job of `later`
/// stands before one of `earlier`.
struct OrderInvariant {
  JobSelection earlier;
  JobSelection later;
};

/// "no order twice": no two selected jobs have the same value there.
struct UniqueInvariant {
  JobSelection of;
  PathPattern member;
};

struct Invariant {
  std::string name;  ///< in the user's words: what the message begins with
  std::variant<CountInvariant, EachInvariant, OrderInvariant, UniqueInvariant> rule;
  int line = 0;
};

struct Contract {
  std::string file;
  std::vector<Invariant> invariants;
};

/// Errors with `config`, as parse_config() does: "contract.yaml:12: unknown key \"quue\"".
Result<Contract> parse_contract(std::string_view text, std::string_view file_name);

}  // namespace qsnap::config
