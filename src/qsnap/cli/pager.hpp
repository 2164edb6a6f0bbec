// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/process.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

namespace qsnap::cli {

/// What shows a long report page by page: GIT_PAGER, core.pager of the user's own configuration (never that of a
/// repository: law 6), PAGER, else less. Empty: none is wanted ("", "cat").
[[nodiscard]] std::string pager_command();

/// A pager that is running on our terminal. The destructor waits until the user has left it.
class Pager {
 public:
  /// Absent if it cannot be started. REQUIRES: a command that is not empty
  static std::optional<Pager> start(const std::string& command);

  Pager(Pager&& other) noexcept = default;
  Pager& operator=(Pager&&) = delete;
  ~Pager();

  /// Errors with `io`; when the user has left it, too: see has_quit().
  Result<void> write(std::string_view text);
  /// Whether the user left before the end, which is no failure.
  [[nodiscard]] bool has_quit() const { return m_has_quit; }

 private:
  Pager(Process process, UniqueFd input) : m_process(std::move(process)), m_input(std::move(input)) {}

  Process m_process;
  UniqueFd m_input;
  bool m_has_quit = false;
};

}  // namespace qsnap::cli
