// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/keep.hpp>
#include <qsnap/report/retention_report.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/retention.hpp>
#include <qsnap/store/store.hpp>

/// Which dated captures of the current set stay, and taking away the others: what prune and archive share.
namespace qsnap::app {

/// Numbers of the command line; what was not said is as in config.yaml.
struct KeepArguments {
  std::optional<std::uint32_t> last{}, hourly{}, daily{}, weekly{}, monthly{}, yearly{};
};

/// Errors with `refused` where neither says anything: then nothing may go.
Result<config::KeepRules> choose_keep_rules(const store::Store& store, const KeepArguments& arguments);

/// A capture whose file in the work tree is its only copy, because no commit has it (history: tree).
enum class UncommittedRule : std::uint8_t { keep, drop };

struct RetentionRequest {
  std::optional<std::string> series;  ///< "" is the one without a name; absent: all
  config::KeepRules rules;
  std::filesystem::path pending_folder;  ///< of what waits for a yes: what it was compared with stays
  UncommittedRule uncommitted = UncommittedRule::keep;
};

struct PlannedEntry {
  enum class Home : std::uint8_t { ref, tree } home = Home::ref;
  store::HistoryEntry entry;
  store::KeepDecision decision;
};

/// Sorted by series; of one series, the newest first. Whatever is tagged, a member of an album, or named by a pending
/// state has that among the reasons why it stays. Errors with not_found for a series that has no entry.
Result<std::vector<PlannedEntry>> plan_retention(const store::Store& store, const RetentionRequest& request);

[[nodiscard]] report::RetentionView view_of(const std::vector<PlannedEntry>& plan, const store::SetName& set,
                                            const config::KeepRules& rules, Instant now);

/// Takes away what the plan does not keep, and its files in the work tree. What came in, was tagged or came to be
/// referred to since stays. `request` is that of the plan.
Result<report::DropView> drop_planned(const store::Store& store, const std::vector<PlannedEntry>& plan,
                                      const RetentionRequest& request, Instant now);

}  // namespace qsnap::app
