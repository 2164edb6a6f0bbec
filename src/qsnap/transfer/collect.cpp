// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <functional>
#include <unordered_set>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/transfer/collect.hpp>
#include <qsnap/transfer/manifest.hpp>

namespace qsnap::transfer {

namespace {

namespace fs = std::filesystem;

/// No upload takes that long for what it writes in one go, so what is older is of one that was killed; whatever the
/// time of grace is.
constexpr std::chrono::hours k_unfinished_is_dead{24};

struct StoredFile {
  fs::path path;
  std::uint64_t bytes = 0;
  Instant written;

  [[nodiscard]] std::string id() const { return path.filename().native(); }
};

/// Whoever writes to the share must not choose what is removed elsewhere.
Result<void> refuse_link(const fs::path& folder) {
  std::error_code ignored;
  return fs::is_symlink(folder, ignored)
             ? Result<void>{make_error(ErrorCode::refused, fmt::format("{} is a link", folder.native()),
                                       {"the folders of a store are its own: remove the link"})}
             : Result<void>{};
}

Result<std::vector<fs::path>> entries_of(const fs::path& folder) {
  QSNAP_TRY(refuse_link(folder));
  std::vector<fs::path> entries;
  std::error_code failed;
  for (fs::directory_iterator entry{folder, failed}, end; !failed && entry != end; entry.increment(failed)) {
    entries.push_back(entry->path());
  }
  if (failed && failed.value() != ENOENT) {
    return file_error("read the folder", folder, failed.value());
  }
  return entries;
}

/// Absent for what another process has just taken.
std::optional<StoredFile> look_at(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return std::nullopt;
  }
  constexpr std::int64_t k_ms = 1000, k_ns_in_ms = 1000000;
  return StoredFile{path, static_cast<std::uint64_t>(status.st_size),
                    instant_from_ms(status.st_mtim.tv_sec * k_ms + status.st_mtim.tv_nsec / k_ns_in_ms)};
}

/// All of chunks/ or manifests/, those first whose names are ids; `others` are what rsync had not finished.
struct Listing {
  std::vector<StoredFile> files, others;
};
Result<Listing> list(const fs::path& folder) {
  Listing listing;
  QSNAP_ASSIGN(const std::vector<fs::path> folders, entries_of(folder));
  for (const fs::path& part : folders) {
    QSNAP_ASSIGN(const std::vector<fs::path> paths, entries_of(part));
    for (const fs::path& path : paths) {
      if (auto file = look_at(path)) {
        (codec::is_lfs_object_id(file->id()) ? listing.files : listing.others).push_back(*std::move(file));
      }
    }
  }
  return listing;
}

class Collection {
 public:
  Collection(const FolderStore& store, const CollectRequest& request)
      : m_root(store.root()),
        m_request(request),
        m_oldest_kept(request.now - request.grace),
        m_oldest_unfinished(request.now - std::max(request.grace, k_unfinished_is_dead)) {}

  Result<Collected> run();

 private:
  [[nodiscard]] bool is_real() const { return m_request.run == CollectRequest::Run::collect; }
  Result<void> begin();
  Result<void> end() const;
  Result<void> restore_trash();
  Result<void> drop_objects();
  Result<void> read_manifests();
  Result<std::vector<StoredFile>> garbage();
  Result<void> drop(const std::vector<StoredFile>& files);
  Result<void> drop_unfinished();
  Result<void> move(const fs::path& from, const fs::path& to) const;
  Result<void> bring_back(const fs::path& name) const;
  Result<void> empty_trash() const;
  [[nodiscard]] fs::path trash_of(const fs::path& path) const {
    return m_root / "trash" / path.lexically_relative(m_root);
  }

  fs::path m_root;
  const CollectRequest& m_request;
  Instant m_oldest_kept, m_oldest_unfinished;
  UniqueFd m_lock;                           ///< k_collections_name, open and locked
  std::unordered_set<std::string> m_read;    ///< objects whose manifest was read
  std::unordered_set<std::string> m_doomed;  ///< objects whose manifest would go
  std::unordered_set<std::string> m_wanted;  ///< chunks that a manifest names
  Collected m_done;
};

Result<void> Collection::begin() {
  const fs::path path = m_root / k_collections_name;
  m_lock = UniqueFd{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0666)};
  struct stat status {};
  if (!m_lock || ::fstat(m_lock.get(), &status) != 0) {
    return file_error("open", path, errno);
  }
  if (::flock(m_lock.get(), LOCK_EX | LOCK_NB) != 0) {
    return make_error(ErrorCode::refused, fmt::format("another collection runs in {}", m_root.native()));
  }
  QSNAP_TRY(write_all(m_lock, status.st_size % 2 == 0 ? "." : "..", path));
  return ::fsync(m_lock.get()) == 0 ? Result<void>{} : file_error("sync", path, errno);
}

Result<void> Collection::end() const {
  const fs::path path = m_root / k_collections_name;
  QSNAP_TRY(write_all(m_lock, ".", path));
  return ::fsync(m_lock.get()) == 0 ? Result<void>{} : file_error("sync", path, errno);
}

/// Nothing happens where `from` is gone: an upload may have replaced it.
Result<void> Collection::move(const fs::path& from, const fs::path& to) const {
  std::error_code failed;
  fs::create_directories(to.parent_path(), failed);
  return ::rename(from.c_str(), to.c_str()) == 0 || errno == ENOENT ? Result<void>{} : file_error("move", from, errno);
}

/// Never over a file: who wrote it again meanwhile knows better.
Result<void> Collection::bring_back(const fs::path& name) const {
  const fs::path trashed = m_root / "trash" / name;
  if (look_at(m_root / name)) {
    ::unlink(trashed.c_str());
    return {};
  }
  return move(trashed, m_root / name);
}

Result<void> Collection::restore_trash() {
  for (const char* kind : {"chunks", "manifests"}) {
    QSNAP_ASSIGN(const Listing listing, list(m_root / "trash" / kind));
    for (const StoredFile& file : listing.files) {
      QSNAP_TRY(bring_back(file.path.lexically_relative(m_root / "trash")));
    }
  }
  return {};
}

/// A manifest that an upload wrote anew meanwhile stays: that is seen only once it is out of sight.
Result<void> Collection::drop_objects() {
  QSNAP_ASSIGN(const Listing listing, list(m_root / "manifests"));
  m_done.objects = listing.files.size();
  for (const StoredFile& file : listing.files) {
    if (!m_request.objects || m_request.objects->contains(file.id()) || file.written >= m_oldest_kept) {
      continue;
    }
    if (is_real()) {
      QSNAP_TRY(move(file.path, trash_of(file.path)));
      const auto moved = look_at(trash_of(file.path));
      if (moved && moved->written >= m_oldest_kept) {
        QSNAP_TRY(bring_back(file.path.lexically_relative(m_root)));
        continue;
      }
    }
    m_doomed.insert(file.id());
    ++m_done.dropped_objects;
  }
  return {};
}

/// Those that were not read before.
Result<void> Collection::read_manifests() {
  QSNAP_ASSIGN(const Listing listing, list(m_root / "manifests"));
  for (const StoredFile& file : listing.files) {
    if ((!is_real() && m_doomed.contains(file.id())) || !m_read.insert(file.id()).second) {
      continue;
    }
    QSNAP_ASSIGN(const std::string text, read_file(file.path, k_most_manifest_bytes));
    Result<Manifest> manifest = parse_manifest(text);
    if (!manifest) {
      Error error = with_context(std::move(manifest).error(), file.path.native());
      error.hints = {"push the object again from a clone that has it, or remove the file"};
      return error;
    }
    for (const Chunk& chunk : manifest->chunks) {
      m_wanted.insert(chunk.id);
    }
  }
  return {};
}

Result<std::vector<StoredFile>> Collection::garbage() {
  QSNAP_ASSIGN(Listing listing, list(m_root / "chunks"));
  std::vector<StoredFile> garbage;
  for (StoredFile& file : listing.files) {
    ++m_done.chunks;
    m_done.chunk_bytes += file.bytes;
    if (m_wanted.contains(file.id())) {
      continue;
    }
    if (file.written >= m_oldest_kept) {
      ++m_done.young_chunks;
      continue;
    }
    garbage.push_back(std::move(file));
  }
  for (const StoredFile& file : listing.others) {
    if (file.written < m_oldest_unfinished) {
      ++m_done.unfinished;
      if (is_real()) {
        ::unlink(file.path.c_str());
      }
    }
  }
  return garbage;
}

Result<void> Collection::drop(const std::vector<StoredFile>& files) {
  if (is_real()) {
    for (const StoredFile& file : files) {
      QSNAP_TRY(move(file.path, trash_of(file.path)));
    }
    QSNAP_TRY(read_manifests());
  }
  for (const StoredFile& file : files) {
    if (m_wanted.contains(file.id())) {
      QSNAP_TRY(bring_back(file.path.lexically_relative(m_root)));
      continue;
    }
    ++m_done.dropped_chunks;
    m_done.dropped_bytes += file.bytes;
  }
  return is_real() ? empty_trash() : Result<void>{};
}

/// Manifests first: a manifest that a later collection brings back has all of its chunks.
Result<void> Collection::empty_trash() const {
  const fs::path trash = m_root / "trash";
  std::error_code failed;
  fs::remove_all(trash / "manifests", failed);
  const UniqueFd folder{::open(trash.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (folder && ::fsync(folder.get()) != 0) {
    return file_error("sync the folder", trash, errno);
  }
  if (!failed) {
    fs::remove_all(trash, failed);
  }
  return failed ? Result<void>{file_error("remove", trash, failed.value())} : Result<void>{};
}

Result<void> Collection::drop_unfinished() {
  QSNAP_ASSIGN(const std::vector<fs::path> folders, entries_of(m_root / "tmp"));
  for (const fs::path& folder : folders) {
    const auto found = look_at(folder);
    if (!found || found->written >= m_oldest_unfinished) {
      continue;
    }
    ++m_done.unfinished;
    if (is_real()) {
      std::error_code ignored;
      fs::remove_all(folder, ignored);
    }
  }
  return {};
}

Result<Collected> Collection::run() {
  for (const fs::path& folder : {m_root.parent_path(), m_root, m_root / "trash"}) {
    QSNAP_TRY(refuse_link(folder));
  }
  if (is_real()) {
    QSNAP_TRY(begin());
    QSNAP_TRY(restore_trash());
  }
  QSNAP_TRY(drop_objects());
  QSNAP_TRY(read_manifests());
  QSNAP_ASSIGN(const std::vector<StoredFile> files, garbage());
  QSNAP_TRY(drop(files));
  QSNAP_TRY(drop_unfinished());
  if (is_real()) {
    QSNAP_TRY(end());
  }
  return m_done;
}

}  // namespace

Result<Collected> collect(const FolderStore& store, const CollectRequest& request) {
  return Collection{store, request}.run();
}

}  // namespace qsnap::transfer
