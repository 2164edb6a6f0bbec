// SPDX-License-Identifier: Apache-2.0
#include <minizip/unzip.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/store/pending_archive.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_files = 100'000;
constexpr std::size_t k_step = 256 * limits::k_kib;

Error too_many_files(const fs::path& path) {
  return make_error(ErrorCode::limit_exceeded, fmt::format("{} has more than {} files", path.native(), k_most_files));
}

Error too_large(const std::string& path, std::uint64_t most_bytes) {
  return make_error(ErrorCode::limit_exceeded, fmt::format("{} has more than {} bytes", path, most_bytes));
}

class FolderArchive final : public PendingArchive {
 public:
  static Result<std::unique_ptr<PendingArchive>> open(const fs::path& root) {
    auto archive = std::make_unique<FolderArchive>(root);
    QSNAP_TRY(walk_files(root, {}, k_most_depth,
                         [&](const fs::path& file, EntryKind kind) { return archive->add(file, kind); }));
    return std::unique_ptr<PendingArchive>{std::move(archive)};
  }
  explicit FolderArchive(fs::path root) : m_root(std::move(root)) {}

  [[nodiscard]] const std::vector<ArchivedFile>& files() const override { return m_files; }

  Result<void> read(std::size_t index, std::uint64_t most_bytes, const Reader& reader) const override {
    const std::string& path = m_files[index].path;
    QSNAP_TRY(open_folder(m_root, fs::path{path}.parent_path()));
    QSNAP_ASSIGN(const auto source, codec::open_file_source(m_root / path));
    if (source->size() > most_bytes) {
      return too_large(path, most_bytes);
    }
    for (std::uint64_t at = 0; at < source->size(); at += k_step) {
      QSNAP_ASSIGN(const std::string bytes, source->read(at, std::min<std::uint64_t>(k_step, source->size() - at)));
      QSNAP_TRY(reader(bytes));
    }
    return {};
  }

 private:
  static constexpr int k_most_depth = 32;

  Result<void> add(const fs::path& path, EntryKind kind) {
    if (kind != EntryKind::file) {
      return {};
    }
    if (m_files.size() == k_most_files) {
      return too_many_files(m_root);
    }
    std::error_code failed;
    const std::uintmax_t bytes = fs::file_size(m_root / path, failed);
    m_files.push_back({path.generic_string(), failed ? 0 : bytes});
    return {};
  }

  fs::path m_root;
  std::vector<ArchivedFile> m_files;
};

struct CloseZip {
  void operator()(unzFile zip) const { unzClose(zip); }
};
using Zip = std::unique_ptr<void, CloseZip>;

class ZipArchive final : public PendingArchive {
 public:
  static Result<std::unique_ptr<PendingArchive>> open(const fs::path& path) {
    Zip zip{unzOpen64(path.c_str())};
    if (!zip) {
      return make_error(ErrorCode::corrupt, fmt::format("{} is neither a folder nor a zip", path.native()),
                        {"git qsnap apply FILE.qsnap --as NAME takes a single snapshot"});
    }
    auto archive = std::make_unique<ZipArchive>(path, std::move(zip));
    QSNAP_TRY(archive->list());
    return std::unique_ptr<PendingArchive>{std::move(archive)};
  }
  ZipArchive(fs::path path, Zip zip) : m_path(std::move(path)), m_zip(std::move(zip)) {}

  [[nodiscard]] const std::vector<ArchivedFile>& files() const override { return m_files; }

  Result<void> read(std::size_t index, std::uint64_t most_bytes, const Reader& reader) const override {
    const std::string& path = m_files[index].path;
    if (unzGoToFilePos64(m_zip.get(), &m_positions[index]) != UNZ_OK || unzOpenCurrentFile(m_zip.get()) != UNZ_OK) {
      return damaged(path);
    }
    const Result<void> done = read_current(path, most_bytes, reader);
    const bool is_whole = unzCloseCurrentFile(m_zip.get()) == UNZ_OK;  // checks the CRC
    return !done || is_whole ? done : damaged(path);
  }

 private:
  [[nodiscard]] Error damaged(const std::string& path) const {
    return make_error(ErrorCode::corrupt, fmt::format("{} in {} cannot be unpacked", path, m_path.native()));
  }

  Result<void> list() {
    int found = unzGoToFirstFile(m_zip.get());
    for (; found == UNZ_OK; found = unzGoToNextFile(m_zip.get())) {
      if (m_files.size() == k_most_files) {
        return too_many_files(m_path);
      }
      QSNAP_TRY(add_current());
    }
    return found == UNZ_END_OF_LIST_OF_FILE
               ? Result<void>{}
               : make_error(ErrorCode::corrupt, fmt::format("the index of {} is damaged", m_path.native()));
  }

  Result<void> add_current() {
    constexpr std::size_t k_most_path_bytes = 4096;
    std::string path(k_most_path_bytes, '\0');
    unz_file_info64 info{};
    unz64_file_pos position{};
    if (unzGetCurrentFileInfo64(m_zip.get(), &info, path.data(), path.size(), nullptr, 0, nullptr, 0) != UNZ_OK ||
        unzGetFilePos64(m_zip.get(), &position) != UNZ_OK) {
      return make_error(ErrorCode::corrupt, fmt::format("the index of {} is damaged", m_path.native()));
    }
    if (info.size_filename < path.size()) {  // a longer one is no name of ours
      path.resize(info.size_filename);
      m_files.push_back({std::move(path), info.uncompressed_size});
      m_positions.push_back(position);
    }
    return {};
  }

  /// What is unpacked counts, not what the zip says of itself: that may be a lie.
  Result<void> read_current(const std::string& path, std::uint64_t most_bytes, const Reader& reader) const {
    std::string piece(k_step, '\0');
    for (std::uint64_t total = 0;;) {
      const int got = unzReadCurrentFile(m_zip.get(), piece.data(), static_cast<unsigned>(piece.size()));
      if (got <= 0) {
        return got == 0 ? Result<void>{} : damaged(path);
      }
      total += static_cast<std::uint64_t>(got);
      if (total > most_bytes) {
        return too_large(path, most_bytes);
      }
      QSNAP_TRY(reader(std::string_view{piece}.substr(0, static_cast<std::size_t>(got))));
    }
  }

  fs::path m_path;
  Zip m_zip;
  std::vector<ArchivedFile> m_files;
  std::vector<unz64_file_pos> m_positions;  ///< of each of m_files
};

}  // namespace

Result<std::unique_ptr<PendingArchive>> open_pending_archive(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    const int error_number = errno;
    return error_number == ENOENT ? make_error(ErrorCode::not_found, fmt::format("there is no {}", path.native()))
                                  : file_error("look at", path, error_number);
  }
  if (S_ISDIR(status.st_mode)) {
    return FolderArchive::open(path);
  }
  if (!S_ISREG(status.st_mode)) {
    return make_error(ErrorCode::usage, fmt::format("{} is neither a folder nor a file", path.native()));
  }
  return ZipArchive::open(path);
}

}  // namespace qsnap::store
