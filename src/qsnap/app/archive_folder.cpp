// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/archive_folder.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/store/dated_files.hpp>
#include <qsnap/store/history_json.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// As of a tree: an archive is read by whoever reads the repository.
constexpr mode_t k_folder_mode = 0755;

fs::path state_file(const store::SetName& set, const store::SnapshotName& name) {
  return name.in(set).relative_path();
}

fs::path index_file(const store::SetName& set, const store::SnapshotName& name) {
  return name.in(set).text() + std::string{store::k_index_suffix};
}

Result<AtomicFile::NewFile> write_state(const fs::path& path, const codec::SnapshotReader& state) {
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(path));
  QSNAP_TRY(codec::reencode(state, codec::Encoding::packed, [&](std::string_view bytes) { return file.write(bytes); }));
  return file.commit_new();
}

Result<AtomicFile::NewFile> write_index(const fs::path& path, const store::HistoryEntry& entry) {
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(path));
  QSNAP_TRY(file.write(store::format_history_entry(entry, {})));
  return file.commit_new();
}

Result<store::HistoryEntry> read_index(const fs::path& path) {
  QSNAP_ASSIGN(const std::string json, read_file(path, store::k_most_history_entry_bytes));
  Result<store::HistoryEntry> entry = store::parse_history_entry(json);
  return entry ? std::move(entry)
               : make_error(entry.error().code, fmt::format("{}: {}", path.native(), entry.error().message));
}

Error is_another(const fs::path& path, std::string_view why) {
  return make_error(ErrorCode::refused, fmt::format("{} is there already, and {}", path.native(), why),
                    {"archive to another folder, or move that file away"});
}

}  // namespace

Result<void> check_state(const store::HistoryEntry& entry, const codec::SnapshotReader& state) {
  if (state.root() != entry.root || state.fingerprint() != entry.fingerprint) {
    return make_error(ErrorCode::corrupt, fmt::format("{}: what was archived is another state", entry.name.text()));
  }
  for (std::size_t i = 0; i < state.chunks().size(); ++i) {
    QSNAP_TRY(state.raw_chunk(i));
  }
  return {};
}

Result<Archived> archive_to_folder(const fs::path& folder, const store::SetName& set, const store::HistoryEntry& entry,
                                   const codec::SnapshotReader& state) {
  const fs::path below = state_file(set, entry.name);
  const fs::path file = folder / below, index = folder / index_file(set, entry.name);
  QSNAP_TRY(store::make_folders(folder, below.parent_path(), k_folder_mode));
  QSNAP_ASSIGN(const AtomicFile::NewFile state_written, write_state(file, state));
  QSNAP_ASSIGN(const AtomicFile::NewFile index_written, write_index(index, entry));
  // Read back from there, whoever wrote it.
  QSNAP_ASSIGN(const codec::SnapshotReader archived, codec::SnapshotReader::open_file(file));
  const Result<void> same = check_state(entry, archived);
  if (!same) {
    return state_written == AtomicFile::NewFile::written ? same.error() : is_another(file, "holds another state");
  }
  QSNAP_ASSIGN(const store::HistoryEntry told, read_index(index));
  if (told.name != entry.name || told.root != entry.root || told.captured_at != entry.captured_at) {
    return is_another(index, "tells of another state");
  }
  return index_written == AtomicFile::NewFile::written ? Archived::written : Archived::there_before;
}

Result<codec::SnapshotReader> open_archived(const fs::path& folder, const store::SetName& set,
                                            const store::SnapshotName& name) {
  const fs::path below = state_file(set, name);
  QSNAP_ASSIGN(const std::optional<UniqueFd> parent, store::open_folder(folder, below.parent_path()));
  if (!parent) {
    return make_error(ErrorCode::not_found, fmt::format("{} has no {}", folder.native(), below.native()));
  }
  return codec::SnapshotReader::open_file(folder / below);
}

}  // namespace qsnap::app
