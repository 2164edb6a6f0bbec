// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/cursor.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/random.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/search/index_file.hpp>

namespace qsnap::search {

namespace {

namespace fs = std::filesystem;

/// The number changes with what a word is, and with what a part says. The version is there for the decoders of
/// payloads: what they make of a payload decides which words it has.
constexpr std::string_view k_first_line = "git-qsnap search index 1, " QSNAP_VERSION "\n";
constexpr std::string_view k_suffix = ".words";
constexpr mode_t k_private_folder = 0700, k_private_file = 0600;

constexpr std::size_t k_digest_bytes = 32;
constexpr std::size_t k_part_header_bytes = 13;
constexpr std::size_t k_most_content_bytes = 256 * limits::k_mib;
constexpr std::size_t k_read_bytes = limits::k_mib;

Error damaged() {
  return make_error(ErrorCode::corrupt, "the search index is damaged");
}

void append_text(std::string& out, std::string_view text) {
  append_varint(out, text.size());
  out += text;
}

Result<std::string> read_text(ByteCursor& cursor) {
  QSNAP_ASSIGN(const std::uint64_t size, cursor.varint());
  if (size > cursor.remaining()) {
    return damaged();
  }
  QSNAP_ASSIGN(const std::string_view text, cursor.bytes(size));
  return std::string{text};
}

/// A file front to back, in pieces that hold whatever is asked for.
class FileWindow {
 public:
  explicit FileWindow(const codec::ByteSource& file) : m_file(file) {}

  /// The next so many bytes, which stay the next ones; fewer at the end.
  Result<std::string_view> peek(std::size_t count) {
    if (m_buffer.size() - m_at < count) {
      m_buffer.erase(0, std::exchange(m_at, 0));
      const std::size_t wanted = std::max(count - m_buffer.size(), k_read_bytes);
      const std::size_t more = std::min<std::uint64_t>(wanted, m_file.size() - m_offset);
      QSNAP_ASSIGN(const std::string piece, m_file.read(m_offset, more));
      m_offset += more;
      m_buffer += piece;
    }
    return std::string_view{m_buffer}.substr(m_at, count);
  }
  void skip(std::size_t count) { m_at += count; }

 private:
  const codec::ByteSource& m_file;
  std::string m_buffer;
  std::size_t m_at = 0;
  std::uint64_t m_offset = 0;
};

/// False at the end.
Result<bool> read_part(FileWindow& window, const PartReader& reader) {
  QSNAP_ASSIGN(const std::string_view header, window.peek(k_part_header_bytes));
  if (header.empty()) {
    return false;
  }
  ByteCursor cursor{header};
  QSNAP_ASSIGN(const std::uint64_t checksum, cursor.u64());
  QSNAP_ASSIGN(const std::uint32_t length, cursor.u32());
  QSNAP_ASSIGN(const std::uint8_t kind, cursor.u8());
  if (length > k_most_content_bytes) {
    return damaged();
  }
  QSNAP_ASSIGN(const std::string_view part, window.peek(k_part_header_bytes + length));
  if (part.size() != k_part_header_bytes + length || codec::xxh3(part.substr(sizeof checksum)) != checksum) {
    return damaged();
  }
  reader(static_cast<PartKind>(kind), part.substr(k_part_header_bytes));
  window.skip(part.size());
  return true;
}

Result<void> read_parts(const codec::ByteSource& file, const PartReader& reader) {
  FileWindow window{file};
  QSNAP_ASSIGN(const std::string_view first_line, window.peek(k_first_line.size()));
  if (first_line != k_first_line) {
    return damaged();
  }
  window.skip(k_first_line.size());
  for (bool more = true; more;) {
    QSNAP_ASSIGN(more, read_part(window, reader));
  }
  return {};
}

/// Both levels of it, of their owner alone.
Result<void> make_folder(const fs::path& folder) {
  for (const fs::path& level : {folder.parent_path(), folder}) {
    if (::mkdir(level.c_str(), k_private_folder) != 0 && errno != EEXIST) {
      return file_error("make", level, errno);
    }
  }
  return {};
}

}  // namespace

std::string chunk_part(const std::string& digest, const WordFilter& filter) {
  return digest + filter.bytes();
}

Result<ChunkPart> read_chunk_part(std::string_view content) {
  ByteCursor cursor{content};
  QSNAP_ASSIGN(const std::string_view digest, cursor.bytes(k_digest_bytes));
  QSNAP_ASSIGN(const std::string_view bits, cursor.bytes(cursor.remaining()));
  return WordFilter::is_size(bits.size()) ? ChunkPart{std::string{digest}, bits} : Result<ChunkPart>{damaged()};
}

std::string snapshot_part(std::string_view stamp, const SnapshotSummary& summary) {
  std::string content;
  append_text(content, stamp);
  append_u64(content, static_cast<std::uint64_t>(to_ms(summary.captured_at)));
  append_text(content, summary.description);
  append_varint(content, summary.in_conflict ? 1 : 0);
  append_varint(content, summary.tags.size());
  for (const std::string& tag : summary.tags) {
    append_text(content, tag);
  }
  for (const SnapshotSummary::ChunkRef& chunk : summary.chunks) {
    append_varint(content, chunk.index);
    content += chunk.digest;
  }
  return content;
}

Result<SnapshotPart> read_snapshot_part(std::string_view content) {
  SnapshotPart part;
  SnapshotSummary& summary = part.summary;
  ByteCursor cursor{content};
  QSNAP_ASSIGN(part.stamp, read_text(cursor));
  QSNAP_ASSIGN(const std::uint64_t captured_at, cursor.u64());
  summary.captured_at = instant_from_ms(static_cast<std::int64_t>(captured_at));
  QSNAP_ASSIGN(summary.description, read_text(cursor));
  QSNAP_ASSIGN(const std::uint64_t in_conflict, cursor.varint());
  summary.in_conflict = in_conflict != 0;
  QSNAP_ASSIGN(const std::uint64_t tags, cursor.varint());
  for (std::uint64_t i = 0; i < tags; ++i) {
    QSNAP_ASSIGN(std::string tag, read_text(cursor));
    summary.tags.push_back(std::move(tag));
  }
  while (!cursor.at_end()) {
    QSNAP_ASSIGN(const std::uint64_t index, cursor.varint());
    QSNAP_ASSIGN(const std::string_view digest, cursor.bytes(k_digest_bytes));
    summary.chunks.push_back({static_cast<std::uint32_t>(index), std::string{digest}});
  }
  return part;
}

void append_part(std::string& out, PartKind kind, std::string_view content) {
  std::string checked;
  append_u32(checked, static_cast<std::uint32_t>(content.size()));
  checked += static_cast<char>(kind);
  checked += content;
  append_u64(out, codec::xxh3(checked));
  out += checked;
}

std::vector<fs::path> index_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::directory_iterator entry{folder, failure}; !failure && entry != fs::directory_iterator{};
       entry.increment(failure)) {
    // What another process is still writing has a hidden name.
    if (entry->path().extension() == k_suffix && !entry->path().filename().native().starts_with('.')) {
      files.push_back(entry->path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

FileState read_index_file(const fs::path& file, const PartReader& reader) {
  const auto source = codec::open_file_source(file);
  if (!source) {
    std::error_code failure;
    return fs::exists(fs::symlink_status(file, failure)) ? FileState::damaged : FileState::gone;
  }
  return read_parts(**source, reader) ? FileState::whole : FileState::damaged;
}

IndexFileWriter::IndexFileWriter(AtomicFile file) : m_file(std::move(file)) {}

Result<IndexFileWriter> IndexFileWriter::open(const fs::path& folder) {
  QSNAP_TRY(make_folder(folder));
  constexpr std::size_t k_name_bytes = 8;
  QSNAP_ASSIGN(const std::string random, random_bytes(k_name_bytes));
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(folder / fmt::format("{}{}", to_hex(random), k_suffix)));
  QSNAP_TRY(file.write(k_first_line));
  return IndexFileWriter{std::move(file)};
}

Result<void> IndexFileWriter::add(std::string_view parts) {
  return m_file.write(parts);
}

Result<void> IndexFileWriter::commit() {
  return m_file.commit(k_private_file);
}

}  // namespace qsnap::search
