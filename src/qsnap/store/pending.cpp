// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <functional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/store/blocks.hpp>
#include <qsnap/store/pending.hpp>
#include <qsnap/store/pending_json.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_entry_suffix = ".json";
constexpr std::size_t k_digest_digits = 16;  ///< of a content's file name
/// As open as the tree that these states go into: a CI job's next step, maybe another user, packs the folder up.
constexpr mode_t k_folder_mode = 0755;

constexpr std::array<std::pair<PendingKind, std::string_view>, 3> k_kinds = {{
    {PendingKind::added, "new"},
    {PendingKind::changed, "changed"},
    {PendingKind::removed, "obsolete"},
}};

fs::path entry_file(const SnapshotName& name) {
  return name.text() + std::string{k_entry_suffix};
}

fs::path content_file(const PendingEntry& entry) {
  return fs::path{entry.name.text()}.parent_path() / content_file_name(entry);
}

/// Whether the file holds, or held, a state of the entry with this base name: NAME.<16 hex digits>.qsnap.
bool is_content_of(std::string_view base_name, std::string_view file) {
  if (!file.starts_with(base_name) || !file.ends_with(k_suffix) ||
      file.size() != base_name.size() + 1 + k_digest_digits + k_suffix.size()) {
    return false;
  }
  return file[base_name.size()] == '.' && from_hex(file.substr(base_name.size() + 1, k_digest_digits)).has_value();
}

Result<std::string> digest_of(const codec::ByteSource& source) {
  codec::Sha256 hash;
  QSNAP_TRY(read_blocks(source, [&](std::string_view bytes) -> Result<void> {
    hash.update(bytes);
    return {};
  }));
  return hash.digest();
}

Result<void> write_content(const fs::path& path, const codec::ByteSource& source) {
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(path));
  QSNAP_TRY(read_blocks(source, [&](std::string_view bytes) { return file.write(bytes); }));
  return file.commit();
}

bool is_there(const fs::path& folder) {
  std::error_code failed;
  return fs::exists(folder, failed);
}

/// The folder of all entries, which somebody trusted names, with what is missing on the way to it.
Result<void> make_root(const fs::path& folder) {
  std::error_code failed;
  fs::path path = fs::absolute(folder, failed);
  if (failed) {
    return file_error("find", folder, failed.value());
  }
  path = path.has_filename() ? path : path.parent_path();
  fs::path there = path;
  while (!is_there(there) && there.has_relative_path()) {
    there = there.parent_path();
  }
  QSNAP_TRY(make_folders(there, there == path ? fs::path{} : path.lexically_relative(there), k_folder_mode));
  return {};
}

/// Held as long as it lives. Writers take turns: what one clears away, no other one has just written.
Result<UniqueFd> lock_folder(const fs::path& folder) {
  constexpr mode_t k_lock_mode = 0644;
  const fs::path path = folder / ".lock";
  UniqueFd lock{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, k_lock_mode)};
  if (!lock) {
    return file_error("lock", path, errno);
  }
  while (::flock(lock.get(), LOCK_EX) != 0) {
    if (errno != EINTR) {
      return file_error("lock", path, errno);
    }
  }
  return lock;
}

Result<void> remove_file(const fs::path& path) {
  return ::unlink(path.c_str()) == 0 || errno == ENOENT ? Result<void>{} : file_error("remove", path, errno);
}

/// Contents that the entry of this name does not have, whoever left them. REQUIRES: the lock is held
Result<void> remove_contents_but(const fs::path& root, const SnapshotName& name, std::string_view kept_file) {
  const fs::path below = entry_file(name).parent_path();
  QSNAP_ASSIGN(const auto folder, open_folder(root, below));
  if (!folder) {
    return {};
  }
  QSNAP_ASSIGN(const std::vector<Entry> files, read_folder(*folder, root / below));
  const std::string base_name = fs::path{name.text()}.filename().native();
  for (const Entry& file : files) {
    if (file.kind == EntryKind::file && file.name != kept_file && is_content_of(base_name, file.name)) {
      QSNAP_TRY(remove_file(root / below / file.name));
    }
  }
  return {};
}

/// Folders that became empty. REQUIRES: the lock is held
void remove_empty_folders(const fs::path& root, fs::path below) {
  while (!below.empty() && ::rmdir((root / below).c_str()) == 0) {
    below = below.parent_path();
  }
}

/// REQUIRES: the lock is held
Result<void> remove_locked(const fs::path& root, const SnapshotName& name) {
  const fs::path below = entry_file(name).parent_path();
  QSNAP_ASSIGN(const auto folder, open_folder(root, below));
  if (!folder) {
    return {};
  }
  QSNAP_TRY(remove_file(root / entry_file(name)));
  if (::fsync(folder->get()) != 0) {
    return file_error("sync the folder", root / below, errno);
  }
  QSNAP_TRY(remove_contents_but(root, name, {}));
  remove_empty_folders(root, below);
  return {};
}

Result<PendingEntry> read_entry(const fs::path& path, const SnapshotName& name) {
  QSNAP_ASSIGN(const std::string text, read_file(path, k_most_entry_bytes));
  auto entry = parse_pending_entry(text);
  if (entry && entry->name != name) {
    entry = make_error(ErrorCode::corrupt, fmt::format("is the entry of {}", entry->name.text()));
  }
  if (!entry) {
    Error error = with_context(std::move(entry).error(), path.native());
    error.hints = {"delete the file; the next run of the test makes it again"};
    return error;
  }
  return entry;
}

/// Absent for what is not ours, and for an entry that somebody has just decided about.
Result<std::optional<PendingEntry>> entry_at(const fs::path& root, const fs::path& file, EntryKind kind) {
  std::string path = file.generic_string();
  if (!path.ends_with(k_entry_suffix)) {
    return std::optional<PendingEntry>{};
  }
  path.resize(path.size() - k_entry_suffix.size());
  const auto name = SnapshotName::parse(path);
  if (!name || name->text() != path) {
    return std::optional<PendingEntry>{};
  }
  if (kind != EntryKind::file) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", (root / file).native()));
  }
  auto entry = read_entry(root / file, *name);
  if (!entry && !is_there(root / file)) {
    return std::optional<PendingEntry>{};
  }
  QSNAP_ASSIGN(PendingEntry found, std::move(entry));
  return std::optional{std::move(found)};
}

}  // namespace

std::string_view to_text(PendingKind kind) {
  return std::find_if(k_kinds.begin(), k_kinds.end(), [&](const auto& known) { return known.first == kind; })->second;
}

std::optional<PendingKind> parse_pending_kind(std::string_view text) {
  const auto* const found =
      std::find_if(k_kinds.begin(), k_kinds.end(), [&](const auto& known) { return known.second == text; });
  return found != k_kinds.end() ? std::optional{found->first} : std::nullopt;
}

std::string content_file_name(const PendingEntry& entry) {
  return fmt::format("{}.{}{}", fs::path{entry.name.text()}.filename().native(),
                     to_hex(entry.content_digest).substr(0, k_digest_digits), k_suffix);
}

Result<std::vector<PendingEntry>> PendingStore::list() const {
  constexpr int k_most_folders = 4;  // the five components of a name, but for the file
  if (!is_there(m_folder)) {
    return std::vector<PendingEntry>{};
  }
  std::vector<PendingEntry> entries;
  QSNAP_TRY(walk_files(m_folder, {}, k_most_folders, [&](const fs::path& file, EntryKind kind) -> Result<void> {
    QSNAP_ASSIGN(std::optional<PendingEntry> entry, entry_at(m_folder, file, kind));
    if (entry) {
      entries.push_back(*std::move(entry));
    }
    return {};
  }));
  std::sort(entries.begin(), entries.end(),
            [](const PendingEntry& a, const PendingEntry& b) { return a.name.text() < b.name.text(); });
  return entries;
}

Result<std::optional<PendingEntry>> PendingStore::find(const SnapshotName& name) const {
  using Found = std::optional<PendingEntry>;
  if (!is_there(m_folder)) {
    return Found{};
  }
  const fs::path path = m_folder / entry_file(name);
  QSNAP_ASSIGN(const auto folder, open_folder(m_folder, entry_file(name).parent_path()));
  if (!folder) {
    return Found{};
  }
  QSNAP_ASSIGN(const std::optional<EntryKind> kind, entry_kind(*folder, path));
  if (!kind) {
    return Found{};
  }
  if (*kind != EntryKind::file) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", path.native()));
  }
  QSNAP_ASSIGN(PendingEntry entry, read_entry(path, name));
  return Found{std::move(entry)};
}

Result<codec::SnapshotReader> PendingStore::content(const PendingEntry& entry) const {
  const fs::path file = content_file(entry), path = m_folder / file;
  QSNAP_ASSIGN(const auto folder, open_folder(m_folder, file.parent_path()));
  const auto kind = folder ? entry_kind(*folder, path) : Result<std::optional<EntryKind>>{std::optional<EntryKind>{}};
  if (kind && !*kind) {
    return make_error(ErrorCode::not_found, fmt::format("the pending state of {} is gone", entry.name.text()),
                      {"git qsnap pending shows what waits now"});
  }
  QSNAP_ASSIGN(auto source, codec::open_file_source(path));
  QSNAP_ASSIGN(const std::string digest, digest_of(*source));
  if (digest != entry.content_digest) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("{} is not what its entry says: its SHA-256 differs", path.native()),
                      {fmt::format("git qsnap reject {}", entry.name.text())});
  }
  auto reader = codec::SnapshotReader::open(std::move(source));
  return reader ? std::move(reader) : with_context(std::move(reader).error(), path.native());
}

Result<fs::path> PendingStore::put(const PendingEntry& entry, const codec::SnapshotReader& content) const {
  PendingEntry kept = entry;
  QSNAP_ASSIGN(kept.content_digest, digest_of(content.source()));
  const fs::path file = content_file(kept);
  QSNAP_TRY(make_root(m_folder));
  QSNAP_ASSIGN(const UniqueFd lock, lock_folder(m_folder));
  QSNAP_TRY(make_folders(m_folder, file.parent_path(), k_folder_mode));
  QSNAP_TRY(write_content(m_folder / file, content.source()));
  QSNAP_TRY(write_file_atomically(m_folder / entry_file(kept.name), format_pending_entry(kept)));
  QSNAP_TRY(remove_contents_but(m_folder, kept.name, file.filename().native()));
  return m_folder / file;
}

Result<void> PendingStore::propose_removal(const PendingEntry& entry) const {
  PendingEntry kept = entry;
  kept.content_digest.clear();
  QSNAP_TRY(make_root(m_folder));
  QSNAP_ASSIGN(const UniqueFd lock, lock_folder(m_folder));
  QSNAP_TRY(make_folders(m_folder, entry_file(kept.name).parent_path(), k_folder_mode));
  QSNAP_TRY(write_file_atomically(m_folder / entry_file(kept.name), format_pending_entry(kept)));
  return remove_contents_but(m_folder, kept.name, {});
}

Result<void> PendingStore::remove(const SnapshotName& name) const {
  if (!is_there(m_folder / entry_file(name))) {
    return {};  // the usual case of an assertion that holds: nothing is locked
  }
  QSNAP_ASSIGN(const UniqueFd lock, lock_folder(m_folder));
  return remove_locked(m_folder, name);
}

Result<void> PendingStore::remove(const PendingEntry& entry) const {
  if (!is_there(m_folder)) {
    return {};
  }
  QSNAP_ASSIGN(const UniqueFd lock, lock_folder(m_folder));
  QSNAP_ASSIGN(const std::optional<PendingEntry> now, find(entry.name));
  const bool is_same = now && format_pending_entry(*now) == format_pending_entry(entry);
  return is_same ? remove_locked(m_folder, entry.name) : Result<void>{};
}

}  // namespace qsnap::store
