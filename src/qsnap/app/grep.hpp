// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/grep_report.hpp>

namespace qsnap::app {

enum class GrepPattern : std::uint8_t { expression, fixed };
enum class GrepCase : std::uint8_t { sensitive, ignored };
enum class GrepCaptures : std::uint8_t { left_out, searched };
enum class GrepExtent : std::uint8_t { first, all };

struct GrepRequest {
  std::string pattern;
  GrepPattern kind = GrepPattern::expression;
  GrepCase letters = GrepCase::sensitive;
  std::vector<std::string> revisions;  ///< and ranges A..B, A...B
  /// Dated captures. Without them and without revisions, both are searched: those, and all that HEAD has behind it.
  GrepCaptures captures = GrepCaptures::left_out;
  std::optional<std::string> queue;  ///< with one of these, only jobs are looked at
  std::optional<std::string> state;
  GrepExtent extent = GrepExtent::first;  ///< a few records of each version, or all
  std::size_t threads = 1;
};

/// Looks for records that match in all versions of all snapshots, the newest first; each content once, wherever it
/// stands. A line of a record is "payload.items[2].price: 12", decoded as `show` prints it. Answers how many versions
/// have it. What cannot be read is told at the end. Errors with `usage` for a pattern that is none or takes too
/// long, with `not_found` for a revision that is none.
Result<std::uint64_t> grep(const std::filesystem::path& folder, const GrepRequest& request, report::GrepFace& face,
                           const Progress& progress);

}  // namespace qsnap::app
