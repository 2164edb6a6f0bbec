// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include <qsnap/report/outcome_report.hpp>

namespace qsnap::report {

struct ImportView {
  SaveView saved;                ///< but for its capture
  std::string captured_at_from;  ///< who says when the state was captured: user, dump, file
  std::uint32_t database = 0;
  int rdb_version = 0;
  std::string redis_version;         ///< empty where the dump does not tell
  std::uint64_t keys = 0;            ///< in the snapshot
  std::uint64_t keys_elsewhere = 0;  ///< in other databases of the dump
  std::uint64_t functions = 0;       ///< libraries of functions, which belong to the server and not to a state
  bool checked = true;               ///< the dump has a checksum
};
[[nodiscard]] std::string import_text(const ImportView& view, const Style& style);
/// Described by schemas/v1/import.schema.json.
[[nodiscard]] std::string import_json(const ImportView& view);

}  // namespace qsnap::report
