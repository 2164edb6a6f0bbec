// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/time_words.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/init_files.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/set_folder.hpp>
#include <qsnap/store/store.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_config_file = "config.yaml";
constexpr std::string_view k_lfs_prefix = "lfs/";
constexpr std::string_view k_sets_folder = "sets";
constexpr std::string_view k_removed_text =
    "The parent's snapshot of this name is not part of this set: git qsnap set show\n";
constexpr std::array k_storages = {Storage::git, Storage::lfs};
constexpr mode_t k_shared_mode = 0755;

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

fs::path file_below(const SnapshotName& name, Storage storage) {
  return storage == Storage::lfs ? fs::path{k_lfs_prefix} / name.relative_path() : name.relative_path();
}

void sort_names(std::vector<SnapshotName>& names) {
  std::sort(names.begin(), names.end(),
            [](const SnapshotName& a, const SnapshotName& b) { return a.text() < b.text(); });
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

/// The names of files that end with `suffix` in one folder with homes: the top one, or that of a set.
Result<std::vector<SnapshotName>> names_below(const fs::path& root, const fs::path& below, std::string_view suffix) {
  constexpr int k_folders_below_home = 3;  // home, three folders, file: the five components of a name
  std::vector<SnapshotName> names;
  const auto add_name = [&](const fs::path& file, EntryKind kind) -> Result<void> {
    std::string path = file.lexically_relative(below).generic_string();
    if (kind == EntryKind::file && path.ends_with(suffix)) {
      path.resize(path.size() - suffix.size());
      if (auto name = SnapshotName::parse(path)) {
        names.push_back(*std::move(name));
      }
    }
    return {};
  };
  for (const HomeReadme& home : k_home_readmes) {
    QSNAP_TRY(walk_files(root, below / home.folder, k_folders_below_home, add_name));
  }
  return names;
}

/// Bare names of what a set has, in either storage.
Result<std::vector<SnapshotName>> names_in(const fs::path& root, const SetName& set) {
  const fs::path below = set.is_default() ? fs::path{} : fs::path{k_sets_folder} / set.encoded();
  QSNAP_ASSIGN(std::vector<SnapshotName> names, names_below(root, below, k_suffix));
  QSNAP_ASSIGN(const std::vector<SnapshotName> large, names_below(root, fs::path{k_lfs_prefix} / below, k_suffix));
  names.insert(names.end(), large.begin(), large.end());
  sort_names(names);
  return names;
}

}  // namespace

std::optional<SnapshotName> name_of_path(std::string_view path) {
  const std::string folder = fmt::format("{}/", k_folder);
  if (!path.starts_with(folder) || !path.ends_with(k_suffix)) {
    return std::nullopt;
  }
  path.remove_prefix(folder.size());
  if (path.starts_with(k_lfs_prefix)) {
    path.remove_prefix(k_lfs_prefix.size());
  }
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
  const auto place = locate(name);
  return place && *place ? m_folder / (*place)->below : m_folder / target_of(name).relative_path();
}

/// A bare name is that of the current set.
SnapshotName Store::target_of(const SnapshotName& name) const {
  return name.set() ? name : name.in(m_chain.current());
}

/// A regular file; errors for what is none.
Result<bool> Store::has_file(const fs::path& below) const {
  QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, below.parent_path()));
  return folder ? is_file(*folder, m_folder / below) : Result<bool>{false};
}

/// In its own set and no other.
Result<std::optional<Place>> Store::locate_own(const SnapshotName& name) const {
  std::optional<Place> found;
  for (const Storage storage : k_storages) {
    const fs::path below = file_below(name, storage);
    QSNAP_ASSIGN(const bool exists, has_file(below));
    if (exists && found) {
      return make_error(
          ErrorCode::refused,
          fmt::format("{} stands in Git and in Git LFS: {} and {}", name.text(), found->below.native(), below.native()),
          {fmt::format("git qsnap diff {0}/{1} {0}/{2}", k_folder, found->below.native(), below.native()),
           "rm the one that is not wanted (after a command that was killed, the older one)"});
    }
    if (exists) {
      found = Place{name.set().value_or(SetName::default_set()), storage, below};
    }
  }
  return found;
}

Result<std::optional<Place>> Store::locate(const SnapshotName& name) const {
  return locate_along(m_chain, name);
}

Result<std::optional<Place>> Store::locate_along(const SetChain& chain, const SnapshotName& name) const {
  if (name.set()) {
    return locate_own(name);
  }
  for (const SetName& set : chain.sets) {
    QSNAP_ASSIGN(std::optional<Place> place, locate_own(name.in(set)));
    if (place) {
      return place;
    }
    QSNAP_ASSIGN(const bool removed, has_file(removed_mark(name.in(set))));
    if (removed) {
      return std::optional<Place>{};
    }
  }
  return locate_own(name);
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
  QSNAP_ASSIGN(const std::optional<Place> place, locate(name));
  if (!place) {
    return name.is_history() ? find_in_history(m_repository, name, m_chain.current()) : Result<Found>{Found{}};
  }
  QSNAP_ASSIGN(codec::SnapshotReader reader, read(*place, name.text()));
  return Found{std::move(reader)};
}

Result<codec::SnapshotReader> Store::read(const Place& place, std::string_view label) const {
  QSNAP_ASSIGN(auto source, codec::open_file_source(m_folder / place.below));
  if (place.storage == Storage::lfs) {
    QSNAP_ASSIGN(source, resolve_lfs_pointer(m_repository, std::move(source), label));
  }
  return open_snapshot(std::move(source), label);
}

Result<std::optional<codec::SnapshotReader>> Store::find_in(std::string_view revision, const SnapshotName& name) const {
  using Found = std::optional<codec::SnapshotReader>;
  const auto read = [&](const fs::path& below) {
    return m_repository.read_blob(revision, (fs::path{k_folder} / below).generic_string());
  };
  std::vector<SnapshotName> candidates;
  if (!name.set()) {
    for (const SetName& set : m_chain.sets) {
      candidates.push_back(name.in(set));
    }
  }
  candidates.push_back(name);
  const std::string label = fmt::format("{}:{}", revision, name.text());
  for (const SnapshotName& candidate : candidates) {
    for (const Storage storage : k_storages) {
      QSNAP_ASSIGN(std::optional<std::string> blob, read(file_below(candidate, storage)));
      if (blob) {
        auto source = codec::memory_source(std::move(*blob));
        if (storage == Storage::lfs) {
          QSNAP_ASSIGN(source, resolve_lfs_pointer(m_repository, std::move(source), label));
        }
        QSNAP_ASSIGN(codec::SnapshotReader reader, open_snapshot(std::move(source), label));
        return Found{std::move(reader)};
      }
    }
    QSNAP_ASSIGN(const std::optional<std::string> removed, read(removed_mark(candidate)));
    if (removed) {
      break;
    }
  }
  return Found{};
}

Result<AtomicFile> Store::replace(const SnapshotName& name, Storage storage) const {
  const fs::path below = file_below(target_of(name), storage);
  const fs::path path = m_folder / below;
  QSNAP_ASSIGN(const UniqueFd folder, make_folders(m_folder, below.parent_path(), k_shared_mode));
  QSNAP_TRY(refuse_case_twin(folder, path.parent_path(), path.filename().native()));
  return AtomicFile::open(path);
}

Result<void> Store::settle(const SnapshotName& name, Storage storage) const {
  const SnapshotName target = target_of(name);
  const Storage other = storage == Storage::git ? Storage::lfs : Storage::git;
  QSNAP_TRY(remove_file(file_below(target, other)));
  return target.set() ? remove_file(removed_mark(target)) : Result<void>{};
}

Result<std::vector<SnapshotName>> Store::list() const {
  QSNAP_ASSIGN(std::vector<SnapshotName> names, names_in(m_folder, SetName::default_set()));
  for (auto set = m_chain.sets.rbegin(); set != m_chain.sets.rend(); ++set) {  // the furthest ancestor first
    QSNAP_ASSIGN(const std::vector<SnapshotName> removed, removed_in(*set));
    std::erase_if(names, [&](const SnapshotName& name) {
      return std::find(removed.begin(), removed.end(), name) != removed.end();
    });
    QSNAP_ASSIGN(const std::vector<SnapshotName> own, names_in(m_folder, *set));
    names.insert(names.end(), own.begin(), own.end());
  }
  sort_names(names);
  return names;
}

Result<std::vector<SnapshotName>> Store::list_all() const {
  QSNAP_ASSIGN(std::vector<SnapshotName> names, names_in(m_folder, SetName::default_set()));
  QSNAP_ASSIGN(const std::vector<SetName> all_sets, sets());
  for (const SetName& set : all_sets) {
    QSNAP_ASSIGN(const std::vector<SnapshotName> own, names_in(m_folder, set));
    for (const SnapshotName& name : own) {
      names.push_back(name.in(set));
    }
  }
  sort_names(names);
  return names;
}

Result<std::vector<SetName>> Store::sets() const {
  std::vector<SetName> found;
  for (const fs::path& below : {fs::path{k_sets_folder}, fs::path{k_lfs_prefix} / k_sets_folder}) {
    QSNAP_ASSIGN(const std::optional<UniqueFd> folder, open_folder(m_folder, below));
    if (!folder) {
      continue;
    }
    QSNAP_ASSIGN(const std::vector<Entry> entries, read_folder(*folder, m_folder / below));
    for (const Entry& entry : entries) {
      auto name = SetName::from_encoded(entry.name);
      if (entry.kind == EntryKind::folder && name && !name->is_default()) {
        found.push_back(*std::move(name));
      }
    }
  }
  std::sort(found.begin(), found.end(), [](const SetName& a, const SetName& b) { return a.text() < b.text(); });
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

Result<std::vector<SnapshotName>> Store::removed_in(const SetName& set) const {
  return set.is_default() ? std::vector<SnapshotName>{}
                          : names_below(m_folder, fs::path{k_sets_folder} / set.encoded(), k_removed_suffix);
}

Result<void> Store::remove_file(const fs::path& below) const {
  QSNAP_ASSIGN(const bool exists, has_file(below));
  if (!exists) {
    return {};
  }
  QSNAP_ASSIGN(const auto folder, open_folder(m_folder, below.parent_path()));
  const bool removed = folder && ::unlinkat(folder->get(), below.filename().c_str(), 0) == 0;
  return removed && ::fsync(folder->get()) == 0 ? Result<void>{} : file_error("remove", m_folder / below, errno);
}

Result<void> Store::remove(const SnapshotName& name) const {
  const SnapshotName target = target_of(name);
  const SetChain chain = m_chain.from(target.set().value_or(SetName::default_set()));
  QSNAP_ASSIGN(const std::optional<Place> place, locate_along(chain, target.bare()));
  if (!place) {
    return {};
  }
  QSNAP_TRY(read(*place, name.text()));
  if (place->set == chain.current()) {
    QSNAP_TRY(remove_file(place->below));
  }
  QSNAP_ASSIGN(const std::optional<Place> inherited, locate_along(chain.parent(), target.bare()));
  if (!inherited || !target.set()) {
    return {};
  }
  const fs::path mark = removed_mark(target);
  QSNAP_ASSIGN(const UniqueFd folder, make_folders(m_folder, mark.parent_path(), k_shared_mode));
  return write_file_atomically(m_folder / mark, k_removed_text);
}

Result<void> Store::inherit(const SnapshotName& name) const {
  const SnapshotName target = target_of(name);
  if (!target.set()) {
    return {};
  }
  for (const Storage storage : k_storages) {
    QSNAP_TRY(remove_file(file_below(target, storage)));
  }
  return remove_file(removed_mark(target));
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
