// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/keep.hpp>
#include <qsnap/config/path_pattern.hpp>
#include <qsnap/config/redaction.hpp>
#include <qsnap/config/scan.hpp>
#include <qsnap/config/set_rule.hpp>
#include <qsnap/config/tolerance.hpp>
#include <qsnap/config/update_mode.hpp>

namespace qsnap::config {

enum class QueueOrder { strict, free };

struct OrderRule {
  std::string queue;  ///< full id or bare name
  QueueOrder order = QueueOrder::strict;
};

/// How far apart an implied duration (due − created) may be and still be the same: the larger of the two bounds.
struct DurationTolerance {
  std::chrono::milliseconds absolute{2000};
  double percent = 5.0;
};

/// How many jobs of a state may be added or removed, and how far a length may be off: the larger of the two bounds.
struct CountTolerance {
  Decimal absolute;
  Decimal percent;  ///< of the count before

  [[nodiscard]] bool is_zero() const { return absolute.is_zero() && percent.is_zero(); }
};

/// What a comparison does not take apart leaf by leaf.
struct Sampling {
  std::uint64_t payloads_over = limits::k_mib;  ///< bytes of canonical JSON, on both sides
};

/// What a merge does where both sides changed one value to different ones.
enum class MergePolicy : std::uint8_t {
  ours,
  theirs,
  base,
  max,     ///< of numbers
  min,     ///< of numbers
  newest,  ///< the side that was captured later
  sum,     ///< of what each side added to the number
  union_,  ///< of arrays: what both kept and what each added
  concat,  ///< of arrays and texts: what ours appended, then what theirs appended
};
[[nodiscard]] std::string_view to_text(MergePolicy policy);
[[nodiscard]] std::optional<MergePolicy> parse_merge_policy(std::string_view text);
/// All words that parse_merge_policy() knows, with commas.
[[nodiscard]] std::string merge_policy_words();

struct MergeRule {
  PathPattern path;
  MergePolicy policy = MergePolicy::ours;
};

/// .queue-snapshots/config.yaml, version 1. Data only: no key holds a command, a path or a URL.
struct Config {
  struct CaptureSection {
    std::vector<std::string> prefixes;
    std::vector<std::string> queues;
    std::string consistency;  ///< auto, freeze, fork, rounds, none; empty: not said
  };
  CaptureSection capture;
  std::vector<PathPattern> ignore;
  DurationTolerance durations;
  std::optional<DurationTolerance> due;  ///< of the time from a capture to the due instant; absent: not compared
  CountTolerance counts;
  std::vector<ToleranceRule> tolerances;  ///< tolerance.fields: the first one that fits decides
  Sampling sample;
  std::vector<OrderRule> order;
  std::vector<MergeRule> merge;        ///< the first one that fits decides
  std::optional<Redaction> redaction;  ///< absent: captures keep everything
  Scan scan;
  AssertSection assertion;    ///< assert:
  std::vector<SetRule> sets;  ///< the first one that fits a branch decides
  KeepRules keep;
  HistorySection history;
  LfsSection lfs;
};

/// Reads config.yaml text. Unknown keys, wrong types, anchors, tags and merge keys are errors with the line:
/// "config.yaml:12: unknown key \"captur\"", because a rule that is silently not applied is worse than an error.
Result<Config> parse_config(std::string_view text, std::string_view file_name);

/// The commented file that `init` writes. parse_config accepts it.
[[nodiscard]] std::string_view default_config_text();

}  // namespace qsnap::config
