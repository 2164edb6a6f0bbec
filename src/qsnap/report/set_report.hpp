// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/report/set_owner.hpp>
#include <qsnap/report/style.hpp>

/// What the commands of `git qsnap set` say (schemas/v1/set-*.schema.json).
namespace qsnap::report {

struct SetView {
  std::string name;
  std::string description;
  std::vector<std::string> inherits;  ///< "release/2.0", "default": what it falls back to, in this order
  std::string problem;                ///< why that is not known; empty: it is
  bool pinned = false;                ///< the set says its parent itself
  std::uint64_t own = 0;
  std::uint64_t removed = 0;
  std::vector<std::string> branches;  ///< that are here and have it
  bool current = false;
};
struct SetListView {
  std::vector<SetView> sets;  ///< without the default one
  std::string current;        ///< "default"
};
[[nodiscard]] std::string set_list_text(const SetListView& view, const Style& style);
[[nodiscard]] std::string set_list_json(const SetListView& view);

struct SetMember {
  enum class Kind : std::uint8_t {
    added,      ///< no ancestor has it
    overrides,  ///< an ancestor has it, too
    removed,    ///< an ancestor has it, and the set has not
  };
  std::string name;  ///< bare
  Kind kind = Kind::added;
  std::string from;  ///< which ancestor; empty: none
};
struct SetShowView {
  SetView set;
  std::vector<SetMember> members;  ///< by name
};
[[nodiscard]] std::string set_show_text(const SetShowView& view, const Style& style);
[[nodiscard]] std::string set_show_json(const SetShowView& view);

/// What was done to a set, or would be.
struct SetChangeView {
  enum class Kind : std::uint8_t { created, renamed, dropped };
  Kind kind = Kind::created;
  std::string name;
  std::string new_name;            ///< of a renamed one
  std::string parent;              ///< of a created one that says it
  std::vector<std::string> files;  ///< of a dropped one, from .queue-snapshots on
  std::vector<std::string> notes;
};
[[nodiscard]] std::string set_change_text(const SetChangeView& view, const Style& style);
[[nodiscard]] std::string set_change_json(const SetChangeView& view);

}  // namespace qsnap::report
