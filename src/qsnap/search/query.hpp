// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/search/excerpt.hpp>
#include <qsnap/search/record_lines.hpp>
#include <qsnap/search/words.hpp>

/// What is searched for: docs/search.md, "Words".
namespace qsnap::search {

/// Where a term has to be found. `any`: anywhere in a record.
enum class TermField : std::uint8_t { any, queue, state, name, error, id };

struct Term {
  TermField field = TermField::any;
  std::string text;   ///< in small letters (ASCII's), without the '*'
  bool open = false;  ///< it ended with '*': what comes behind may go on
};

struct Query {
  std::vector<Term> terms;          ///< a record has to have them all
  std::vector<std::string> tags;    ///< a snapshot has to have them all
  std::vector<std::string> places;  ///< and to be in one of these: history, test-cases, baselines, or a set

  /// Whether names, descriptions and tags can be what was searched for: no term is about a job.
  [[nodiscard]] bool is_about_snapshots() const;
};

/// `words` as they stand on the command line, one a term: an argument with spaces is a phrase. Errors with `usage` for
/// no words, and for a field without a value.
Result<Query> parse_query(const std::vector<std::string>& words);

/// What the filter of a chunk has to have, if one of its records has all terms.
[[nodiscard]] std::vector<WordHash> hashes_of(const Query& query);

/// Where a term first stands in a text, whole words only. Absent where it does not.
[[nodiscard]] std::optional<Mark> find_term(std::string_view text, const Term& term);

/// The line of a record that a term was found in.
struct Hit {
  std::string path;  ///< "payload.items[2].price"
  Excerpt excerpt;   ///< without a mark where the path has what was searched for
};

/// Absent where the record has not all terms. What was found in queue and state alone is no line: those are told
/// anyway, so there may be no hits.
Result<std::optional<std::vector<Hit>>> match_record(const Query& query, const model::Record& record,
                                                     const MemberReader& reader);

}  // namespace qsnap::search
