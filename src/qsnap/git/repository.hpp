// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap::git {

/// A repository, by libgit2. Knows nothing of queues. Owner validation stays on; no filter, hook or driver runs.
/// One thread.
class Repository {
 public:
  /// The repository that contains `start`; absent if there is none.
  static Result<std::optional<Repository>> discover(const std::filesystem::path& start);
  Repository(Repository&&) noexcept;
  Repository& operator=(Repository&&) noexcept;
  ~Repository();

  /// Absent for a bare repository.
  [[nodiscard]] std::optional<std::filesystem::path> work_tree() const;
  /// Of this work tree (a linked one has its own).
  [[nodiscard]] std::filesystem::path git_dir() const;
  /// What all work trees share; without linked ones the same.
  [[nodiscard]] std::filesystem::path common_dir() const;
  /// The blob at a path in a revision ("HEAD", "main~2", a commit id). Absent if the revision has no such path;
  /// not_found if there is no such revision.
  Result<std::optional<std::string>> read_blob(std::string_view revision, std::string_view path) const;

 private:
  friend class Branches;
  friend class RefTree;
  struct State;
  explicit Repository(std::unique_ptr<State> state);
  std::unique_ptr<State> m_state;
};

}  // namespace qsnap::git
