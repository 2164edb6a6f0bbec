// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/git/repository.hpp>

/// A ref outside of branches whose newest commit's tree is a small database: files by path. Many processes may change
/// it at once: whoever commits says which state he has seen, and begins again if it is another one by now.
namespace qsnap::git {

/// A file to put, or, without a blob, to take away.
struct TreeEdit {
  std::string path;                    ///< "2026-11/21/…/dated-state.qsnap"
  std::optional<std::string> blob_id;  ///< hexadecimal, of a blob that is there
};

struct TreeFile {
  std::string path;
  std::string blob_id;
};

/// What a commit begins with.
enum class CommitParent : std::uint8_t {
  tip,   ///< the state that was seen: the ref's log goes on
  none,  ///< nothing: what the tree does not have any more can be swept
};

/// What to think of a lock of the ref that stays while others wait.
enum class LeftLock : std::uint8_t {
  respect,    ///< somebody may be at work
  take_over,  ///< the caller knows that a process that was killed left one: what does not change is it
};

struct RefCommit {
  std::optional<std::string> seen_tip;  ///< commit id; absent: the ref did not exist
  std::vector<TreeEdit> edits;          ///< to the tree of the seen tip
  CommitParent parent = CommitParent::tip;
  std::string message;
  Instant at;
  LeftLock left_lock = LeftLock::respect;
  /// A second parent, of which all that stays is in the tree. A tree that comes out as that commit's own needs no
  /// commit: the ref moves to it.
  std::optional<std::string> united_with = std::nullopt;
};

/// One ref, of one repository, which has to outlive it. Everything that is written is synced before the ref moves
/// (GIT_OPT_ENABLE_FSYNC_GITDIR). One thread; any number of processes.
class RefTree {
 public:
  RefTree(const Repository& repository, std::string ref) : m_repository(&repository), m_ref(std::move(ref)) {}

  [[nodiscard]] const std::string& ref() const { return m_ref; }
  /// The commit that the ref is at; absent if there is none.
  [[nodiscard]] Result<std::optional<std::string>> tip() const;
  /// Every regular file of a commit's tree, sorted by path. `commit` may be any commit that is here. Errors with
  /// limit_exceeded for a tree that is larger than any of ours, and so does folders().
  [[nodiscard]] Result<std::vector<TreeFile>> files(const std::string& commit) const;
  /// The blob of one file, by the folders on its path alone. Absent if there is none.
  [[nodiscard]] Result<std::optional<std::string>> find(const std::string& commit, const std::string& path) const;
  /// The paths of folders that lie `depth` folders deep below `path`, sorted; what is in them is not looked at.
  [[nodiscard]] Result<std::vector<std::string>> folders(const std::string& commit, const std::string& path,
                                                         int depth) const;
  /// Whether a blob is in this repository (in a partial clone, or for an id that came from elsewhere, it may not be).
  [[nodiscard]] Result<bool> has(const std::string& blob_id) const;
  /// The blob's bytes. Errors with not_found, and limit_exceeded above `most_bytes`.
  [[nodiscard]] Result<std::string> read(const std::string& blob_id, std::size_t most_bytes) const;

  using Sink = std::function<Result<void>(std::string_view piece)>;
  /// Writes a blob of any size in bounded memory, and answers its id: `writer` is called once, with what takes pieces.
  Result<std::string> write_blob(const std::function<Result<void>(const Sink&)>& writer) const;
  Result<std::string> write_blob(std::string_view bytes) const;

  /// Whether all of `commit` has gone into `newer`, a commit that came of it.
  [[nodiscard]] Result<bool> contains(const std::string& newer, const std::string& commit) const;
  /// Whether two commits have the same tree.
  [[nodiscard]] Result<bool> same_tree(const std::string& a, const std::string& b) const;

  /// Writes the commit and moves no ref. What nobody refers to stays for as long as git's grace does.
  Result<std::string> write_commit(const RefCommit& commit) const;
  /// The commit that the ref is at now; absent if somebody moved it since `seen_tip`, and nothing has happened. Waits
  /// ten seconds for a lock of the ref; then it is an error that names the file.
  Result<std::optional<std::string>> commit(const RefCommit& commit) const;

 private:
  const Repository* m_repository;
  std::string m_ref;
};

}  // namespace qsnap::git
