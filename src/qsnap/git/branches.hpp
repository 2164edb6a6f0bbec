// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/git/repository.hpp>

/// Which branches there are, and how they came to be. Names are without "refs/heads/".
namespace qsnap::git {

struct Branch {
  std::string name;
  std::string ref;  ///< "refs/heads/x", or "refs/remotes/origin/x", whose name is "x"
};

/// Where two lines of commits parted.
struct Parting {
  std::string commit;
  std::vector<std::string> refs;  ///< that have this commit, sorted
};

/// The branches of a repository, which has to outlive this. Errors with `git`.
class Branches {
 public:
  explicit Branches(const Repository& repository) : m_repository(&repository) {}

  /// What HEAD of this work tree says, whether that branch has a commit or not; absent for a detached HEAD.
  [[nodiscard]] Result<std::optional<std::string>> checked_out() const;
  /// Which branch a rebase is moving in this work tree; absent when none is.
  [[nodiscard]] Result<std::optional<std::string>> being_rebased() const;
  /// Local ones, and those that remotes were seen to have, sorted by name, the local one first.
  [[nodiscard]] Result<std::vector<Branch>> list() const;
  /// What the branch was called before, if the log of its ref knows; the last name first.
  [[nodiscard]] Result<std::vector<std::string>> earlier_names(std::string_view branch) const;
  /// Which branch a remote begins with: refs/remotes/origin/HEAD; the name alone. Absent where no remote said.
  [[nodiscard]] Result<std::optional<std::string>> remote_default() const;
  /// The newest commit that `tip` shares with any of `refs`, which exist; absent when it shares none (a shallow clone
  /// does not know). A few runs of git, over what is on one side alone.
  [[nodiscard]] Result<std::optional<Parting>> last_parting(const std::string& tip,
                                                            const std::vector<std::string>& refs) const;

 private:
  const Repository* m_repository;
};

}  // namespace qsnap::git
