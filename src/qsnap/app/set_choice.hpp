// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/assert_mode.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/store/store.hpp>

/// Which set a command works in: docs/sets.md has the table that this implements.
namespace qsnap::app {

/// Where the branch's name comes from; the first one that answers.
enum class BranchSource : std::uint8_t {
  option,    ///< --branch
  variable,  ///< QSNAP_BRANCH
  head,      ///< a branch is checked out in this work tree
  rebase,    ///< HEAD is detached by a rebase: the branch that is being moved
  ci,        ///< HEAD is detached and a CI system says what it checked out
  none,      ///< a detached HEAD, and nobody says
};

struct SetWords {
  std::string set;     ///< --set; empty: not said. Nothing of the branch matters then.
  std::string branch;  ///< --branch; empty: not said
  Environment environment;
};

struct ChosenSet {
  store::SetChain chain;
  std::string branch;  ///< empty: nobody knows
  BranchSource source = BranchSource::none;
  std::string variable;            ///< of `variable` and `ci`
  std::string rule;                ///< the glob that fitted; empty: none did
  std::vector<std::string> notes;  ///< what a user should know: "HEAD is detached and …: the default set is used"
};

/// Without `sets:` in config.yaml, and without --set and QSNAP_SET, the answer is the default set, and nobody is asked
/// anything. Errors with `usage` for a name that no set can have, with `refused` for one that differs from another
/// set's in case alone, and with `config` as SetResolver does.
Result<ChosenSet> choose_set(const store::Store& store, const SetWords& words);

/// "set feature/x, then release/2.0, then default (branch feature/x)": one line for every command that works in it.
[[nodiscard]] std::string set_words(const ChosenSet& chosen);

}  // namespace qsnap::app
