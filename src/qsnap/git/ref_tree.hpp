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
  std::string path;                    ///< "2026-11/21/…/state.qsnap"
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

struct RefCommit {
  std::optional<std::string> seen_tip;  ///< commit id; absent: the ref did not exist
  std::vector<TreeEdit> edits;          ///< to the tree of the seen tip
  CommitParent parent = CommitParent::tip;
  std::string message;
  Instant at;
};

/// One ref, of one repository, which has to outlive it. Everything that is written is synced before the ref moves
/// (GIT_OPT_ENABLE_FSYNC_GITDIR). One thread; any number of processes.
class RefTree {
 public:
  RefTree(const Repository& repository, std::string ref) : m_repository(&repository), m_ref(std::move(ref)) {}

  [[nodiscard]] const std::string& ref() const { return m_ref; }
  /// The commit that the ref is at; absent if there is none.
  [[nodiscard]] Result<std::optional<std::string>> tip() const;
  /// Every file of a commit's tree, sorted by path.
  [[nodiscard]] Result<std::vector<TreeFile>> files(const std::string& commit) const;
  /// The blob's bytes. Errors with not_found, and limit_exceeded above `most_bytes`.
  [[nodiscard]] Result<std::string> read(const std::string& blob_id, std::size_t most_bytes) const;

  /// Hands out pieces of what is to be written; false at the end.
  using Source = std::function<Result<bool>(std::string& piece)>;
  /// Writes a blob of any size in bounded memory, and answers its id.
  Result<std::string> write_blob(const Source& source) const;
  Result<std::string> write_blob(std::string_view bytes) const;

  /// The commit that the ref is at now; absent if somebody moved it since `seen_tip`, and nothing has happened.
  Result<std::optional<std::string>> commit(const RefCommit& commit) const;

 private:
  const Repository* m_repository;
  std::string m_ref;
};

}  // namespace qsnap::git
