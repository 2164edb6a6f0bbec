// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/transfer/download.hpp>

namespace qsnap::transfer {

namespace {

namespace fs = std::filesystem;

constexpr const char* k_push_again = "from a clone that has the object: git lfs push --all REMOTE";

/// A chunk, and where in the object it stands.
struct Wanted {
  Chunk chunk;
  std::vector<std::uint64_t> offsets;
};

/// The object while it is made; it stays when the process ends, for the next attempt.
class PartFile {
 public:
  /// Two processes that want the same object do not write one file: the second one makes another.
  static Result<PartFile> open(const fs::path& folder, std::string_view object_id) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    std::string path = folder / object_id;
    UniqueFd fd{::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (fd && !owns(fd, path)) {
      path = folder / fmt::format("{}-XXXXXX", object_id);
      fd = UniqueFd{::mkostemp(path.data(), O_CLOEXEC)};
    }
    return fd ? Result<PartFile>{PartFile{path, std::move(fd)}} : file_error("create", path, errno);
  }

  /// As many bytes as there are.
  [[nodiscard]] std::string read(std::uint64_t offset, std::uint64_t count) const {
    std::string bytes(static_cast<std::size_t>(count), '\0');
    std::size_t done = 0;
    while (done < bytes.size()) {
      const ssize_t got =
          ::pread(m_fd.get(), bytes.data() + done, bytes.size() - done, static_cast<off_t>(offset + done));
      if (got == 0 || (got < 0 && errno != EINTR)) {
        break;
      }
      done += got > 0 ? static_cast<std::size_t>(got) : 0;
    }
    bytes.resize(done);
    return bytes;
  }
  Result<void> write(std::uint64_t offset, std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::pwrite(m_fd.get(), bytes.data(), bytes.size(), static_cast<off_t>(offset));
      if (written < 0 && errno != EINTR) {
        return file_error("write", m_path, errno);
      }
      bytes.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
      offset += written > 0 ? static_cast<std::uint64_t>(written) : 0;
    }
    return {};
  }
  Result<void> finish(std::uint64_t bytes) const {
    const bool is_done = ::ftruncate(m_fd.get(), static_cast<off_t>(bytes)) == 0 && ::fchmod(m_fd.get(), 0644) == 0 &&
                         ::fsync(m_fd.get()) == 0;
    return is_done ? Result<void>{} : file_error("sync", m_path, errno);
  }
  void drop() const { ::unlink(m_path.c_str()); }
  [[nodiscard]] const fs::path& path() const { return m_path; }
  [[nodiscard]] UniqueFd keep_locked() && { return std::move(m_fd); }

 private:
  PartFile(fs::path path, UniqueFd fd) : m_path(std::move(path)), m_fd(std::move(fd)) {}

  /// Nobody else writes it, and it still has this name: the one before us may have handed it to git-lfs.
  static bool owns(const UniqueFd& fd, const std::string& path) {
    struct stat ours {
    }, named{};
    return ::flock(fd.get(), LOCK_EX | LOCK_NB) == 0 && ::fstat(fd.get(), &ours) == 0 &&
           ::lstat(path.c_str(), &named) == 0 && ours.st_ino == named.st_ino;
  }

  fs::path m_path;
  UniqueFd m_fd;
};

class Download {
 public:
  Download(ChunkStore& store, const Manifest& manifest, LocalChunks& at_hand, const Advance& advance)
      : m_store(store), m_manifest(manifest), m_at_hand(at_hand), m_advance(advance) {}

  /// Answers how many bytes the store gave.
  Result<std::uint64_t> into(const PartFile& file);

 private:
  Result<std::vector<Wanted>> lacking(const PartFile& file);
  Result<void> place(const PartFile& file, const Wanted& wanted, std::string_view bytes);
  Result<void> fetch(const PartFile& file, std::span<const Wanted> batch);

  ChunkStore& m_store;
  const Manifest& m_manifest;
  LocalChunks& m_at_hand;
  const Advance& m_advance;
  std::uint64_t m_received = 0;
};

/// Each chunk once.
std::vector<Wanted> all_chunks(const Manifest& manifest) {
  std::vector<Wanted> all;
  std::map<std::string_view, std::size_t> known;
  std::uint64_t offset = 0;
  for (const Chunk& chunk : manifest.chunks) {
    const auto [entry, is_new] = known.emplace(chunk.id, all.size());
    if (is_new) {
      all.push_back({chunk, {}});
    }
    all[entry->second].offsets.push_back(offset);
    offset += chunk.bytes;
  }
  return all;
}

bool is_chunk(std::string_view bytes, const Chunk& chunk) {
  return bytes.size() == chunk.bytes && to_hex(codec::sha256(bytes)) == chunk.id;
}

/// What is longer than it may be, the next upload replaces.
Result<void> mendable(Result<void> got) {
  if (!got && got.error().code == ErrorCode::limit_exceeded) {
    return make_error(ErrorCode::corrupt, got.error().message, {k_push_again});
  }
  return got;
}

Result<void> Download::place(const PartFile& file, const Wanted& wanted, std::string_view bytes) {
  for (const std::uint64_t offset : wanted.offsets) {
    QSNAP_TRY(file.write(offset, bytes));
  }
  m_advance(wanted.chunk.bytes * wanted.offsets.size());
  return {};
}

/// Takes what an attempt before left, and what is at hand.
Result<std::vector<Wanted>> Download::lacking(const PartFile& file) {
  std::vector<Wanted> lacking;
  for (Wanted& wanted : all_chunks(m_manifest)) {
    std::optional<std::string> bytes = file.read(wanted.offsets.front(), wanted.chunk.bytes);
    if (!is_chunk(*bytes, wanted.chunk)) {
      bytes = m_at_hand.find(wanted.chunk);
    }
    if (bytes) {
      QSNAP_TRY(place(file, wanted, *bytes));
    } else {
      lacking.push_back(std::move(wanted));
    }
  }
  return lacking;
}

Result<void> Download::fetch(const PartFile& file, std::span<const Wanted> batch) {
  std::vector<std::string> names;
  for (const Wanted& wanted : batch) {
    names.push_back(chunk_name(wanted.chunk.id));
  }
  std::vector<bool> came(batch.size());
  const auto take = [&](std::size_t index, const std::string& bytes) -> Result<void> {
    if (!is_chunk(bytes, batch[index].chunk)) {
      return make_error(ErrorCode::corrupt, fmt::format("{} in {} is damaged", names[index], m_store.label()),
                        {"from a clone that has the object: QSNAP_LFS_VERIFY=1 git lfs push --all REMOTE"});
    }
    came[index] = true;
    m_received += bytes.size();
    return place(file, batch[index], bytes);
  };
  QSNAP_TRY(mendable(m_store.get(names, k_most_chunk_bytes, take)));
  if (const auto lost = std::find(came.begin(), came.end(), false); lost != came.end()) {
    return make_error(
        ErrorCode::corrupt,
        fmt::format("{} is not in {}, but the manifest {} names it",
                    names[static_cast<std::size_t>(lost - came.begin())], m_store.label(), m_manifest.object_id),
        {k_push_again});
  }
  return {};
}

Result<std::uint64_t> Download::into(const PartFile& file) {
  QSNAP_ASSIGN(const std::vector<Wanted> wanted, lacking(file));
  for (auto begin = wanted.begin(); begin != wanted.end();) {
    std::uint64_t bytes = 0;
    auto end = begin;
    for (; end != wanted.end() && bytes < k_batch_bytes; ++end) {
      bytes += end->chunk.bytes;
    }
    QSNAP_TRY(fetch(file, {begin, end}));
    begin = end;
  }
  QSNAP_TRY(file.finish(m_manifest.bytes));
  codec::Sha256 whole;
  for (std::uint64_t at = 0; at < m_manifest.bytes; at += limits::k_mib) {
    whole.update(file.read(at, std::min<std::uint64_t>(limits::k_mib, m_manifest.bytes - at)));
  }
  if (to_hex(whole.digest()) != m_manifest.object_id) {
    file.drop();
    return make_error(ErrorCode::corrupt,
                      fmt::format("the chunks that the manifest {} in {} names do not make that object",
                                  m_manifest.object_id, m_store.label()),
                      {k_push_again});
  }
  return m_received;
}

/// A line for a chunk of so few bytes as no snapshot has.
std::size_t most_manifest_bytes(const ObjectName& object) {
  constexpr std::uint64_t k_head_bytes = limits::k_kib, k_line_bytes = 64, k_shortest_chunk_bytes = 16;
  const std::uint64_t bytes = k_head_bytes + object.bytes / k_shortest_chunk_bytes * k_line_bytes;
  return static_cast<std::size_t>(std::min<std::uint64_t>(bytes, k_most_manifest_bytes));
}

/// Absent where there is none.
Result<std::optional<Manifest>> find_manifest(ChunkStore& store, const ObjectName& object) {
  const std::vector<std::string> names = {manifest_name(object.id)};
  std::optional<std::string> text;
  const auto take = [&](std::size_t, std::string bytes) -> Result<void> {
    text = std::move(bytes);
    return {};
  };
  QSNAP_TRY(mendable(store.get(names, most_manifest_bytes(object), take)));
  if (!text) {
    return std::optional<Manifest>{};
  }
  auto manifest = parse_manifest(*text);
  if (!manifest) {
    return with_context(std::move(manifest).error(), fmt::format("{} in {}", names[0], store.label()));
  }
  if (manifest->object_id != object.id || manifest->bytes != object.bytes) {
    return make_error(ErrorCode::corrupt, fmt::format("{} in {} is of another object", names[0], store.label()),
                      {k_push_again});
  }
  return std::optional{*std::move(manifest)};
}

}  // namespace

Result<std::optional<Downloaded>> download(ChunkStore& store, const ObjectName& object, LocalChunks& at_hand,
                                           const fs::path& folder, const Advance& advance) {
  QSNAP_ASSIGN(const std::optional<Manifest> manifest, find_manifest(store, object));
  if (!manifest) {
    return std::optional<Downloaded>{};
  }
  QSNAP_ASSIGN(PartFile file, PartFile::open(folder, object.id));
  Download made{store, *manifest, at_hand, advance};
  QSNAP_ASSIGN(const std::uint64_t received, made.into(file));
  at_hand.will_have(*manifest);
  fs::path path = file.path();
  return std::optional{Downloaded{std::move(path), received, std::move(file).keep_locked()}};
}

}  // namespace qsnap::transfer
