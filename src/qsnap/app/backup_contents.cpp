// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/archive_remote.hpp>
#include <qsnap/app/backup_contents.hpp>
#include <qsnap/app/blob_sources.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/blocks.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_no_backup = "is no backup of git-qsnap";
/// Of what is no snapshot: config.yaml, albums, READMEs.
constexpr std::uint64_t k_most_other_bytes = 64 * limits::k_mib;
constexpr std::size_t k_most_files = 1'000'000;

Error no_backup(std::string_view why) {
  return make_error(ErrorCode::corrupt, fmt::format("{}: {}", k_no_backup, why));
}

Error hostile(std::string_view path, std::string_view why) {
  return make_error(ErrorCode::refused, fmt::format("{}: {} {}", k_no_backup, path, why));
}

/// One name of a path that may be written into a work tree.
bool is_harmless_name(std::string_view name) {
  std::string lower{name};
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  constexpr unsigned char k_first_printable = 0x20, k_delete = 0x7F;
  return !name.empty() && name != "." && name != ".." && lower != ".git" && lower != "git~1" &&
         std::none_of(name.begin(), name.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return byte < k_first_printable || byte == k_delete || c == '\\';
         });
}

bool is_harmless_path(std::string_view path) {
  const std::vector<std::string_view> names = split(path, '/');
  return !path.ends_with('/') && std::all_of(names.begin(), names.end(), is_harmless_name);
}

/// "MODE blob ID SIZE\tPATH".
Result<BackupFile> parse_file(std::string_view line) {
  const std::size_t tab = line.find('\t');
  std::vector<std::string_view> words = split(line.substr(0, tab), ' ');
  std::erase(words, std::string_view{});  // sizes are padded
  constexpr std::size_t k_words = 4;
  if (tab == std::string_view::npos || words.size() != k_words) {
    return make_error(ErrorCode::git, "git listed what is no entry of a tree");
  }
  const std::string_view path = line.substr(tab + 1);
  if (words[0] != "100644" && words[0] != "100755") {
    return hostile(path, "is no regular file");
  }
  const auto bytes = parse_integer(words[3]);
  if (!bytes || *bytes < 0 || static_cast<std::uint64_t>(*bytes) > limits::k_document_bytes) {
    return hostile(path, "is too large");
  }
  return BackupFile{std::string{path}, std::string{words[2]}, static_cast<std::uint64_t>(*bytes)};
}

Result<std::vector<BackupFile>> files_of(const BackupRepository& repository, const std::string& commit) {
  QSNAP_ASSIGN(const std::string listed, repository.git({"ls-tree", "-r", "-z", "-l", "--full-tree", commit}));
  std::vector<BackupFile> files;
  for (const std::string_view line : split(listed, '\0')) {
    QSNAP_ASSIGN(BackupFile file, parse_file(line));
    files.push_back(std::move(file));
  }
  std::sort(files.begin(), files.end(), [](const BackupFile& a, const BackupFile& b) { return a.path < b.path; });
  return files.size() > k_most_files ? hostile(commit, "has too many files")
                                     : Result<std::vector<BackupFile>>{std::move(files)};
}

/// The first bytes of every bundle, and then what git makes of it.
Result<std::vector<BackupRef>> unpack(const BackupRepository& repository, const fs::path& file) {
  constexpr std::string_view k_signature = "# v2 git bundle\n";
  QSNAP_ASSIGN(const auto bytes, codec::open_file_source(file));
  QSNAP_ASSIGN(const std::string first, bytes->read(0, std::min<std::uint64_t>(k_signature.size(), bytes->size())));
  if (first != k_signature) {
    return no_backup("it does not begin as a bundle of Git does");
  }
  const auto unbundled = repository.git({"-c", "core.bigFileThreshold=32m", "bundle", "unbundle", fs::absolute(file)});
  if (!unbundled) {
    return unbundled.error().code == ErrorCode::git ? no_backup(unbundled.error().message) : unbundled.error();
  }
  std::vector<BackupRef> refs;
  for (const std::string_view line : split(*unbundled, '\n')) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view name = line.substr(std::min(space + 1, line.size()));
    const bool known =
        name.starts_with(k_backup_refs) || name.starts_with(store::k_history_refs) || name.starts_with(k_archive_refs);
    if (!known) {
      return no_backup("it has a ref that no backup has");
    }
    refs.push_back({std::string{name}, std::string{line.substr(0, space)}, 0});
  }
  std::sort(refs.begin(), refs.end(), [](const BackupRef& a, const BackupRef& b) { return a.name < b.name; });
  return refs;
}

/// Names that Git refuses for refs are refused here, by Git.
Result<void> set_refs(const BackupRepository& repository, const std::vector<BackupRef>& refs) {
  std::string lines;
  for (const BackupRef& ref : refs) {
    lines += fmt::format("create {} {}\n", ref.name, ref.commit);
  }
  const auto done = repository.git({"update-ref", "--no-deref", "--stdin"}, std::move(lines));
  return done ? Result<void>{} : no_backup(done.error().message);
}

class Reading {
 public:
  Reading(BackupContents& contents, const Progress& progress) : m_contents(contents), m_progress(progress) {}

  Result<void> run(std::vector<BackupRef> refs) {
    const auto connected = m_contents.repository.git({"fsck", "--connectivity-only", "--no-dangling", "--no-progress"});
    if (!connected) {
      return no_backup(connected.error().message);
    }
    for (BackupRef& ref : refs) {
      QSNAP_TRY(ref.name.starts_with(k_backup_refs) ? read_tree(ref) : read_history(ref));
    }
    if (!m_has_tree) {
      return no_backup("it has no tree");
    }
    QSNAP_TRY(check_objects());
    return check_snapshots();
  }

 private:
  Result<void> read_tree(const BackupRef& ref) {
    if (std::exchange(m_has_tree, true)) {
      return no_backup("it has two trees");
    }
    QSNAP_ASSIGN(const std::string said, m_contents.repository.git({"log", "-1", "--format=%ct%x00%s", ref.commit}));
    const std::size_t zero = std::min(said.find('\0'), said.size());
    const auto seconds = parse_integer(std::string_view{said}.substr(0, zero));
    if (!seconds || said.substr(zero) != fmt::format("{}{}\n", '\0', k_backup_title)) {
      return no_backup("its form is not known to this version");
    }
    constexpr std::int64_t k_ms = 1000, k_most_seconds = 1LL << 40;
    m_contents.made_at = instant_from_ms(std::clamp<std::int64_t>(*seconds, 0, k_most_seconds) * k_ms);
    QSNAP_ASSIGN(std::vector<BackupFile> files, files_of(m_contents.repository, ref.commit));
    for (BackupFile& file : files) {
      QSNAP_TRY(sort_in(std::move(file)));
    }
    return {};
  }

  Result<void> sort_in(BackupFile file) {
    if (file.path.starts_with(k_backup_objects) && codec::is_lfs_object_id(file.path.substr(k_backup_objects.size()))) {
      file.path.erase(0, k_backup_objects.size());
      m_contents.objects.push_back(std::move(file));
      return {};
    }
    const std::string folder = fmt::format("{}/", store::k_folder);
    if (!file.path.starts_with(folder) || !is_harmless_path(file.path)) {
      return hostile(file.path, "is a path that no backup has");
    }
    const bool is_snapshot = file.path.ends_with(store::k_suffix);
    if (!is_snapshot && file.bytes > k_most_other_bytes) {
      return hostile(file.path, "is too large");
    }
    const std::vector<BackupFile>& before = m_contents.files;
    if (!before.empty() && (before.back().path == file.path || file.path.starts_with(before.back().path + '/'))) {
      return hostile(file.path, "is there twice");
    }
    m_contents.snapshots += is_snapshot ? 1 : 0;
    m_contents.files.push_back(std::move(file));
    return {};
  }

  Result<void> read_history(BackupRef ref) {
    QSNAP_ASSIGN(const std::vector<BackupFile> files, files_of(m_contents.repository, ref.commit));
    for (const BackupFile& file : files) {
      if (file.path.ends_with(fmt::format("/{}", store::k_payload_file))) {
        ++ref.entries;
        m_captures.push_back(file);
      }
    }
    m_contents.refs.push_back(std::move(ref));
    return {};
  }

  /// What has the name of a digest has it by right.
  Result<void> check_objects() {
    return for_each(m_contents.objects, [](const BackupFile& file, const codec::ByteSource& blob) -> Result<void> {
      codec::Sha256 digest;
      QSNAP_TRY(store::read_blocks(blob, [&](std::string_view block) -> Result<void> {
        digest.update(block);
        return {};
      }));
      return to_hex(digest.digest()) == file.path ? Result<void>{}
                                                  : no_backup(fmt::format("object {} is another one", file.path));
    });
  }

  Result<void> check_snapshots() {
    std::vector<BackupFile> snapshots;
    std::copy_if(m_contents.files.begin(), m_contents.files.end(), std::back_inserter(snapshots),
                 [](const BackupFile& file) { return file.path.ends_with(store::k_suffix); });
    std::move(m_captures.begin(), m_captures.end(), std::back_inserter(snapshots));
    return for_each_source(snapshots, [&](const BackupFile& file, std::unique_ptr<codec::ByteSource> blob) {
      return check_snapshot(file, std::move(blob));
    });
  }

  Result<void> check_snapshot(const BackupFile& file, std::unique_ptr<codec::ByteSource> blob) {
    const auto pointer = store::find_pointer(*blob);
    if (pointer && *pointer) {
      // They were listed by their paths, and lie in one folder: they are sorted by what is left of these.
      const auto object = std::lower_bound(m_contents.objects.begin(), m_contents.objects.end(), (*pointer)->object_id,
                                           [](const BackupFile& one, const std::string& id) { return one.path < id; });
      if (object == m_contents.objects.end() || object->path != (*pointer)->object_id) {
        m_contents.without.push_back(file.path);
      }
      return {};
    }
    const auto opened = codec::SnapshotReader::open(std::move(blob));
    bool sound = opened.has_value();
    for (std::size_t chunk = 0; sound && chunk < opened->chunks().size(); ++chunk) {
      QSNAP_TRY(m_progress.check());
      sound = opened->raw_chunk(chunk).has_value();
    }
    if (!sound) {
      m_contents.damaged.push_back(file.path);
    }
    return {};
  }

  using Visitor = std::function<Result<void>(const BackupFile&, const codec::ByteSource&)>;
  Result<void> for_each(const std::vector<BackupFile>& files, const Visitor& visit) const {
    return for_each_source(
        files, [&](const BackupFile& file, std::unique_ptr<codec::ByteSource> blob) { return visit(file, *blob); });
  }

  using SourceVisitor = std::function<Result<void>(const BackupFile&, std::unique_ptr<codec::ByteSource>)>;
  Result<void> for_each_source(const std::vector<BackupFile>& files, const SourceVisitor& visit) const {
    std::vector<std::string> ids;
    std::transform(files.begin(), files.end(), std::back_inserter(ids),
                   [](const BackupFile& file) { return file.blob_id; });
    return for_each_blob(m_contents.repository.folder(), ids,
                         [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
                           QSNAP_TRY(m_progress.check());
                           m_progress.report("checking", index, ids.size());
                           return blob ? visit(files[index], std::move(blob))
                                       : no_backup(fmt::format("{} is missing", files[index].path));
                         });
  }

  BackupContents& m_contents;
  const Progress& m_progress;
  std::vector<BackupFile> m_captures;
  bool m_has_tree = false;
};

}  // namespace

Result<BackupContents> open_backup(const fs::path& file, const Progress& progress) {
  std::error_code unknown;
  if (!fs::exists(file, unknown)) {
    return make_error(ErrorCode::not_found, fmt::format("there is no file {}", file.native()));
  }
  QSNAP_ASSIGN(BackupRepository repository, BackupRepository::make());
  BackupContents contents{std::move(repository), {}, {}, {}, {}, 0, {}, {}};
  auto refs = unpack(contents.repository, file);
  if (!refs) {
    return with_context(std::move(refs).error(), file.native());
  }
  auto read = set_refs(contents.repository, *refs);
  if (read) {
    read = Reading(contents, progress).run(*std::move(refs));
  }
  return read ? Result<BackupContents>{std::move(contents)} : with_context(std::move(read).error(), file.native());
}

}  // namespace qsnap::app
