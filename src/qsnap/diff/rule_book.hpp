// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/config/config.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

inline constexpr std::string_view k_ignored_volatile = "volatile";
inline constexpr std::string_view k_ignored_derived_keys = "derived keys";
inline constexpr std::string_view k_ignored_duration = "duration within tolerance";

/// The plain text of a record's member: of form B the bytes, of any other value its JSON. Fields win over volatiles;
/// empty when neither has it.
[[nodiscard]] std::string plain_member(const model::Record& record, std::string_view name,
                                       const model::PayloadReader& payloads);

/// Whether a rule's section and conditions fit the record.
[[nodiscard]] bool applies_to(const config::PathPattern& pattern, const model::Record& record,
                              const model::PayloadReader& payloads);

/// The rules of a comparison at work, and the account of what they left out.
class RuleBook {
 public:
  /// Both must outlive the book.
  RuleBook(const config::Config& config, const model::PayloadReader& payloads);

  /// Those ignore rules whose section and conditions fit a record. For a pair the record of the after side decides.
  using Applicable = std::vector<std::uint32_t>;
  [[nodiscard]] Applicable applicable(const model::Record& record) const;
  [[nodiscard]] bool has_rules(model::Section section) const;
  /// Whether one of them leaves the path out; does not count.
  [[nodiscard]] bool matches(const Applicable& rules, std::string_view path) const;
  /// The same for a difference that was found: counted under each rule that fits. The empty path is the whole record.
  bool drops(const Applicable& rules, std::string_view path);

  /// Whether two implied durations (milliseconds) are the same under the tolerance.
  [[nodiscard]] bool durations_agree(std::int64_t before, std::int64_t after) const;
  /// Whether the order of the jobs in a place carries meaning.
  [[nodiscard]] bool order_counts(const Place& place) const;

  void count(std::string_view reason);
  /// Puts what was ignored, and the rules that matched nothing, into the result.
  void finish(Changes& changes) const;

 private:
  const config::Config& m_config;
  const model::PayloadReader& m_payloads;
  std::vector<std::uint64_t> m_hits;  ///< one for each ignore rule
  std::vector<Ignored> m_reasons;     ///< a handful of fixed words
};

}  // namespace qsnap::diff
