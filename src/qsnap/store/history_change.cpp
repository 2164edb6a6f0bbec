// SPDX-License-Identifier: Apache-2.0
#include <chrono>

#include <fmt/format.h>

#include <qsnap/store/history.hpp>
#include <qsnap/store/history_change.hpp>
#include <qsnap/store/history_lock.hpp>

namespace qsnap::store {

Result<ChangedHistory> change_history(const git::Repository& repository, const std::string& ref, Instant at,
                                      const HistoryPlan& plan) {
  constexpr auto k_patience = std::chrono::seconds{60};
  const git::RefTree tree{repository, ref};
  QSNAP_ASSIGN(const HistoryLock lock, HistoryLock::acquire(repository.common_dir(), ref));
  const auto left_lock = lock.follows_a_killed_one() ? git::LeftLock::take_over : git::LeftLock::respect;
  const auto end = std::chrono::steady_clock::now() + k_patience;
  while (std::chrono::steady_clock::now() < end) {
    QSNAP_ASSIGN(const std::optional<std::string> tip, tree.tip());
    QSNAP_ASSIGN(HistoryChange change, plan(tip));
    if (change.edits.empty() && !change.united_with) {
      return ChangedHistory{tip, tip};
    }
    const git::RefCommit commit{.seen_tip = tip,
                                .edits = std::move(change.edits),
                                .parent = change.parent,
                                .message = std::move(change.message),
                                .at = at,
                                .left_lock = left_lock,
                                .united_with = std::move(change.united_with)};
    QSNAP_ASSIGN(std::optional<std::string> done, tree.commit(commit));
    if (done) {
      return ChangedHistory{tip, std::move(done)};
    }
  }
  return make_error(ErrorCode::io, fmt::format("somebody else moved {} again and again, for a minute", ref));
}

std::string entry_path(const std::string& folder) {
  return folder + "/entry.json";
}

std::string payload_path(const std::string& folder) {
  return fmt::format("{}/{}", folder, k_payload_file);
}

}  // namespace qsnap::store
