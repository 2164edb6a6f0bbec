// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/frameworks/check_state.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::frameworks {

/// Jobs that are active although no worker can still hold them: their lease had run out at the capture, or (of Bull and
/// BullMQ) their lock is not there. Memory: a few bytes for each active job.
class HeldChecker {
 public:
  explicit HeldChecker(Instant captured_at) : m_captured_at_ms(to_ms(captured_at)) {}

  /// What is found at once.
  [[nodiscard]] std::optional<Finding> read_job(const model::Record& job);
  /// After the jobs: verbatim keys, some of which are locks.
  void read_key(const model::Record& key);
  [[nodiscard]] bool wants_keys() const { return !m_unlocked.empty(); }
  [[nodiscard]] std::vector<Finding> finish() const;

 private:
  std::int64_t m_captured_at_ms;
  struct Job {
    std::string queue, id;
  };
  std::map<std::string, Job> m_unlocked;  ///< by the key of the lock that was not seen
};

}  // namespace qsnap::frameworks
