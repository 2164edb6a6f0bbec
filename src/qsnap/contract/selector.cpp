// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/glob.hpp>
#include <qsnap/contract/selector.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/model/state_words.hpp>

namespace qsnap::contract {

namespace {

constexpr std::size_t k_most_names = 1024;
constexpr std::size_t k_remembered_bytes = 256;  // of a name

bool queue_fits(std::string_view queue, const std::string& wanted) {
  if (!is_glob(wanted)) {
    return model::queue_matches(queue, wanted);
  }
  const auto id = model::QueueId::parse(queue);
  return glob_matches(wanted, queue) || (id && glob_matches(wanted, id->name));
}

/// "mail", "mail or sms", "mail, sms or 3 more"
std::string either(const std::vector<std::string>& words) {
  constexpr std::size_t k_most = 3;
  if (words.size() > k_most) {
    return fmt::format("{}, {} or {} more", shown(words[0]), shown(words[1]), words.size() - 2);
  }
  std::string text = shown(words.front());
  for (std::size_t i = 1; i < words.size(); ++i) {
    text += fmt::format("{}{}", i + 1 == words.size() ? " or " : ", ", shown(words[i]));
  }
  return text;
}

}  // namespace

Selector::Selector(const config::JobSelection& selection, const model::PayloadReader& payloads)
    : m_selection(selection), m_payloads(payloads), m_seen_queues(selection.queues.size(), false) {}

void Selector::see_queue(std::string_view queue) {
  for (std::size_t i = 0; i < m_seen_queues.size(); ++i) {
    m_seen_queues[i] = m_seen_queues[i] || queue_fits(queue, m_selection.queues[i]);
  }
}

bool Selector::enter(const Place& place) {
  const auto is_queue = [&](const std::string& wanted) { return queue_fits(place.queue, wanted); };
  const auto is_state = [&](const std::string& wanted) {
    return model::state_matches(place.framework(), place.state, wanted);
  };
  const auto any_of = [](const std::vector<std::string>& words, const auto& fits) {
    return words.empty() || std::any_of(words.begin(), words.end(), fits);
  };
  m_here = any_of(m_selection.queues, is_queue) && any_of(m_selection.states, is_state);
  return m_here;
}

bool Selector::selects(const Job& job) {
  if (!m_here || m_selection.names.empty()) {
    return m_here;
  }
  const auto json = job.name_json();
  if (!json) {
    return false;
  }
  const std::string key{*json};
  if (const auto known = m_names.find(key); known != m_names.end()) {
    return known->second;
  }
  const auto bytes = m_payloads.bytes(*json);
  const std::string& name = bytes ? *bytes : key;
  const bool fits = std::any_of(m_selection.names.begin(), m_selection.names.end(),
                                [&](const std::string& wanted) { return glob_matches(wanted, name); });
  if (m_names.size() < k_most_names && key.size() <= k_remembered_bytes) {
    m_names.emplace(key, fits);
  }
  return fits;
}

std::string Selector::missing_queues() const {
  std::vector<std::string> missing;
  for (std::size_t i = 0; i < m_seen_queues.size(); ++i) {
    if (!m_seen_queues[i]) {
      missing.push_back(m_selection.queues[i]);
    }
  }
  return missing.empty() ? std::string{} : fmt::format("no queue {}", either(missing));
}

std::string Selector::words() const {
  std::string text;
  if (!m_selection.names.empty()) {
    text += fmt::format("named {}", either(m_selection.names));
  }
  if (!m_selection.queues.empty()) {
    text += fmt::format("{}in {}", text.empty() ? "" : " ", either(m_selection.queues));
  }
  if (!m_selection.states.empty()) {
    text += fmt::format("{}{}", text.empty() ? "" : ", ", either(m_selection.states));
  }
  return text;
}

}  // namespace qsnap::contract
