// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <string>

#include <fmt/format.h>

#include <qsnap/cli/progress_bar.hpp>
#include <qsnap/cli/standard_error.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::cli {

namespace {

constexpr std::chrono::seconds k_quiet_time{1};
constexpr std::chrono::milliseconds k_redraw_every{100};

std::string line_for(const ProgressEvent& event) {
  const std::string doing = report::escape_terminal(event.doing);  // may tell what a server answered
  if (event.total == 0) {
    return fmt::format("{}: {}", doing, event.done);
  }
  constexpr std::uint64_t k_width = 30;
  const std::uint64_t filled = k_width * std::min(event.done, event.total) / event.total;
  return fmt::format("{}  [{:#<{}}{:.<{}}] {}%", doing, "", filled, "", k_width - filled,
                     100 * std::min(event.done, event.total) / event.total);
}

}  // namespace

ProgressBar::ProgressBar()
    : m_on_terminal(::isatty(STDERR_FILENO) == 1),
      m_started(std::chrono::steady_clock::now()),
      m_last_drawn(m_started) {}

ProgressBar::~ProgressBar() {
  erase();
}

void ProgressBar::show(const ProgressEvent& event) {
  const SteadyTime now = std::chrono::steady_clock::now();
  if (!m_on_terminal || now - m_started < k_quiet_time || now - m_last_drawn < k_redraw_every) {
    return;
  }
  print_to_stderr(fmt::format("\r\x1b[K{}", line_for(event)));
  m_last_drawn = now;
  m_visible = true;
}

void ProgressBar::erase() {
  if (m_visible) {
    print_to_stderr("\r\x1b[K");
    m_visible = false;
  }
}

}  // namespace qsnap::cli
