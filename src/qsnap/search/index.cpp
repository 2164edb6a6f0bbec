// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/file.h>

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/search/index.hpp>
#include <qsnap/search/index_file.hpp>

namespace qsnap::search {

namespace {

namespace fs = std::filesystem;

/// Of what was found out, so much may be lost: a few seconds' work.
constexpr std::size_t k_flush_bytes = 8 * limits::k_mib;
/// So many small files are fine.
constexpr std::size_t k_most_small_files = 8;
constexpr std::uint64_t k_small_bytes = 4 * limits::k_mib;
constexpr std::size_t k_few_chunks = 1000;

void remove_file(const fs::path& file) {
  std::error_code ignored;
  fs::remove(file, ignored);
}

std::vector<fs::path> small_files(const std::vector<fs::path>& files) {
  std::vector<fs::path> small;
  for (const fs::path& file : files) {
    std::error_code failure;
    const std::uintmax_t bytes = fs::file_size(file, failure);
    if (!failure && bytes < k_small_bytes) {
      small.push_back(file);
    }
  }
  return small;
}

/// Held while files are made one. None: another process has it, or nothing can be written there.
UniqueFd lock_folder(const fs::path& folder) {
  constexpr mode_t k_private = 0600;
  UniqueFd lock{::open((folder / "lock").c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, k_private)};
  return lock && ::flock(lock.get(), LOCK_EX | LOCK_NB) == 0 ? std::move(lock) : UniqueFd{};
}

/// Which parts a new file takes over.
class Keeper {
 public:
  /// Null: every chunk.
  explicit Keeper(const std::unordered_set<std::string>* used) : m_used(used) {}

  bool wants(PartKind kind, std::string_view content) {
    if (kind == PartKind::chunk) {
      const auto part = read_chunk_part(content);
      return part && (m_used == nullptr || m_used->contains(part->digest)) && m_seen.insert(part->digest).second;
    }
    const auto part = read_snapshot_part(content);
    return part && (m_used == nullptr || uses_all(part->summary)) && m_seen.insert(part->stamp).second;
  }

 private:
  [[nodiscard]] bool uses_all(const SnapshotSummary& summary) const {
    return std::all_of(summary.chunks.begin(), summary.chunks.end(),
                       [&](const SnapshotSummary::ChunkRef& chunk) { return m_used->contains(chunk.digest); });
  }

  const std::unordered_set<std::string>* m_used;
  std::set<std::string> m_seen;
};

Result<void> join_files(const fs::path& folder, const std::vector<fs::path>& files, Keeper keeper) {
  QSNAP_ASSIGN(IndexFileWriter writer, IndexFileWriter::open(folder));
  Result<void> written;
  for (const fs::path& file : files) {
    (void)read_index_file(file, [&](PartKind kind, std::string_view content) {
      if (written && keeper.wants(kind, content)) {
        std::string part;
        append_part(part, kind, content);
        written = writer.add(part);
      }
    });
  }
  QSNAP_TRY(std::move(written));
  QSNAP_TRY(writer.commit());
  for (const fs::path& file : files) {
    remove_file(file);
  }
  return {};
}

}  // namespace

SnapshotSummary summary_of(const codec::SnapshotReader& snapshot) {
  const model::Metadata& metadata = snapshot.metadata();
  SnapshotSummary summary{metadata.captured_at, metadata.description, metadata.tags, snapshot.has_conflicts(), {}};
  for (std::size_t i = 0; i < snapshot.chunks().size(); ++i) {
    const model::ChunkInfo& chunk = snapshot.chunks()[i];
    if (chunk.section) {
      summary.chunks.push_back({static_cast<std::uint32_t>(i), chunk.digest});
    }
  }
  return summary;
}

Index Index::open(fs::path folder, std::vector<WordHash> words) {
  Index index{std::move(folder), std::move(words)};
  index.read_files();
  return index;
}

Index Index::make_anew(fs::path folder, std::vector<WordHash> words) {
  for (const fs::path& file : index_files(folder)) {
    remove_file(file);
  }
  return Index{std::move(folder), std::move(words)};
}

void Index::read_files() {
  for (const fs::path& file : index_files(m_folder)) {
    const FileState state = read_index_file(file, [this](PartKind kind, std::string_view content) {
      if (kind == PartKind::chunk) {
        if (auto part = read_chunk_part(content)) {
          m_chunks[std::move(part->digest)] = may_have_all(part->filter_bits, m_words);
        }
      } else if (kind == PartKind::snapshot) {
        if (auto part = read_snapshot_part(content)) {
          m_snapshots[std::move(part->stamp)] = std::move(part->summary);
        }
      }
    });
    if (state == FileState::damaged) {
      remove_file(file);
    }
  }
}

const SnapshotSummary* Index::find(std::string_view stamp) const {
  const auto found = m_snapshots.find(stamp);
  return found == m_snapshots.end() ? nullptr : &found->second;
}

Answer Index::ask(const std::string& digest) const {
  const auto found = m_chunks.find(digest);
  if (found == m_chunks.end()) {
    return Answer::unknown;
  }
  return found->second ? Answer::maybe : Answer::no;
}

const SnapshotSummary& Index::add(std::string_view stamp, SnapshotSummary summary) {
  append(PartKind::snapshot, snapshot_part(stamp, summary));
  return m_snapshots[std::string{stamp}] = std::move(summary);
}

void Index::add(const std::string& digest, const WordFilter& filter) {
  append(PartKind::chunk, chunk_part(digest, filter));
  m_chunks[digest] = may_have_all(filter.bytes(), m_words);
}

void Index::append(PartKind kind, std::string_view content) {
  if (!m_can_write) {
    return;
  }
  append_part(m_new, kind, content);
  if (m_new.size() >= k_flush_bytes) {
    flush();
  }
}

void Index::flush() {
  if (m_new.empty()) {
    return;
  }
  const auto write = [this]() -> Result<void> {
    QSNAP_ASSIGN(IndexFileWriter file, IndexFileWriter::open(m_folder));
    QSNAP_TRY(file.add(m_new));
    return file.commit();
  };
  m_can_write = write().has_value();
  m_new.clear();
}

void Index::tidy(const std::unordered_set<std::string>& used_chunks) {
  flush();
  const bool mostly_unused = m_chunks.size() > k_few_chunks && used_chunks.size() * 2 < m_chunks.size();
  std::vector<fs::path> files = index_files(m_folder);
  if (!mostly_unused) {
    files = small_files(files);
  }
  if (!m_can_write || (!mostly_unused && files.size() <= k_most_small_files)) {
    return;
  }
  if (const UniqueFd lock = lock_folder(m_folder)) {
    (void)join_files(m_folder, files, Keeper{mostly_unused ? &used_chunks : nullptr});
  }
}

}  // namespace qsnap::search
