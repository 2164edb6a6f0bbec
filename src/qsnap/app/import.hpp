// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include <qsnap/app/save.hpp>
#include <qsnap/redis/rdb/rdb_reader.hpp>

namespace qsnap::app {

struct ImportRequest {
  KeepRequest keep;
  std::filesystem::path dump;  ///< an RDB file; "-" = standard input
  std::uint32_t database = 0;
  /// Not given: when the dump says it was made; else when the file was last written.
  std::optional<Instant> captured_at;
  RedactionChoice redaction;
  std::size_t threads = 1;  ///< that share the work; nothing that is written depends on it
};

/// Who said when the state was captured.
enum class InstantOrigin { user, dump, file };
[[nodiscard]] std::string_view to_text(InstantOrigin origin);

struct ImportOutcome {
  SaveOutcome saved;
  redis::RdbInfo dump;
  InstantOrigin captured_at_from = InstantOrigin::dump;
};

/// Reads one database of an RDB and keeps it under a name: the same document that a save of the server would have
/// made when it wrote the dump. Keys that had expired by captured_at are not in it.
Result<ImportOutcome> import_dump(const store::Store& store, const ImportRequest& request, const Progress& progress);

}  // namespace qsnap::app
