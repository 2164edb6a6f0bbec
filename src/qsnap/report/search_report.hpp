// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/report/output.hpp>
#include <qsnap/report/style.hpp>

/// The faces of `search`. What was found goes out as soon as it was found. Texts are plain bytes, and hostile.
namespace qsnap::report {

/// A piece of a member or of a description with what was searched for.
struct FoundText {
  std::string where;  ///< "payload.items[2].price", "description"
  std::string text;
  struct Mark {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::vector<Mark> marks;  ///< in the text; sorted, none overlaps another
  bool cut_front = false;   ///< there is more of it
  bool cut_end = false;
};

/// A record that was found.
struct FoundRecord {
  std::string section;  ///< "jobs"
  std::string queue, state, id, name;
  std::vector<FoundText> texts;  ///< none where the queue and the state are what was searched for
};

/// A snapshot, before its records.
struct FoundSnapshot {
  std::string name;
  std::string set;  ///< empty: the default one
  Instant captured_at;
  std::vector<std::string> tags;
  bool in_conflict = false;
  std::vector<FoundText> about;  ///< names, descriptions, tags and albums that were found
};

/// How many more records of a snapshot have it.
struct MoreRecords {
  std::uint64_t count = 0;
  bool at_least = false;  ///< not all were looked at
};

struct SearchProblem {
  std::string name;
  std::string problem;
};

struct SearchEnding {
  std::uint64_t snapshots = 0;       ///< that were told of
  std::uint64_t searched = 0;        ///< how many there are
  std::uint64_t more_snapshots = 0;  ///< may have it, and were not looked at
  std::vector<SearchProblem> problems;
};

/// Takes what is found, in this order: a snapshot, its records, the end of it; at last the end of all.
class SearchFace {
 public:
  virtual ~SearchFace() = default;
  virtual Result<void> begin(const FoundSnapshot& snapshot) = 0;
  virtual Result<void> record(const FoundRecord& record) = 0;
  virtual Result<void> end(const MoreRecords& more) = 0;
  virtual Result<void> finish(const SearchEnding& ending) = 0;
};

/// `out` and `style` are not owned.
[[nodiscard]] std::unique_ptr<SearchFace> search_text(const Style& style, const Output& out);
/// {"schema":"qsnap.search/1",…}, schemas/v1/search.schema.json.
[[nodiscard]] std::unique_ptr<SearchFace> search_json(const std::vector<std::string>& words, const Output& out);

}  // namespace qsnap::report
