// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/git/ref_tree.hpp>
#include <qsnap/git/tree_edit.hpp>

namespace qsnap::git {

namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

/// A tree that is deeper or larger than this is none of ours.
constexpr int k_most_depth = 16;
constexpr std::size_t k_most_entries = 1'000'000;
constexpr auto k_lock_patience = 10s;
/// git and git-qsnap hold the lock of a ref for the time of a rename and its fsync.
constexpr auto k_left_lock_age = 1s;
/// Another git may clear away an empty folder just when an object or a lock is to be put into it.
constexpr int k_attempts = 5;

std::string id_text(const git_oid& id) {
  std::string text(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(text.data(), &id);
  return text;
}

Result<CommitHandle> find_commit(git_repository* repository, const std::string& commit_id) {
  QSNAP_ASSIGN(const git_oid id, parse_object_id(commit_id));
  git_commit* commit = nullptr;
  return git_commit_lookup(&commit, repository, &id) < 0 ? git_error(fmt::format("read the commit {}", commit_id))
                                                         : Result<CommitHandle>{CommitHandle{commit}};
}

Result<TreeHandle> tree_of(git_repository* repository, const std::string& commit_id) {
  QSNAP_ASSIGN(const CommitHandle commit, find_commit(repository, commit_id));
  git_tree* tree = nullptr;
  return git_commit_tree(&tree, commit.get()) < 0 ? git_error(fmt::format("read the tree of {}", commit_id))
                                                  : Result<TreeHandle>{TreeHandle{tree}};
}

Result<TreeHandle> open_subtree(git_repository* repository, const git_tree_entry& entry, const std::string& path) {
  git_tree* tree = nullptr;
  return git_tree_lookup(&tree, repository, git_tree_entry_id(&entry)) < 0
             ? git_error(fmt::format("read the folder {}", path))
             : Result<TreeHandle>{TreeHandle{tree}};
}

bool is_file(const git_tree_entry& entry) {
  const git_filemode_t mode = git_tree_entry_filemode(&entry);
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/// A walk through the entries of a tree. A hostile tree may name one folder again and again, so that a few objects are
/// more paths than anybody has memory for: entries are counted.
class TreeWalk {
 public:
  /// `visit` says whether to go into a folder; that of anything else means nothing.
  using Visitor = std::function<bool(const std::string& path, const git_tree_entry& entry, int depth)>;
  TreeWalk(git_repository* repository, Visitor visit) : m_repository(repository), m_visit(std::move(visit)) {}

  Result<void> run(const git_tree* tree, const std::string& folder, int depth = 1) {
    for (std::size_t i = 0; i < git_tree_entrycount(tree); ++i) {
      const git_tree_entry* entry = git_tree_entry_byindex(tree, i);
      if (++m_entries > k_most_entries || depth > k_most_depth) {
        return make_error(ErrorCode::limit_exceeded,
                          fmt::format("the tree of a ref has more than {} entries, or {} folders in each other",
                                      k_most_entries, k_most_depth));
      }
      const std::string path = folder.empty() ? git_tree_entry_name(entry) : folder + '/' + git_tree_entry_name(entry);
      if (m_visit(path, *entry, depth) && git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
        QSNAP_ASSIGN(const TreeHandle below, open_subtree(m_repository, *entry, path));
        QSNAP_TRY(run(below.get(), path, depth + 1));
      }
    }
    return {};
  }

 private:
  git_repository* m_repository;
  Visitor m_visit;
  std::size_t m_entries = 0;
};

/// By the folders on its path alone.
Result<TreeEntryHandle> find_entry(const git_tree* tree, const std::string& path) {
  git_tree_entry* found = nullptr;
  const int status = git_tree_entry_bypath(&found, tree, path.c_str());
  return status < 0 && status != GIT_ENOTFOUND ? git_error(fmt::format("look up {}", path))
                                               : Result<TreeEntryHandle>{TreeEntryHandle{found}};
}

Result<git_oid> write_object(git_odb* odb, const Spool& bytes) {
  git_odb_stream* raw_stream = nullptr;
  if (git_odb_open_wstream(&raw_stream, odb, bytes.size(), GIT_OBJECT_BLOB) < 0) {
    return write_error("write an object");
  }
  const OdbStreamHandle stream{raw_stream};
  for (std::uint64_t at = 0; at < bytes.size(); at += limits::k_mib) {
    QSNAP_ASSIGN(const std::string piece, bytes.read({at, std::min<std::uint64_t>(limits::k_mib, bytes.size() - at)}));
    if (git_odb_stream_write(stream.get(), piece.data(), piece.size()) < 0) {
      return write_error("write an object");
    }
  }
  git_oid id;
  return git_odb_stream_finalize_write(&id, stream.get()) < 0 ? write_error("write an object") : Result<git_oid>{id};
}

template <class Write>
auto with_attempts(const Write& write) {
  auto done = write();
  for (int attempt = 1; attempt < k_attempts && !done; ++attempt) {
    done = write();
  }
  return done;
}

/// Of a few milliseconds, different in each process, so that those who met once do not meet again.
void pause() {
  constexpr int k_least_us = 500, k_most_us = 8'000;
  thread_local std::minstd_rand generator{std::random_device{}()};
  std::this_thread::sleep_for(
      std::chrono::microseconds{std::uniform_int_distribution{k_least_us, k_most_us}(generator)});
}

/// Who the commits of git-qsnap are by: nobody's user.name is needed, and none is published.
Result<SignatureHandle> signature(Instant at) {
  git_signature* made = nullptr;
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at).time_since_epoch().count();
  return git_signature_new(&made, "git-qsnap", "git-qsnap@localhost", seconds, 0) < 0
             ? git_error("name the author of a commit")
             : Result<SignatureHandle>{SignatureHandle{made}};
}

/// Absent if the ref does not exist. A symbolic one is refused: its target would be moved.
Result<std::optional<git_oid>> ref_target(git_repository* repository, const std::string& ref) {
  git_reference* raw = nullptr;
  const int status = git_reference_lookup(&raw, repository, ref.c_str());
  const std::unique_ptr<git_reference, Deleter<git_reference_free>> reference{raw};
  if (status == GIT_ENOTFOUND) {
    return std::optional<git_oid>{};
  }
  if (status < 0) {
    return git_error(fmt::format("read {}", ref));
  }
  if (git_reference_type(reference.get()) != GIT_REFERENCE_DIRECT) {
    return make_error(ErrorCode::refused, fmt::format("{} is a symbolic ref", ref));
  }
  return std::optional{*git_reference_target(reference.get())};
}

/// One and the same lock that stays.
class LeftLockWatch {
 public:
  explicit LeftLockWatch(fs::path file) : m_file(std::move(file)) {}

  /// Removes the lock if it has been the same one for so long that nobody can be at work.
  void look() {
    struct stat status {};
    const bool there = ::lstat(m_file.c_str(), &status) == 0;
    const auto now = std::chrono::steady_clock::now();
    if (!there || status.st_ino != m_inode || status.st_mtim.tv_nsec != m_nanosecond) {
      m_inode = there ? status.st_ino : 0;
      m_nanosecond = there ? status.st_mtim.tv_nsec : 0;
      m_since = now;
    } else if (now - m_since >= k_left_lock_age) {
      ::unlink(m_file.c_str());
    }
  }

 private:
  fs::path m_file;
  ino_t m_inode = 0;
  long m_nanosecond = 0;
  std::chrono::steady_clock::time_point m_since;
};

/// With the ref locked; waits for others.
Result<TransactionHandle> lock_ref(git_repository* repository, const std::string& ref, LeftLock left_lock) {
  git_transaction* raw = nullptr;
  if (git_transaction_new(&raw, repository) < 0) {
    return git_error("begin a transaction");
  }
  TransactionHandle transaction{raw};
  const fs::path file = fs::path{git_repository_commondir(repository)} / (ref + ".lock");
  LeftLockWatch watch{file};
  const auto end = std::chrono::steady_clock::now() + k_lock_patience;
  for (int failures = 0; true;) {
    const int status = git_transaction_lock_ref(transaction.get(), ref.c_str());
    if (status == 0) {
      return transaction;
    }
    if (status != GIT_ELOCKED && ++failures == k_attempts) {
      return write_error(fmt::format("lock {}", ref));
    }
    if (status == GIT_ELOCKED && std::chrono::steady_clock::now() > end) {
      return make_error(ErrorCode::io,
                        fmt::format("{} is locked: {} has been there for 10 seconds", ref, file.native()),
                        {"another git may be at work on it: try again",
                         fmt::format("if none is, one that was killed left it: rm {}", file.native())});
    }
    if (status == GIT_ELOCKED && left_lock == LeftLock::take_over) {
      watch.look();
    }
    pause();
  }
}

/// Whether the ref was at `seen`, and so is at `target` now.
Result<bool> move_ref(git_repository* repository, const std::string& ref, const RefCommit& commit,
                      const git_oid& target) {
  QSNAP_ASSIGN(const TransactionHandle transaction, lock_ref(repository, ref, commit.left_lock));
  QSNAP_ASSIGN(const std::optional<git_oid> now, ref_target(repository, ref));
  if ((now ? std::optional{id_text(*now)} : std::nullopt) != commit.seen_tip) {
    return false;
  }
  QSNAP_ASSIGN(const SignatureHandle who, signature(commit.at));
  const bool moved =
      git_transaction_set_target(transaction.get(), ref.c_str(), &target, who.get(), commit.message.c_str()) == 0 &&
      git_transaction_commit(transaction.get()) == 0;
  return moved ? Result<bool>{true} : write_error(fmt::format("move {}", ref));
}

Result<std::vector<CommitHandle>> parents_of(git_repository* repository, const RefCommit& commit) {
  std::vector<CommitHandle> parents;
  if (commit.seen_tip && commit.parent == CommitParent::tip) {
    QSNAP_ASSIGN(CommitHandle tip, find_commit(repository, *commit.seen_tip));
    parents.push_back(std::move(tip));
  }
  if (commit.united_with) {
    QSNAP_ASSIGN(CommitHandle other, find_commit(repository, *commit.united_with));
    parents.push_back(std::move(other));
  }
  return parents;
}

Result<git_oid> write_objects(git_repository* repository, const RefCommit& commit) {
  TreeHandle base;
  if (commit.seen_tip) {
    QSNAP_ASSIGN(base, tree_of(repository, *commit.seen_tip));
  }
  QSNAP_ASSIGN(const git_oid tree_id, edited_tree(repository, base.get(), commit.edits));
  QSNAP_ASSIGN(const std::vector<CommitHandle> parents, parents_of(repository, commit));
  if (commit.united_with && git_oid_equal(git_commit_tree_id(parents.back().get()), &tree_id) != 0) {
    return *git_commit_id(parents.back().get());
  }
  git_tree* raw_tree = nullptr;
  if (git_tree_lookup(&raw_tree, repository, &tree_id) < 0) {
    return git_error("read a tree that was just written");
  }
  const TreeHandle tree{raw_tree};
  QSNAP_ASSIGN(const SignatureHandle who, signature(commit.at));
  std::vector<const git_commit*> parent_pointers;
  for (const CommitHandle& parent : parents) {
    parent_pointers.push_back(parent.get());
  }
  git_oid id;
  const int status = git_commit_create(&id, repository, nullptr, who.get(), who.get(), nullptr, commit.message.c_str(),
                                       tree.get(), parent_pointers.size(), parent_pointers.data());
  return status < 0 ? write_error("write a commit") : Result<git_oid>{id};
}

}  // namespace

Result<std::optional<std::string>> RefTree::tip() const {
  QSNAP_ASSIGN(const std::optional<git_oid> target, ref_target(m_repository->m_state->handle.get(), m_ref));
  return target ? std::optional{id_text(*target)} : std::optional<std::string>{};
}

Result<std::vector<TreeFile>> RefTree::files(const std::string& commit) const {
  git_repository* repository = m_repository->m_state->handle.get();
  QSNAP_ASSIGN(const TreeHandle tree, tree_of(repository, commit));
  std::vector<TreeFile> files;
  TreeWalk walk{repository, [&](const std::string& path, const git_tree_entry& entry, int /*depth*/) {
                  if (is_file(entry)) {
                    files.push_back({path, id_text(*git_tree_entry_id(&entry))});
                  }
                  return true;
                }};
  QSNAP_TRY(walk.run(tree.get(), {}));
  std::sort(files.begin(), files.end(), [](const TreeFile& a, const TreeFile& b) { return a.path < b.path; });
  return files;
}

Result<std::optional<std::string>> RefTree::find(const std::string& commit, const std::string& path) const {
  QSNAP_ASSIGN(const TreeHandle tree, tree_of(m_repository->m_state->handle.get(), commit));
  QSNAP_ASSIGN(const TreeEntryHandle entry, find_entry(tree.get(), path));
  return entry && is_file(*entry) ? std::optional{id_text(*git_tree_entry_id(entry.get()))}
                                  : std::optional<std::string>{};
}

Result<std::vector<std::string>> RefTree::folders(const std::string& commit, const std::string& path, int depth) const {
  git_repository* repository = m_repository->m_state->handle.get();
  QSNAP_ASSIGN(const TreeHandle tree, tree_of(repository, commit));
  QSNAP_ASSIGN(const TreeEntryHandle entry, find_entry(tree.get(), path));
  std::vector<std::string> folders;
  if (entry && git_tree_entry_type(entry.get()) == GIT_OBJECT_TREE) {
    QSNAP_ASSIGN(const TreeHandle top, open_subtree(repository, *entry, path));
    TreeWalk walk{repository, [&](const std::string& below, const git_tree_entry& found, int at_depth) {
                    if (at_depth == depth && git_tree_entry_type(&found) == GIT_OBJECT_TREE) {
                      folders.push_back(below);
                    }
                    return at_depth < depth;
                  }};
    QSNAP_TRY(walk.run(top.get(), path));
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

Result<bool> RefTree::has(const std::string& blob_id) const {
  QSNAP_ASSIGN(const git_oid id, parse_object_id(blob_id));
  QSNAP_ASSIGN(const OdbHandle odb, open_odb(m_repository->m_state->handle.get()));
  return git_odb_exists(odb.get(), &id) == 1;
}

Result<std::string> RefTree::read(const std::string& blob_id, std::size_t most_bytes) const {
  QSNAP_ASSIGN(const bool here, has(blob_id));
  if (!here) {
    return make_error(ErrorCode::not_found, fmt::format("the object {} is not in this repository", blob_id));
  }
  QSNAP_ASSIGN(const git_oid id, parse_object_id(blob_id));
  return blob_bytes(m_repository->m_state->handle.get(), id, most_bytes, fmt::format("the object {}", blob_id));
}

/// Git writes an object's size in front of it, so its bytes are counted first.
Result<std::string> RefTree::write_blob(const std::function<Result<void>(const Sink&)>& writer) const {
  QSNAP_ASSIGN(Spool spool, Spool::create());
  QSNAP_TRY(writer([&](std::string_view piece) -> Result<void> {
    QSNAP_TRY(spool.append(piece));
    return {};
  }));
  QSNAP_ASSIGN(const OdbHandle odb, open_odb(m_repository->m_state->handle.get()));
  QSNAP_ASSIGN(const git_oid id, with_attempts([&] { return write_object(odb.get(), spool); }));
  return id_text(id);
}

Result<std::string> RefTree::write_blob(std::string_view bytes) const {
  return write_blob([&](const Sink& sink) { return sink(bytes); });
}

Result<bool> RefTree::contains(const std::string& newer, const std::string& commit) const {
  QSNAP_ASSIGN(const git_oid newer_id, parse_object_id(newer));
  QSNAP_ASSIGN(const git_oid id, parse_object_id(commit));
  const int status = git_graph_descendant_of(m_repository->m_state->handle.get(), &newer_id, &id);
  return newer == commit || status == 1 ? true
         : status == 0                  ? Result<bool>{false}
                                        : git_error(fmt::format("follow the commits of {}", newer));
}

Result<bool> RefTree::same_tree(const std::string& a, const std::string& b) const {
  git_repository* repository = m_repository->m_state->handle.get();
  QSNAP_ASSIGN(const TreeHandle tree_a, tree_of(repository, a));
  QSNAP_ASSIGN(const TreeHandle tree_b, tree_of(repository, b));
  return git_oid_equal(git_tree_id(tree_a.get()), git_tree_id(tree_b.get())) != 0;
}

Result<std::string> RefTree::write_commit(const RefCommit& commit) const {
  git_repository* repository = m_repository->m_state->handle.get();
  QSNAP_ASSIGN(const git_oid id, with_attempts([&] { return write_objects(repository, commit); }));
  return id_text(id);
}

Result<std::optional<std::string>> RefTree::commit(const RefCommit& commit) const {
  QSNAP_ASSIGN(std::string id, write_commit(commit));
  QSNAP_ASSIGN(const git_oid target, parse_object_id(id));
  QSNAP_ASSIGN(const bool moved, move_ref(m_repository->m_state->handle.get(), m_ref, commit, target));
  return moved ? std::optional{std::move(id)} : std::optional<std::string>{};
}

}  // namespace qsnap::git
