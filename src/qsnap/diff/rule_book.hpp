// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/config/config.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/compare.hpp>
#include <qsnap/diff/renumbering.hpp>
#include <qsnap/diff/rule_index.hpp>
#include <qsnap/diff/tolerance.hpp>
#include <qsnap/diff/wait.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

inline constexpr std::string_view k_ignored_volatile = "volatile";
inline constexpr std::string_view k_ignored_derived_keys = "derived keys";
inline constexpr std::string_view k_ignored_duration = "duration within tolerance";

/// Whether that is why something was left out, and no rule of the user's.
[[nodiscard]] constexpr bool is_default_reason(std::string_view reason) {
  return reason == k_ignored_volatile || reason == k_ignored_derived_keys || reason == k_ignored_duration;
}

/// What the order of the jobs in a place is.
enum class Ordering : std::uint8_t {
  strict,
  free,         ///< a rule says that it does not matter
  meaningless,  ///< of a state that has none
};

enum class WaitVerdict : std::uint8_t {
  same,  ///< or nothing to compare
  within_tolerance,
  differ,
};

/// The rules of a comparison at work, and the account of what they left out. One thread.
class RuleBook {
 public:
  /// `config` and `payloads` must outlive the book.
  RuleBook(const config::Config& config, const model::PayloadReader& payloads, const CaptureTimes& captured = {},
           IgnoredListing listing = IgnoredListing::counted);

  /// The rules whose section and conditions fit a record, and whose record it is. For a pair the record of the after
  /// side decides.
  class Applicable {
   public:
    [[nodiscard]] bool empty() const { return m_rules->empty(); }

   private:
    friend class RuleBook;
    std::shared_ptr<RuleSet> m_rules;
    IgnoredDifference m_owner;  ///< without rule and field; empty unless what is ignored is listed
  };
  [[nodiscard]] Applicable applicable(const model::Record& record) const;
  [[nodiscard]] bool has_rules(model::Section section) const;
  /// Whether a rule may speak of this member of some record of the section, or of what is in it.
  [[nodiscard]] bool touches(model::Section section, std::string_view member) const;
  /// The same of this very record.
  [[nodiscard]] bool touches(const Applicable& rules, std::string_view member) const;
  /// Whether one of them may leave a difference at the path out. Does not count.
  [[nodiscard]] bool matches(const Applicable& rules, std::string_view path) const;
  /// Whether one of them is about lengths, so that drops() wants to know those of arrays.
  [[nodiscard]] bool asks_for_lengths(const Applicable& rules) const;
  /// Whether a difference that was found is left out: counted under the rule that decides, which is the first ignore
  /// rule that fits, or else the first tolerance. The empty path is the whole record.
  bool drops(const Applicable& rules, const FieldChange& change, const ArrayLengths& lengths = {});
  bool drops(const Applicable& rules, std::string_view path) {
    return drops(rules, FieldChange{std::string{path}, {}, {}});
  }

  /// Whether two implied durations (milliseconds) are the same under the tolerance.
  [[nodiscard]] bool durations_agree(std::int64_t before, std::int64_t after) const;
  /// Waits since the capture agree also where both end in the same instant.
  [[nodiscard]] WaitVerdict compare_waits(std::optional<Wait> before, std::optional<Wait> after) const;
  /// When both sides were captured, if waits since then are to be compared.
  [[nodiscard]] std::optional<CaptureTimes> waits_since() const {
    return m_config.due ? std::optional{m_captured} : std::nullopt;
  }
  /// Whether the order of the jobs in a place carries meaning.
  [[nodiscard]] bool order_counts(const Place& place) const { return ordering(place) == Ordering::strict; }
  [[nodiscard]] Ordering ordering(const Place& place) const;
  /// Payloads of more bytes are not taken apart.
  [[nodiscard]] std::uint64_t sampled_over() const { return m_config.sample.payloads_over; }

  [[nodiscard]] bool is_listing() const { return m_listing == IgnoredListing::listed; }
  void count(std::string_view reason);
  /// Counts a difference that a default leaves out, and lists it.
  void leave_out(const Applicable& owner, std::string_view reason, FieldChange change);
  /// Counts a pair that differs in nothing but what is volatile, and lists which members do.
  void leave_out_volatiles(const Applicable& owner, const model::Record& before, const model::Record& after);
  /// Counts a job that stands elsewhere in a queue whose order is free.
  void count_reordered(const Place& place);
  void leave_out_reordered(const Applicable& owner, const Place& place);

  /// Takes out what the tolerance of counts leaves out, and puts in what was ignored and the rules that matched
  /// nothing.
  /// An order rule matches its queue, all others differences.
  void finish(Changes& changes);

 private:
  /// What became of a rule.
  struct Account {
    std::uint64_t left_out = 0;
    bool matched = false;  ///< a difference, whether it was left out or not
  };

  [[nodiscard]] const std::string& text_of(std::uint32_t rule) const;
  /// `tolerance` is its number.
  bool agrees(std::size_t tolerance, const FieldChange& change, const ArrayLengths& lengths);
  bool lengths_agree(const config::ToleranceRule& rule, const FieldChange& change, const ArrayLengths& lengths);
  [[nodiscard]] std::optional<std::uint32_t> order_rule(const Place& place) const;
  void list(const IgnoredDifference& owner, std::string_view rule, FieldChange change);
  void leave_out_counts(Changes& changes);

  const config::Config& m_config;
  const model::PayloadReader& m_payloads;
  CaptureTimes m_captured;
  IgnoredListing m_listing;
  std::unique_ptr<RuleIndex> m_index;                 ///< remembers what it found, also for who only asks
  std::vector<Account> m_paths;                       ///< one for each ignore rule, then one for each tolerance
  std::map<std::size_t, Renumbering> m_renumberings;  ///< by the numbers of their tolerances
  std::vector<std::uint64_t> m_orders;                ///< how much each order rule left out
  Account m_counts;
  std::vector<Ignored> m_reasons;  ///< a handful of fixed words
  std::vector<IgnoredDifference> m_list;
};

}  // namespace qsnap::diff
