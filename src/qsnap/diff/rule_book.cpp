// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>

#include <qsnap/diff/rule_book.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::diff {

namespace {

using config::Tolerance;

constexpr std::string_view k_counts_rule = "tolerance.counts";

std::vector<config::PathPattern> patterns_of(const config::Config& config) {
  std::vector<config::PathPattern> patterns = config.ignore;
  for (const config::ToleranceRule& rule : config.tolerances) {
    patterns.push_back(rule.path);
  }
  return patterns;
}

Subject subject_of(model::Section section) {
  switch (section) {
    case model::Section::jobs:
      return Subject::job;
    case model::Section::queues:
      return Subject::queue;
    case model::Section::workers:
      return Subject::worker;
    case model::Section::config:
      return Subject::config;
    case model::Section::keys:
      return Subject::key;
  }
  return Subject::key;
}

/// As a change names the record.
IgnoredDifference owner_of(const model::Record& record, const model::PayloadReader& payloads) {
  const auto member = [&](std::string_view name) { return plain_member(record, name, payloads); };
  const Subject subject = subject_of(record.section);
  IgnoredDifference owner;
  owner.subject = subject;
  owner.id = member(subject == Subject::queue ? "queue" : subject == Subject::key ? "key" : "id");
  owner.name = subject == Subject::key ? std::string{} : member(subject == Subject::config ? "kind" : "name");
  owner.place = {member(record.fields.contains("queue") ? "queue" : "framework"), member("state")};
  return owner;
}

std::string order_text(const config::OrderRule& rule) {
  return fmt::format("order.{}: {}", rule.queue, rule.order == config::QueueOrder::free ? "free" : "strict");
}

std::uint64_t jobs_before(const Changes& changes, const std::string& queue, const std::string& state) {
  const auto counts = changes.queues.find(queue);
  if (counts == changes.queues.end()) {
    return 0;
  }
  const auto count = counts->second.before.find(state);
  return count == counts->second.before.end() ? 0 : count->second;
}

bool is_within(const config::DurationTolerance& tolerance, std::int64_t before, std::int64_t after) {
  const double apart = std::fabs(static_cast<double>(before) - static_cast<double>(after));
  const double relative = tolerance.percent / 100 * std::fabs(static_cast<double>(before));
  return apart <= std::max(static_cast<double>(tolerance.absolute.count()), relative);
}

std::optional<std::string> text(std::optional<std::string_view> json) {
  return json ? std::optional{std::string{*json}} : std::nullopt;
}

}  // namespace

RuleBook::RuleBook(const config::Config& config, const model::PayloadReader& payloads, const CaptureTimes& captured,
                   IgnoredListing listing)
    : m_config(config),
      m_payloads(payloads),
      m_captured(captured),
      m_listing(listing),
      m_index(std::make_unique<RuleIndex>(patterns_of(config))),
      m_paths(config.ignore.size() + config.tolerances.size()),
      m_orders(config.order.size()) {}

RuleBook::Applicable RuleBook::applicable(const model::Record& record) const {
  Applicable rules;
  rules.m_rules = m_index->applicable(record, m_payloads);
  if (is_listing()) {
    rules.m_owner = owner_of(record, m_payloads);
  }
  return rules;
}

bool RuleBook::has_rules(model::Section section) const {
  return m_index->has_rules(section);
}

bool RuleBook::touches(model::Section section, std::string_view member) const {
  return m_index->touches(section, member);
}

bool RuleBook::touches(const Applicable& rules, std::string_view member) const {
  return rules.m_rules->touches(member);
}

bool RuleBook::matches(const Applicable& rules, std::string_view path) const {
  return !rules.m_rules->at(path).empty();
}

bool RuleBook::asks_for_lengths(const Applicable& rules) const {
  const RuleNumbers& numbers = rules.m_rules->rules();
  return std::any_of(numbers.begin(), numbers.end(), [&](std::uint32_t rule) {
    return rule >= m_config.ignore.size() &&
           m_config.tolerances[rule - m_config.ignore.size()].tolerance.of == Tolerance::Of::length;
  });
}

const std::string& RuleBook::text_of(std::uint32_t rule) const {
  const std::size_t ignores = m_config.ignore.size();
  return rule < ignores ? m_config.ignore[rule].text() : m_config.tolerances[rule - ignores].text;
}

bool RuleBook::drops(const Applicable& rules, const FieldChange& change, const ArrayLengths& lengths) {
  const RuleNumbers& matching = rules.m_rules->at(change.path);
  if (matching.empty()) {
    return false;
  }
  const std::uint32_t rule = matching.front();
  for (const std::uint32_t each : matching) {
    m_paths[each].matched = true;
  }
  const std::size_t ignores = m_config.ignore.size();
  if (rule >= ignores && !agrees(rule - ignores, change, lengths)) {
    return false;
  }
  ++m_paths[rule].left_out;
  list(rules.m_owner, text_of(rule), change);
  return true;
}

bool RuleBook::agrees(std::size_t tolerance, const FieldChange& change, const ArrayLengths& lengths) {
  const config::ToleranceRule& rule = m_config.tolerances[tolerance];
  const bool on_both_sides = change.before && change.after;
  switch (rule.tolerance.of) {
    case Tolerance::Of::anything:
      return true;
    case Tolerance::Of::length:
      return lengths_agree(rule, change, lengths);
    case Tolerance::Of::renumbered:
      return on_both_sides && m_renumberings[tolerance].agrees(*change.before, *change.after);
    case Tolerance::Of::number:
    case Tolerance::Of::instant:
      break;
  }
  return on_both_sides && values_agree(rule.tolerance, *change.before, *change.after, m_captured, m_payloads);
}

/// A length is that of the outermost array that the rule names on the way to the difference, or of the text that it
/// names itself.
bool RuleBook::lengths_agree(const config::ToleranceRule& rule, const FieldChange& change,
                             const ArrayLengths& lengths) {
  const Tolerance& tolerance = rule.tolerance;
  m_counts.matched = m_counts.matched || tolerance.bound == Tolerance::Bound::counts;
  const auto steps = config::parse_path(change.path);
  if (!steps) {
    return false;
  }
  const std::vector<std::size_t> nodes = rule.path.matched_nodes(*steps);
  for (const std::size_t depth : nodes) {
    const std::string_view path = std::string_view{change.path}.substr(0, depth == 0 ? 0 : (*steps)[depth - 1].end);
    if (const auto array = lengths.find(path)) {
      return diff::lengths_agree(tolerance, *array, m_config.counts);
    }
  }
  const bool names_leaf = !nodes.empty() && nodes.back() == steps->size();
  const auto text = names_leaf && change.before && change.after
                        ? text_lengths(*change.before, *change.after, m_payloads)
                        : std::nullopt;
  return text && diff::lengths_agree(tolerance, *text, m_config.counts);
}

bool RuleBook::durations_agree(std::int64_t before, std::int64_t after) const {
  return is_within(m_config.durations, before, after);
}

WaitVerdict RuleBook::compare_waits(std::optional<Wait> before, std::optional<Wait> after) const {
  if (!before || !after || before->since != after->since || before->ms == after->ms) {
    return WaitVerdict::same;
  }
  const bool is_since_capture = before->since == Wait::Since::capture;
  if (is_since_capture && before->ms - after->ms == to_ms(m_captured.after) - to_ms(m_captured.before)) {
    return WaitVerdict::same;
  }
  const config::DurationTolerance tolerance =
      is_since_capture ? m_config.due.value_or(config::DurationTolerance{}) : m_config.durations;
  return is_within(tolerance, before->ms, after->ms) ? WaitVerdict::within_tolerance : WaitVerdict::differ;
}

/// The full id beats the bare name; of several that fit alike the last one counts.
std::optional<std::uint32_t> RuleBook::order_rule(const Place& place) const {
  std::optional<std::uint32_t> found;
  for (std::uint32_t i = 0; i < m_config.order.size(); ++i) {
    if (m_config.order[i].queue == place.queue) {
      return i;
    }
    if (model::queue_matches(place.queue, m_config.order[i].queue)) {
      found = i;
    }
  }
  return found;
}

Ordering RuleBook::ordering(const Place& place) const {
  if (!model::order_counts(place.state)) {
    return Ordering::meaningless;
  }
  const auto rule = order_rule(place);
  return rule && m_config.order[*rule].order == config::QueueOrder::free ? Ordering::free : Ordering::strict;
}

void RuleBook::count(std::string_view reason) {
  const auto at =
      std::find_if(m_reasons.begin(), m_reasons.end(), [&](const Ignored& entry) { return entry.rule == reason; });
  if (at == m_reasons.end()) {
    m_reasons.push_back({std::string{reason}, 1});
  } else {
    ++at->count;
  }
}

void RuleBook::list(const IgnoredDifference& owner, std::string_view rule, FieldChange change) {
  if (is_listing() && m_list.size() < k_most_ignored) {
    IgnoredDifference& entry = m_list.emplace_back(owner);
    entry.rule = rule;
    entry.field = std::move(change);
  }
}

void RuleBook::leave_out(const Applicable& owner, std::string_view reason, FieldChange change) {
  count(reason);
  list(owner.m_owner, reason, std::move(change));
}

void RuleBook::leave_out_volatiles(const Applicable& owner, const model::Record& before, const model::Record& after) {
  count(k_ignored_volatile);
  const auto path = [](std::string_view member) { return fmt::format(".volatile.{}", member); };
  for (const model::Field& field : before.volatiles) {
    if (const auto json = after.volatiles.find(field.name); json != field.json) {
      list(owner.m_owner, k_ignored_volatile, {path(field.name), field.json, text(json)});
    }
  }
  for (const model::Field& field : after.volatiles) {
    if (!before.volatiles.contains(field.name)) {
      list(owner.m_owner, k_ignored_volatile, {path(field.name), std::nullopt, field.json});
    }
  }
}

void RuleBook::count_reordered(const Place& place) {
  if (const auto rule = order_rule(place)) {
    ++m_orders[*rule];
  }
}

void RuleBook::leave_out_reordered(const Applicable& owner, const Place& place) {
  count_reordered(place);
  if (const auto rule = order_rule(place)) {
    list(owner.m_owner, order_text(m_config.order[*rule]), {});
  }
}

/// Jobs that came or went, where they are few enough among those of their state.
void RuleBook::leave_out_counts(Changes& changes) {
  if (m_config.counts.is_zero()) {
    return;
  }
  using Key = std::pair<std::string, std::string>;
  const auto key_of = [](const Change& change) -> std::optional<Key> {
    const bool came = change.kind == ChangeKind::added, went = change.kind == ChangeKind::removed;
    if (change.subject != Subject::job || (!came && !went)) {
      return std::nullopt;
    }
    const Place& place = came ? *change.after : *change.before;
    return Key{place.queue, place.state};
  };
  std::map<Key, std::uint64_t> jobs;
  for (const Change& change : changes.list) {
    if (auto key = key_of(change)) {
      ++jobs[*std::move(key)];
    }
  }
  m_counts.matched = m_counts.matched || !jobs.empty();
  std::erase_if(jobs, [&](const auto& entry) {
    const auto& [key, count] = entry;
    return !is_within(m_config.counts, count, jobs_before(changes, key.first, key.second));
  });
  std::erase_if(changes.list, [&](const Change& change) {
    const auto key = key_of(change);
    const bool dropped = key && jobs.contains(*key);
    if (dropped) {
      ++m_counts.left_out;
      list({{}, Subject::job, change.id, change.name, {key->first, key->second}, {}}, k_counts_rule, {});
    }
    return dropped;
  });
}

void RuleBook::finish(Changes& changes) {
  leave_out_counts(changes);
  const auto settle = [&](const Account& account, std::string_view rule) {
    if (account.left_out > 0) {
      changes.ignored.push_back({std::string{rule}, account.left_out});
    } else if (!account.matched) {
      changes.unmatched_rules.emplace_back(rule);
    }
  };
  for (std::uint32_t i = 0; i < m_paths.size(); ++i) {
    settle(m_paths[i], text_of(i));
  }
  if (!m_config.counts.is_zero()) {
    settle(m_counts, k_counts_rule);
  }
  for (std::size_t i = 0; i < m_orders.size(); ++i) {
    const config::OrderRule& rule = m_config.order[i];
    const bool is_known = std::any_of(changes.queues.begin(), changes.queues.end(),
                                      [&](const auto& queue) { return model::queue_matches(queue.first, rule.queue); });
    if (rule.order == config::QueueOrder::free) {
      settle({m_orders[i], is_known}, order_text(rule));
    }
  }
  std::sort(m_reasons.begin(), m_reasons.end(), [](const Ignored& a, const Ignored& b) { return a.rule < b.rule; });
  changes.ignored.insert(changes.ignored.end(), m_reasons.begin(), m_reasons.end());
  changes.ignored_list = std::move(m_list);
}

}  // namespace qsnap::diff
