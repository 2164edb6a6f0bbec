// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <qsnap/contract/invariant_check.hpp>
#include <qsnap/contract/selector.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::contract {

namespace {

/// A line is a queue in a state that has an order. What is known of it is what the jobs so far say: jobs of `later`
/// break the rule when one of `earlier` comes behind them, so they are kept back until then.
class OrderCheck final : public InvariantCheck {
 public:
  OrderCheck(const config::OrderInvariant& rule, const model::PayloadReader& payloads)
      : m_earlier(rule.earlier, payloads), m_later(rule.later, payloads) {}

  void see_queue(std::string_view queue) override {
    m_earlier.see_queue(queue);
    m_later.see_queue(queue);
  }

  bool enter(const Place& place) override {
    end_line();
    m_line = {};
    m_line.place = &place;
    const bool earlier = m_earlier.enter(place), later = m_later.enter(place);
    return model::order_counts(place.state) && (earlier || later);
  }

  Result<void> see(Job& job) override {
    if (m_earlier.selects(job)) {
      m_line.broken += std::exchange(m_line.waiting, 0);
      move_examples();
      m_line.last_earlier = job.position();
      m_seen_earlier = true;
    }
    if (m_later.selects(job)) {
      ++m_line.waiting;
      m_seen_later = true;
      if (m_held_back.size() + m_examples.size() < k_most_examples) {
        m_held_back.push_back(job.words());
      }
      if (m_line.places.size() < k_most_examples) {
        m_line.places.push_back(job.position());
      }
    }
    if (m_line.last_earlier > 0 && m_line.waiting > 0) {
      m_seen_pair = true;
    }
    m_seen_pair = m_seen_pair || m_line.broken > 0;
    return {};
  }

  void conclude(Finding& finding) override {
    end_line();
    m_line = {};
    finding.holds = m_broken == 0;
    finding.breaking_jobs = m_broken;
    finding.examples = std::move(m_examples);
    if (!finding.holds) {
      finding.found =
          fmt::format("{}{} stand{} before the last {} in {}", quantity(m_broken, "job"), with_space(m_later.words()),
                      m_broken == 1 ? "s" : "", one(m_earlier.words()), m_where);
      if (m_broken_lines > 1) {
        finding.found += fmt::format(", and in {} more", quantity(m_broken_lines - 1, "line"));
      }
      return;
    }
    finding.found = "in order";
    conclude_vacuous(finding, reason());
  }

 private:
  struct Line {
    const Place* place = nullptr;
    std::uint64_t waiting = 0;  ///< jobs of `later` behind which no job of `earlier` has come yet
    std::uint64_t broken = 0;   ///< jobs of `later` behind which one has
    std::uint64_t last_earlier = 0;
    std::vector<std::uint64_t> places;  ///< of the first jobs of `later`
  };

  void move_examples() {
    std::move(m_held_back.begin(), m_held_back.end(), std::back_inserter(m_examples));
    m_held_back.clear();
  }

  void end_line() {
    m_held_back.clear();
    if (m_line.broken == 0) {
      return;
    }
    if (m_broken == 0) {
      const std::size_t told = std::min<std::size_t>(m_line.broken, m_line.places.size());
      m_line.places.resize(told);
      m_where = fmt::format("{} ({}{}, the last is {})", m_line.place->words(), fmt::join(m_line.places, ", "),
                            told < m_line.broken ? ", …" : "", m_line.last_earlier);
    }
    m_broken += m_line.broken;
    ++m_broken_lines;
  }

  [[nodiscard]] static std::string with_space(const std::string& words) {
    return words.empty() ? std::string{} : fmt::format(" {}", words);
  }
  [[nodiscard]] static std::string one(const std::string& words) {
    return words.empty() ? std::string{"job"} : fmt::format("one {}", words);
  }

  /// Why it holds although nothing was compared; empty where something was.
  [[nodiscard]] std::string reason() const {
    for (const Selector* side : {&m_earlier, &m_later}) {
      if (std::string missing = side->missing_queues(); !missing.empty()) {
        return missing;
      }
    }
    if (!m_seen_earlier || !m_seen_later) {
      const std::string words = (m_seen_earlier ? m_later : m_earlier).words();
      return fmt::format("no job{} waits in an order", with_space(words));
    }
    return m_seen_pair ? std::string{} : "no line has jobs of both";
  }

  Selector m_earlier;
  Selector m_later;
  Line m_line;
  std::vector<std::string> m_held_back;
  std::vector<std::string> m_examples;
  std::string m_where;  ///< of the first line that is broken
  std::uint64_t m_broken = 0;
  std::uint64_t m_broken_lines = 0;
  bool m_seen_earlier = false;
  bool m_seen_later = false;
  bool m_seen_pair = false;
};

}  // namespace

std::unique_ptr<InvariantCheck> make_check(const config::OrderInvariant& order, const model::PayloadReader& payloads) {
  return std::make_unique<OrderCheck>(order, payloads);
}

}  // namespace qsnap::contract
