// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// What `lfs agent` did to a clone's configuration.
struct LfsAgentView {
  enum class Action : std::uint8_t { configured, removed, nothing };
  struct Setting {
    std::string name, value;
  };

  Action action = Action::nothing;
  std::string store;                ///< where objects go from now on
  std::string url;                  ///< of the endpoint
  std::vector<Setting> settings;    ///< that were written, or taken away
  std::vector<std::string> let_go;  ///< endpoints that had the agent before
};
[[nodiscard]] std::string lfs_agent_text(const LfsAgentView& view, const Style& style);
[[nodiscard]] std::string lfs_agent_json(const LfsAgentView& view);

/// A store, and what `lfs gc` would take out of it, or did.
struct LfsGcView {
  std::string store;
  bool done = false;
  std::uint64_t grace_hours = 0;
  std::uint64_t objects = 0, dropped_objects = 0;
  std::uint64_t chunks = 0, chunk_bytes = 0;
  std::uint64_t dropped_chunks = 0, dropped_bytes = 0;
  std::uint64_t young_chunks = 0;  ///< garbage that the time of grace keeps
  std::uint64_t unfinished = 0;

  [[nodiscard]] bool is_due() const { return dropped_objects + dropped_chunks + unfinished > 0; }
};
[[nodiscard]] std::string lfs_gc_text(const LfsGcView& view, const Style& style);
[[nodiscard]] std::string lfs_gc_json(const LfsGcView& view);

}  // namespace qsnap::report
