// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/store/dated_files.hpp>
#include <qsnap/store/history_index.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/history_name.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

/// Absent for a file that is none of ours.
Result<std::optional<HistoryEntry>> read_index_file(const fs::path& folder, const fs::path& file, const SetName& set) {
  std::string text = file.generic_string();
  text.resize(text.size() - k_index_suffix.size());
  const auto name = SnapshotName::parse(text);
  if (!name || name->text() != text || !history_parts(*name)) {
    return std::optional<HistoryEntry>{};
  }
  QSNAP_ASSIGN(const std::string json, read_file(folder / file, k_most_history_entry_bytes));
  auto entry = parse_history_entry(json);
  if (!entry) {
    return with_context(std::move(entry).error(), (folder / file).native());
  }
  if (entry->name.in(set) != *name) {
    return make_error(ErrorCode::corrupt, fmt::format("{} names {}", (folder / file).native(), entry->name.text()));
  }
  return std::optional{*std::move(entry)};
}

}  // namespace

Result<fs::path> write_index_file(const fs::path& folder, const SetName& set, const HistoryEntry& entry,
                                  std::string_view ref) {
  constexpr mode_t k_folder_mode = 0755;
  const fs::path below = entry.name.in(set).text() + std::string{k_index_suffix};
  QSNAP_TRY(make_folders(folder, below.parent_path(), k_folder_mode));
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(folder / below));
  QSNAP_TRY(file.write(format_history_entry(entry, ref)));
  QSNAP_ASSIGN(const AtomicFile::NewFile done, file.commit_new());
  return done == AtomicFile::NewFile::written
             ? Result<fs::path>{folder / below}
             : make_error(ErrorCode::refused, fmt::format("{} is there already", (folder / below).native()));
}

Result<std::vector<HistoryEntry>> read_index_files(const fs::path& folder, const SetName& set) {
  constexpr int k_most_depth = 3;  // history, SERIES, day
  const fs::path home = set.is_default() ? fs::path{"history"} : fs::path{"sets"} / set.encoded() / "history";
  std::vector<HistoryEntry> entries;
  QSNAP_TRY(walk_files(folder, home, k_most_depth, [&](const fs::path& file, EntryKind kind) -> Result<void> {
    if (kind == EntryKind::file && file.extension() == k_index_suffix) {
      QSNAP_ASSIGN(std::optional<HistoryEntry> entry, read_index_file(folder, file, set));
      if (entry) {
        entries.push_back(*std::move(entry));
      }
    }
    return {};
  }));
  std::sort(entries.begin(), entries.end(), is_older);
  return entries;
}

}  // namespace qsnap::store
