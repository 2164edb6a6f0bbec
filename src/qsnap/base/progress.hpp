// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string_view>

#include <qsnap/base/result.hpp>

namespace qsnap {

/// One step of something long: "reading keys" 1200 of 10000. total 0 = not known.
struct ProgressEvent {
  std::string_view doing;
  std::uint64_t done = 0;
  std::uint64_t total = 0;
};

/// What a use case may tell and be told while it works: progress upwards, cancellation downwards. Cheap to copy.
class Progress {
 public:
  using Listener = std::function<void(const ProgressEvent&)>;

  Progress() = default;
  Progress(Listener listener, const std::atomic<bool>* cancelled)
      : m_listener(std::move(listener)), m_cancelled(cancelled) {}

  void report(std::string_view doing, std::uint64_t done, std::uint64_t total) const {
    if (m_listener) {
      m_listener({doing, done, total});
    }
  }
  /// Errors with `cancelled` once the user asked to stop; call it between batches and after an interrupted wait.
  Result<void> check() const {
    if (m_cancelled != nullptr && m_cancelled->load(std::memory_order_relaxed)) {
      return make_error(ErrorCode::cancelled, "interrupted");
    }
    return {};
  }

 private:
  Listener m_listener;
  const std::atomic<bool>* m_cancelled = nullptr;  ///< not owned; outlives every use case (set by the signal handler)
};

}  // namespace qsnap
