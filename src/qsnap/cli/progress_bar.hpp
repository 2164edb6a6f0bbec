// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include <qsnap/base/progress.hpp>

namespace qsnap::cli {

/// One line on standard error for work that lasts longer than a second, on a terminal only; erased at the end.
class ProgressBar {
 public:
  ProgressBar();
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;
  ~ProgressBar();

  void show(const ProgressEvent& event);
  void erase();

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  bool m_on_terminal;
  bool m_visible = false;
  SteadyTime m_started;
  SteadyTime m_last_drawn;
};

}  // namespace qsnap::cli
