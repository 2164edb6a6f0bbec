// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/app/setup/managed_file.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::SetupAction;

constexpr std::size_t k_most_bytes = 16 * limits::k_mib;

/// The lock that git takes for a configuration file: while `config.lock` exists, git writes nothing into `config`.
class ConfigLock {
 public:
  static Result<ConfigLock> take(const fs::path& config) {
    fs::path lock = config;
    lock += ".lock";
    constexpr mode_t k_mode = 0600;
    const UniqueFd fd{::open(lock.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, k_mode)};
    if (!fd && errno == EEXIST) {
      return make_error(ErrorCode::io, fmt::format("{} exists: another git is writing there", lock.native()),
                        {"try again; if no git is running, remove that file"});
    }
    return fd ? Result<ConfigLock>{ConfigLock{std::move(lock)}} : Result<ConfigLock>{file_error("make", lock, errno)};
  }
  ConfigLock(ConfigLock&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
  ConfigLock& operator=(ConfigLock&&) = delete;
  ~ConfigLock() {
    if (!m_path.empty()) {
      ::unlink(m_path.c_str());
    }
  }

 private:
  explicit ConfigLock(fs::path path) : m_path(std::move(path)) {}
  fs::path m_path;
};

std::optional<std::string> digest_of(const std::optional<std::string>& text) {
  return text ? std::optional{to_hex(codec::sha256(*text))} : std::nullopt;
}

/// Whether this text of a configuration includes the path, as git reads it.
Result<bool> includes(const std::string& config, const std::string& path) {
  QSNAP_ASSIGN(
      const git::GitAnswer answer,
      git::run_git({"/", {"config", "--file", "-", "--no-includes", "-z", "--get-all", "include.path"}, config}));
  const std::string_view all = answer.output;
  const std::string value = path + '\0';
  return all.starts_with(value) || all.find('\0' + value) != std::string_view::npos;
}

FileChange kept(FileChange change, std::optional<ManifestFile> entry) {
  change.action = SetupAction::kept;
  change.entry = std::move(entry);
  return change;
}

FileChange edited(FileChange change, std::string words) {
  change.action = SetupAction::edited;
  change.words = std::move(words);
  return change;
}

/// What nobody but us writes into the git dir is ours, also when the manifest is lost. The attributes of a work tree
/// may have come with the branch.
bool known_by_text(FileRole role) {
  return role != FileRole::work_tree_attributes;
}

/// The place in `text` where the manifest's piece stands, filled with another block.
std::string replace_piece(const std::string& text, const std::string& piece, const Inserted& insert) {
  std::string out = text;
  return out.replace(out.rfind(piece), piece.size(), insert.piece);
}

class WritePlan {
 public:
  WritePlan(const ScopePlaces& places, const std::string& wanted, const ManifestFile* entry)
      : m_places(places), m_wanted(wanted), m_entry(entry) {}

  Result<FileChange> of(FileChange change) const {
    if (!change.before.text) {
      return written(std::move(change), {m_wanted, m_wanted}, SetupAction::written);
    }
    const std::string text = *change.before.text;  // of its own: `change` is handed on
    if (change.file.role == FileRole::fragment) {
      return fragment(std::move(change), text);
    }
    if (m_entry != nullptr && remove_piece(text, m_entry->piece)) {
      return m_entry->piece.ends_with(m_wanted) ? kept(std::move(change), *m_entry) : upgraded(std::move(change), text);
    }
    QSNAP_ASSIGN(const bool there, stands_there(change.file.role, text));
    if (there) {
      return kept(std::move(change), adopted(change.file.role, text));
    }
    if (const auto block = change.file.role == FileRole::config ? std::nullopt : find_block(text)) {
      if (is_earlier_block(*block)) {
        return replaced(std::move(change), text, *block);
      }
      return edited(std::move(change),
                    "has a block that is not what this git-qsnap writes; it stays as it is "
                    "(git qsnap install --print shows ours)");
    }
    const Inserted insert = insert_block(text, m_wanted);
    if (change.file.role == FileRole::config) {
      QSNAP_ASSIGN(const bool readable, includes(insert.text, m_places.include_path));
      if (!readable) {
        return make_error(ErrorCode::git, fmt::format("git cannot read {}", change.file.path.native()),
                          {"git config --list says where it is broken"});
      }
    }
    return written(std::move(change), insert, SetupAction::written);
  }

 private:
  Result<FileChange> fragment(FileChange change, const std::string& text) const {
    if (text == m_wanted) {
      const ManifestFile adopted{FileRole::fragment, {}, std::nullopt, text};
      return kept(std::move(change), m_entry != nullptr && m_entry->piece == text ? *m_entry : adopted);
    }
    if (m_entry != nullptr && text == m_entry->piece) {
      return written(std::move(change), {m_wanted, m_wanted}, SetupAction::upgraded);
    }
    return edited(std::move(change), "was changed by hand and stays so; remove it and install again for ours");
  }

  FileChange upgraded(FileChange change, const std::string& text) const {
    const bool line_end = m_entry->piece.starts_with('\n');
    Inserted insert{{}, line_end ? '\n' + m_wanted : m_wanted};
    insert.text = replace_piece(text, m_entry->piece, insert);
    return written(std::move(change), insert, SetupAction::upgraded);
  }

  /// A block that came with the branch, or whose manifest is lost.
  FileChange replaced(FileChange change, const std::string& text, std::string_view block) const {
    std::string after = text;
    after.replace(static_cast<std::size_t>(block.data() - text.data()), block.size(), m_wanted);
    change.action = SetupAction::upgraded;
    change.entry = adopted(change.file.role, after);
    change.after = std::move(after);
    return change;
  }

  FileChange written(FileChange change, const Inserted& insert, SetupAction action) const {
    const bool known = m_entry != nullptr;
    change.action = action;
    change.after = insert.text;
    change.entry =
        ManifestFile{change.file.role, change.file.role == FileRole::work_tree_attributes ? m_places.work_tree_id : "",
                     known ? m_entry->before_sha256 : digest_of(change.before.text), insert.piece};
    return change;
  }

  Result<bool> stands_there(FileRole role, const std::string& text) const {
    return role == FileRole::config ? includes(text, m_places.include_path) : text.find(m_wanted) != std::string::npos;
  }

  std::optional<ManifestFile> adopted(FileRole role, const std::string& text) const {
    if (m_entry != nullptr && remove_piece(text, m_wanted)) {  // an upgrade was killed before it was remembered
      ManifestFile entry = *m_entry;
      const std::string with_line_end = '\n' + m_wanted;
      entry.piece = entry.piece.starts_with('\n') && remove_piece(text, with_line_end) ? with_line_end : m_wanted;
      return entry;
    }
    const std::optional<std::string> rest = known_by_text(role) ? remove_piece(text, m_wanted) : std::nullopt;
    if (!rest) {
      return std::nullopt;
    }
    return ManifestFile{role, {}, rest->empty() ? std::nullopt : digest_of(rest), m_wanted};
  }

  const ScopePlaces& m_places;
  const std::string& m_wanted;
  const ManifestFile* m_entry;
};

/// A file without our part: gone where it was ours alone, and was not there before.
FileChange removed(FileChange change, std::string rest, const ManifestFile& entry) {
  change.action = SetupAction::removed;
  if (!rest.empty() || entry.existed()) {
    change.after = std::move(rest);
  }
  return change;
}

FileChange remove_fragment(FileChange change, const ManifestFile& entry) {
  if (*change.before.text == entry.piece) {
    return removed(std::move(change), {}, entry);
  }
  return edited(std::move(change), "was changed by hand, so it stays; Git reads it no more");
}

FileChange remove_include(FileChange change, const ScopePlaces& places, const ManifestFile& entry) {
  std::optional<std::string> rest = remove_section(*change.before.text, entry.piece);
  if (!rest) {
    rest = remove_include_line(*change.before.text, places.include_path);
  }
  if (rest) {
    return removed(std::move(change), *std::move(rest), entry);
  }
  change.action = SetupAction::absent;
  return change;
}

FileChange remove_block(FileChange change, const ManifestFile& entry) {
  if (std::optional<std::string> rest = remove_piece(*change.before.text, entry.piece)) {
    return removed(std::move(change), *std::move(rest), entry);
  }
  std::optional<RemovedBlock> rest = remove_edited_block(*change.before.text, entry.piece);
  if (!rest) {
    change.action = SetupAction::absent;
    return change;
  }
  const bool stays = rest->foreign_lines_stay;
  change = removed(std::move(change), std::move(rest->text), entry);
  return stays ? edited(std::move(change), "our lines are gone; lines between our markers that are not ours stay")
               : change;
}

Result<void> write_change(const FileChange& change) {
  const fs::path& path = change.file.path;
  QSNAP_ASSIGN(const FileState now, read_state(path));
  if (now.text != change.before.text) {
    return make_error(ErrorCode::refused, fmt::format("{} was changed meanwhile", path.native()), {"try again"});
  }
  if (!change.after) {
    return ::unlink(path.c_str()) == 0 ? Result<void>{} : Result<void>{file_error("remove", path, errno)};
  }
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(path));
  QSNAP_TRY(file.write(*change.after));
  return file.commit(change.before.mode);
}

}  // namespace

Result<FileState> read_state(const fs::path& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) {
    return errno == ENOENT ? Result<FileState>{FileState{}} : Result<FileState>{file_error("look at", path, errno)};
  }
  QSNAP_ASSIGN(std::string text, read_file(path, k_most_bytes));
  constexpr mode_t k_permissions = 07777;
  return FileState{std::move(text), status.st_mode & k_permissions};
}

bool FileChange::writes() const {
  const bool may = action == SetupAction::written || action == SetupAction::upgraded ||
                   action == SetupAction::removed || (action == SetupAction::edited && after.has_value());
  return may && after != before.text;
}

Result<FileChange> plan_write(const ScopePlaces& places, const ManagedFile& file, const std::string& wanted,
                              const ManifestFile* entry) {
  FileChange change;
  change.file = file;
  QSNAP_ASSIGN(change.before, read_state(file.path));
  return WritePlan{places, wanted, entry}.of(std::move(change));
}

Result<FileChange> plan_removal(const ScopePlaces& places, const ManagedFile& file, const std::string& wanted,
                                const ManifestFile* entry) {
  FileChange change;
  change.file = file;
  change.action = SetupAction::absent;
  QSNAP_ASSIGN(change.before, read_state(file.path));
  if (!change.before.text) {
    return change;
  }
  std::optional<ManifestFile> known = entry != nullptr ? std::optional{*entry} : std::nullopt;
  if (!known && known_by_text(file.role)) {
    const std::optional<std::string> rest = remove_piece(*change.before.text, wanted);
    known = ManifestFile{file.role, {}, rest && rest->empty() ? std::nullopt : std::optional<std::string>{""}, wanted};
  }
  if (!known) {
    return change;
  }
  if (file.role == FileRole::fragment) {
    return remove_fragment(std::move(change), *known);
  }
  return file.role == FileRole::config ? remove_include(std::move(change), places, *known)
                                       : remove_block(std::move(change), *known);
}

Result<void> apply(const FileChange& change) {
  if (!change.writes()) {
    return {};
  }
  if (change.file.role != FileRole::config) {
    return write_change(change);
  }
  QSNAP_ASSIGN(const ConfigLock lock, ConfigLock::take(change.file.path));
  return write_change(change);
}

}  // namespace qsnap::app::setup
