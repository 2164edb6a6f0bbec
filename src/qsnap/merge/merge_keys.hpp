// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/merge/context.hpp>

namespace qsnap::merge {

/// No record: where a key is not there.
inline constexpr std::uint32_t k_no_key = UINT32_MAX;

/// One verbatim key that theirs touched. Ordinals of its first part, of all records of the section.
struct KeyStep {
  enum class Action : std::uint8_t {
    keep,    ///< as ours has it
    drop,    ///< it is not in the result
    theirs,  ///< as theirs has it
    merged,  ///< element by element
  };
  Action action = Action::keep;
  std::uint32_t base = k_no_key;
  std::uint32_t ours = k_no_key;
  std::uint32_t theirs = k_no_key;
};

/// By name, plain bytes.
using KeySteps = std::map<std::string, KeyStep, std::less<>>;

/// Decides on every key that theirs touched. A key that one side changed is taken as a whole; of one that both changed,
/// hashes are merged by field, sets by member, sorted sets by member and score, lists as sequences; all else, and what
/// is over 4 MiB, is a conflict. Keys of role derived or lock are the later capture's, without conflicts.
Result<KeySteps> decide_keys(const Context& context);

/// Writes the keys of the result, by name.
Result<void> write_keys(const Context& context, const KeySteps& steps, model::RecordSink& sink);

}  // namespace qsnap::merge
