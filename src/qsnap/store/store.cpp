// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/store/init_files.hpp>
#include <qsnap/store/store.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_config_file = "config.yaml";
constexpr mode_t k_shared_mode = 0755;
constexpr mode_t k_private_mode = 0700;  // a backup holds payloads that nobody redacted

struct WorkTree {
  git::Repository repository;
  fs::path folder;
};

Result<WorkTree> find_work_tree(const fs::path& start) {
  QSNAP_ASSIGN(std::optional<git::Repository> repository, git::Repository::discover(start));
  if (!repository) {
    return make_error(ErrorCode::not_found, fmt::format("{} is not inside a git repository", start.native()),
                      {"git init"});
  }
  std::optional<fs::path> folder = repository->work_tree();
  if (!folder) {
    return make_error(ErrorCode::refused,
                      fmt::format("the repository {} is bare: it has no work tree", repository->git_dir().native()));
  }
  return WorkTree{std::move(*repository), std::move(*folder)};
}

/// A regular file, or nothing; a link or anything else is refused before it is opened.
Result<bool> is_file(const UniqueFd& folder, const fs::path& path) {
  QSNAP_ASSIGN(const std::optional<EntryKind> kind, entry_kind(folder, path));
  if (kind && *kind != EntryKind::file) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", path.native()));
  }
  return kind.has_value();
}

/// Writes `text` unless something stands there; returns whether it did.
Result<bool> write_if_missing(const UniqueFd& folder, const fs::path& path, std::string_view text) {
  QSNAP_ASSIGN(const bool exists, is_file(folder, path));
  if (!exists) {
    QSNAP_TRY(write_file_atomically(path, text));
  }
  return !exists;
}

Result<codec::SnapshotReader> open_snapshot(std::unique_ptr<codec::ByteSource> source, std::string_view label) {
  auto reader = codec::SnapshotReader::open(std::move(source));
  if (!reader) {
    return with_context(std::move(reader).error(), fmt::format("snapshot {}", label));
  }
  return reader;
}

/// "20261120T100000.123Z": the instant without what some file systems refuse in names.
std::string file_stamp(Instant at) {
  std::string text = format_instant(at);
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text;
}

}  // namespace

std::optional<SnapshotName> name_of_path(std::string_view path) {
  const std::string folder = fmt::format("{}/", k_folder);
  if (!path.starts_with(folder) || !path.ends_with(k_suffix)) {
    return std::nullopt;
  }
  path.remove_prefix(folder.size());
  path.remove_suffix(k_suffix.size());
  auto name = SnapshotName::parse(path);
  return name && name->text() == path ? std::optional{*std::move(name)} : std::nullopt;  // a bare "x" is another file
}

Store::Store(git::Repository repository, fs::path folder)
    : m_repository(std::move(repository)), m_folder(std::move(folder)) {}

Result<Store> Store::open(const fs::path& start) {
  QSNAP_ASSIGN(WorkTree tree, find_work_tree(start));
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(tree.folder, k_folder));
  if (!folder) {
    return make_error(ErrorCode::not_found, fmt::format("{} has no {} folder", tree.folder.native(), k_folder),
                      {"git qsnap init"});
  }
  return Store{std::move(tree.repository), tree.folder / k_folder};
}

Result<InitReport> Store::init(const fs::path& start) {
  QSNAP_ASSIGN(const WorkTree tree, find_work_tree(start));
  InitReport report{tree.folder / k_folder, {}};
  const auto write = [&](const fs::path& below, std::string_view name, std::string_view text) -> Result<void> {
    QSNAP_ASSIGN(const UniqueFd folder, make_folders(tree.folder, below, k_shared_mode));
    QSNAP_ASSIGN(const bool written, write_if_missing(folder, tree.folder / below / name, text));
    if (written) {
      report.created.push_back((below / name).generic_string());
    }
    return {};
  };
  QSNAP_TRY(write(k_folder, k_config_file, config::default_config_text()));
  for (const HomeReadme& home : k_home_readmes) {
    QSNAP_TRY(write(fs::path{k_folder} / home.folder, "README.md", home.text));
  }
  return report;
}

fs::path Store::path_of(const SnapshotName& name) const {
  return m_folder / name.relative_path();
}

Result<config::Config> Store::config() const {
  const fs::path path = m_folder / k_config_file;
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, {}));
  QSNAP_ASSIGN(const bool exists, is_file(*folder, path));
  if (!exists) {
    return config::Config{};
  }
  QSNAP_ASSIGN(const std::string text, read_file(path, limits::k_config_bytes));
  return config::parse_config(text, fmt::format("{}/{}", k_folder, k_config_file));
}

Result<std::optional<codec::SnapshotReader>> Store::find(const SnapshotName& name) const {
  using Found = std::optional<codec::SnapshotReader>;
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, name.relative_path().parent_path()));
  if (!folder) {
    return Found{};
  }
  QSNAP_ASSIGN(const bool exists, is_file(*folder, path_of(name)));
  if (!exists) {
    return Found{};
  }
  QSNAP_ASSIGN(auto source, codec::open_file_source(path_of(name)));
  QSNAP_ASSIGN(codec::SnapshotReader reader, open_snapshot(std::move(source), name.text()));
  return Found{std::move(reader)};
}

Result<std::optional<codec::SnapshotReader>> Store::find_in(std::string_view revision, const SnapshotName& name) const {
  using Found = std::optional<codec::SnapshotReader>;
  const std::string path = (fs::path{k_folder} / name.relative_path()).generic_string();
  QSNAP_ASSIGN(std::optional<std::string> blob, m_repository.read_blob(revision, path));
  if (!blob) {
    return Found{};
  }
  const std::string label = fmt::format("{}:{}", revision, name.text());
  QSNAP_ASSIGN(codec::SnapshotReader reader, open_snapshot(codec::memory_source(std::move(*blob)), label));
  return Found{std::move(reader)};
}

Result<AtomicFile> Store::replace(const SnapshotName& name) const {
  const fs::path path = path_of(name);
  QSNAP_ASSIGN(const UniqueFd folder, make_folders(m_folder, name.relative_path().parent_path(), k_shared_mode));
  QSNAP_TRY(refuse_case_twin(folder, path.parent_path(), path.filename().native()));
  return AtomicFile::open(path);
}

Result<std::vector<SnapshotName>> Store::list() const {
  constexpr int k_folders_below_home = 3;  // home, three folders, file: the five components of a name
  std::vector<SnapshotName> names;
  const auto add_name = [&](const fs::path& file, EntryKind kind) -> Result<void> {
    std::string path = file.generic_string();
    if (kind == EntryKind::file && path.ends_with(k_suffix)) {
      path.resize(path.size() - k_suffix.size());
      if (auto name = SnapshotName::parse(path)) {
        names.push_back(*std::move(name));
      }
    }
    return {};
  };
  for (const HomeReadme& home : k_home_readmes) {
    QSNAP_TRY(walk_files(m_folder, home.folder, k_folders_below_home, add_name));
  }
  std::sort(names.begin(), names.end(),
            [](const SnapshotName& a, const SnapshotName& b) { return a.text() < b.text(); });
  return names;
}

Result<void> Store::remove(const SnapshotName& name) const {
  QSNAP_ASSIGN(const auto found, find(name));
  if (!found) {
    return {};
  }
  const fs::path path = path_of(name);
  QSNAP_ASSIGN(const auto folder, open_folder(m_folder, name.relative_path().parent_path()));
  const bool removed = folder && ::unlinkat(folder->get(), path.filename().c_str(), 0) == 0;
  return removed && ::fsync(folder->get()) == 0 ? Result<void>{} : file_error("remove", path, errno);
}

Result<fs::path> Store::backup_path(Instant now) const {
  const fs::path below = fs::path{"qsnap"} / "backups";
  const fs::path git_dir = m_repository.git_dir();
  QSNAP_ASSIGN(const UniqueFd folder, make_folders(git_dir, below, k_private_mode));
  constexpr int k_attempts = 1000;
  for (int attempt = 1; attempt <= k_attempts; ++attempt) {
    const std::string counter = attempt == 1 ? "" : fmt::format("-{}", attempt);
    const fs::path path = git_dir / below / fmt::format("{}{}{}", file_stamp(now), counter, k_suffix);
    QSNAP_ASSIGN(const std::optional<EntryKind> taken, entry_kind(folder, path));
    if (!taken) {
      return path;
    }
  }
  return make_error(ErrorCode::io, fmt::format("{} has too many backups of this instant", (git_dir / below).native()));
}

}  // namespace qsnap::store
