// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace qsnap::model {

enum class ConflictKind : std::uint8_t {
  moved,              ///< to different queues or states on the two sides
  changed,            ///< one member to different values
  removed_changed,    ///< removed on one side, changed on the other
  added_differently,  ///< the same chosen id, new on both sides, but not the same job
  order,              ///< the jobs of one state, reordered in different ways
  collision,          ///< one id for two jobs, and it cannot be renumbered
  reference,          ///< a job that one side removed is referred to by what the other side did
  key,                ///< an element of a verbatim key, or the whole of it
  metadata,
};
[[nodiscard]] std::string_view to_text(ConflictKind kind);
[[nodiscard]] std::optional<ConflictKind> parse_conflict_kind(std::string_view text);

/// What a merge could not decide. A document that has conflicts keeps our side's value wherever there is one, and is no
/// state until somebody resolved them (docs/merge.md).
struct Conflict {
  ConflictKind kind = ConflictKind::changed;
  std::string subject;  ///< "job", "queue", "config", "key", "metadata"
  std::string queue;    ///< full id, or "framework:namespace"; plain bytes, as the next three
  std::string state;    ///< of a job, where the document has it
  std::string id;       ///< of a job (the one in the document) or a schedule; the name of a key
  std::string name;     ///< of a job
  std::string path;     ///< ".payload.to"; empty: the whole record
  std::optional<std::string> base, ours, theirs;  ///< canonical JSON; absent: not there on that side

  friend bool operator==(const Conflict&, const Conflict&) = default;
};

}  // namespace qsnap::model
