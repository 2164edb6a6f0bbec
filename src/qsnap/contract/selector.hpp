// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <qsnap/config/contract.hpp>
#include <qsnap/contract/job.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::contract {

/// A selection at work. What depends on the place alone is asked once for each place. Internal to contract.
class Selector {
 public:
  /// Both must outlive it.
  Selector(const config::JobSelection& selection, const model::PayloadReader& payloads);

  /// Each queue of the state, also one without jobs.
  void see_queue(std::string_view queue);
  /// Jobs of this place come next. Whether any of them may be selected.
  bool enter(const Place& place);
  [[nodiscard]] bool selects(const Job& job);

  /// Queues that were asked for and are not there: "no queue mial". Empty: all are.
  [[nodiscard]] std::string missing_queues() const;
  /// "jobs named email in mail, failed"
  [[nodiscard]] std::string words() const;

 private:
  const config::JobSelection& m_selection;
  const model::PayloadReader& m_payloads;
  std::vector<bool> m_seen_queues;
  bool m_here = false;
  std::unordered_map<std::string, bool> m_names;  ///< by their JSON; most states have a handful
};

}  // namespace qsnap::contract
