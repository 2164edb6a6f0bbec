// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::frameworks::layout {

/// What a load's policy changes in the records of any layout: told by StateSpec::active, requeue_to and paused_to, the
/// sides of active states, and the queue value whose flag is "paused".
class LayoutPolicy {
 public:
  explicit LayoutPolicy(std::shared_ptr<const Layout> layout) : m_layout(std::move(layout)) {}

  [[nodiscard]] bool is_active(std::string_view state) const;
  [[nodiscard]] bool can_pause() const;
  /// See Rebuild::fit_queue.
  Result<void> fit_queue(const model::Record& target_queue, model::Record& job) const;
  /// Of queues and jobs, in document order.
  Result<void> follow(const LoadPolicy& policy, model::Record& record);

 private:
  void follow_queue(const LoadPolicy& policy, model::Record& queue);
  /// The active line that a job of this state is of; null for none.
  [[nodiscard]] const StateSpec* active_line(std::string_view state, const model::Record& job) const;
  [[nodiscard]] const StateSpec* find_line(std::string_view state) const;
  void requeue(const StateSpec& from, model::Record& job) const;
  void stall(const StateSpec& state, model::Record& job) const;

  std::shared_ptr<const Layout> m_layout;
  std::set<std::string, std::less<>> m_paused;  ///< queues, as JSON
};

}  // namespace qsnap::frameworks::layout
