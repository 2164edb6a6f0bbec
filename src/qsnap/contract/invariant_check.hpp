// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/config/contract.hpp>
#include <qsnap/contract/check_contract.hpp>
#include <qsnap/contract/job.hpp>

/// One invariant while the jobs of a state go by in document order. Internal to contract.
namespace qsnap::contract {

/// How many values all `unique` of a check may remember together.
struct ValueBudget {
  std::uint64_t left = 1U << 24U;
};

class InvariantCheck {
 public:
  virtual ~InvariantCheck() = default;

  /// Each queue that is there, before the first job.
  virtual void see_queue(std::string_view queue) = 0;
  /// Jobs of this place come next; it stays until the next call. False: none of them matters.
  virtual bool enter(const Place& place) = 0;
  /// A job of that place, in order.
  virtual Result<void> see(Job& job) = 0;
  /// All jobs were seen: what holds, and in which words.
  virtual void conclude(Finding& finding) = 0;
};

/// All three must outlive it.
[[nodiscard]] std::unique_ptr<InvariantCheck> make_check(const config::Invariant& invariant,
                                                         const model::PayloadReader& payloads, ValueBudget& budget);

[[nodiscard]] std::unique_ptr<InvariantCheck> make_check(const config::CountInvariant& count,
                                                         const model::PayloadReader& payloads);
[[nodiscard]] std::unique_ptr<InvariantCheck> make_check(const config::EachInvariant& each,
                                                         const model::PayloadReader& payloads);
[[nodiscard]] std::unique_ptr<InvariantCheck> make_check(const config::OrderInvariant& order,
                                                         const model::PayloadReader& payloads);
[[nodiscard]] std::unique_ptr<InvariantCheck> make_check(const config::UniqueInvariant& unique,
                                                         const model::PayloadReader& payloads, ValueBudget& budget);

/// How many examples a finding has at the most.
inline constexpr std::size_t k_most_examples = 5;

/// Remembers the jobs that break an invariant: the first ones in words, all of them by number.
class Breakers {
 public:
  /// `words` is called for the first ones only.
  template <class Words>
  void add(const Words& words) {
    ++m_count;
    if (m_examples.size() < k_most_examples) {
      m_examples.push_back(words());
    }
  }
  [[nodiscard]] std::uint64_t count() const { return m_count; }
  [[nodiscard]] std::vector<std::string> take_examples() { return std::move(m_examples); }

 private:
  std::uint64_t m_count = 0;
  std::vector<std::string> m_examples;
};

/// "expected at most 3"'s last words: "at least 1 and at most 3", "3".
[[nodiscard]] std::string bounds_words(const config::Bounds& bounds);
[[nodiscard]] bool is_within(const config::Bounds& bounds, const Decimal& value);

/// For what holds, but says little: `why` is "no queue mial", or empty where there is nothing to tell.
void conclude_vacuous(Finding& finding, std::string_view why);

}  // namespace qsnap::contract
