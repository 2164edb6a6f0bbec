// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <future>
#include <optional>
#include <thread>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::redis {

using SteadyTime = std::chrono::steady_clock::time_point;

/// The answer of a call that blocks for as long as it likes; absent when it has none at the deadline. The call runs on
/// a thread of its own, which is abandoned then: `call` may touch nothing but what it owns.
template <class T>
Result<std::optional<T>> call_until(SteadyTime deadline, const Progress& progress, std::function<T()> call) {
  constexpr std::chrono::milliseconds k_slice{100};  // cancellation is looked at this often
  std::packaged_task<T()> task{std::move(call)};
  std::future<T> answer = task.get_future();
  std::thread{std::move(task)}.detach();
  while (answer.wait_until(std::min(deadline, std::chrono::steady_clock::now() + k_slice)) !=
         std::future_status::ready) {
    QSNAP_TRY(progress.check());
    if (std::chrono::steady_clock::now() >= deadline) {
      return std::optional<T>{};
    }
  }
  return std::optional{answer.get()};
}

}  // namespace qsnap::redis
