// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace qsnap::test {

/// A scratch Git repository in a folder of its own, removed with it. It is made and changed by the `git` program in
/// an environment that knows nothing of the machine: no system or global configuration, fixed identity and dates.
/// Throws std::runtime_error when git fails.
class TempRepo {
 public:
  enum class Kind { with_work_tree, bare };
  explicit TempRepo(Kind kind = Kind::with_work_tree);
  TempRepo(const TempRepo&) = delete;
  TempRepo& operator=(const TempRepo&) = delete;
  ~TempRepo();

  /// Canonical, so that it compares equal to what libgit2 reports.
  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
  /// Beside the repository, inside the same scratch folder, and in no repository.
  [[nodiscard]] const std::filesystem::path& outside() const { return m_scratch; }

  /// What `git <arguments>` prints, without the last newline.
  std::string git(const std::vector<std::string>& arguments) const;
  /// Makes the folders that it needs.
  void write(const std::filesystem::path& relative, std::string_view bytes) const;
  /// Everything in the work tree; returns the commit's id.
  std::string commit_all(const std::string& message) const;

 private:
  std::filesystem::path m_scratch;
  std::filesystem::path m_path;
};

}  // namespace qsnap::test
