// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/search/word_filter.hpp>

namespace qsnap::search {

/// What a search needs to know of a snapshot before it opens it.
struct SnapshotSummary {
  Instant captured_at;
  std::string description;
  std::vector<std::string> tags;
  bool in_conflict = false;
  struct ChunkRef {
    std::uint32_t index = 0;  ///< in the snapshot
    std::string digest;       ///< 32 bytes
  };
  std::vector<ChunkRef> chunks;  ///< those that hold records
};
[[nodiscard]] SnapshotSummary summary_of(const codec::SnapshotReader& snapshot);

/// What a part of a file is about; the values are the format's.
enum class PartKind : std::uint8_t { chunk = 1, snapshot = 2 };

enum class Answer : std::uint8_t { no, maybe, unknown };

/// Which words may be in which chunk, and what snapshots consist of: files in a folder of their own, docs/search.md.
/// A file never changes once it has its name, and every part of it has its own checksum: so any number of processes may
/// read and write at once, and what is missing, cut off or damaged is not known, and never wrong. Nothing here fails:
/// an index that cannot be read or written is an empty one.
///
/// Filters do not stay in memory: what is asked is settled when the index is opened. One thread.
class Index {
 public:
  /// Reads what is there. `words`: what all questions are about (query.hpp, hashes_of()).
  static Index open(std::filesystem::path folder, std::vector<WordHash> words);
  /// Begins anew: the files go.
  static Index make_anew(std::filesystem::path folder, std::vector<WordHash> words);

  /// Of a snapshot that the caller knows by a text that changes whenever the snapshot does. Null if it is not there.
  [[nodiscard]] const SnapshotSummary* find(std::string_view stamp) const;
  /// Whether a chunk may have all words.
  [[nodiscard]] Answer ask(const std::string& digest) const;

  const SnapshotSummary& add(std::string_view stamp, SnapshotSummary summary);
  void add(const std::string& digest, const WordFilter& filter);
  /// Writes what was added. Happens now and then by itself, so that an interrupted run loses little.
  void flush();
  /// Makes one file of many small ones, and leaves out chunks that nobody uses, once that is most of them. Another
  /// process may be at it: then nothing happens.
  void tidy(const std::unordered_set<std::string>& used_chunks);

 private:
  Index(std::filesystem::path folder, std::vector<WordHash> words)
      : m_folder(std::move(folder)), m_words(std::move(words)) {}
  void read_files();
  void append(PartKind kind, std::string_view content);

  std::filesystem::path m_folder;
  std::vector<WordHash> m_words;
  std::map<std::string, SnapshotSummary, std::less<>> m_snapshots;  ///< by stamp
  std::unordered_map<std::string, bool> m_chunks;                   ///< by digest: may it have all words?
  std::string m_new;                                                ///< parts that are to be written
  bool m_can_write = true;
};

}  // namespace qsnap::search
