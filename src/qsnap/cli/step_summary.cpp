// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <limits>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/cli/step_summary.hpp>
#include <qsnap/report/markdown_report.hpp>

namespace qsnap::cli {

namespace {

constexpr std::size_t k_most_summary_bytes = std::size_t{1024} * 1024;  // of a step; GitHub drops a longer one
constexpr std::size_t k_least_useful_bytes = 4096;

}  // namespace

Result<void> append_step_summary(const report::DiffReport& report, report::FaceOptions options) {
  const char* const file = std::getenv("GITHUB_STEP_SUMMARY");
  if (file == nullptr || *file == '\0') {
    return {};
  }
  constexpr mode_t k_mode = 0644;
  const UniqueFd fd{::open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, k_mode)};
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return file_error("open", file, errno);
  }
  const auto used = static_cast<std::size_t>(status.st_size);
  if (used + k_least_useful_bytes > k_most_summary_bytes) {
    return {};  // other commands of the step have filled it; the annotations tell the result
  }
  options.comment_bytes = k_most_summary_bytes - used;
  options.comment_characters = std::numeric_limits<std::size_t>::max();
  return report::write_short_markdown(report, options,
                                      [&](std::string_view text) { return write_all(fd, text, file); });
}

}  // namespace qsnap::cli
