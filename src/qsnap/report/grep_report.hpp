// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/report/log_report.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `grep`. Texts are plain bytes, and hostile.
namespace qsnap::report {

/// Where a version of a snapshot stands: under a name from one commit to another, or as a dated capture.
struct GrepPlace {
  std::string name;
  std::optional<CommitView> first;       ///< of those that were looked at; absent for a dated capture
  std::optional<CommitView> gone;        ///< the commit that put another in its place; absent: none did
  std::optional<Instant> captured_at{};  ///< of a dated capture
};

/// The same bytes, wherever they stand.
struct GrepVersion {
  std::string blob;
  std::vector<GrepPlace> places;  ///< at least one
};

struct GrepEnding {
  std::uint64_t versions = 0;  ///< that have it
  std::uint64_t searched = 0;
  std::vector<SearchProblem> problems;
};

/// Takes what is found: a version, its records, the end of it; at last the end of all.
class GrepFace {
 public:
  virtual ~GrepFace() = default;
  virtual Result<void> begin(const GrepVersion& version) = 0;
  virtual Result<void> record(const FoundRecord& record) = 0;
  virtual Result<void> end(const MoreRecords& more) = 0;
  virtual Result<void> finish(const GrepEnding& ending) = 0;
};

enum class GrepDetail : std::uint8_t { records, names };

/// `out` and `style` are not owned.
[[nodiscard]] std::unique_ptr<GrepFace> grep_text(GrepDetail detail, const Style& style, const Output& out);
/// {"schema":"qsnap.grep/1",…}, schemas/v1/grep.schema.json.
[[nodiscard]] std::unique_ptr<GrepFace> grep_json(const std::string& pattern, const Output& out);

}  // namespace qsnap::report
