// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/merge_survey.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>

namespace qsnap::app {

namespace {

using model::KeyWrite;
using model::LoadStage;
using model::RedisType;
using Existing = KeyWrite::Existing;

constexpr std::size_t k_window = 1000;
constexpr std::size_t k_window_bytes = limits::k_mib;
/// How many of the keys that are in the way are named.
constexpr std::size_t k_named = 3;

/// The bulk strings of an array, absent where there is none of that name.
std::vector<std::optional<std::string_view>> elements_of(const redis::Reply& reply) {
  std::vector<std::optional<std::string_view>> elements;
  for (std::size_t i = 1; i < reply.tokens().size(); ++i) {
    const redis::Reply::Token& token = reply.tokens()[i];
    elements.push_back(token.kind == redis::Reply::Kind::bulk ? std::optional{reply.bytes(token)} : std::nullopt);
  }
  return elements;
}

bool are_equal(RedisType type, std::string_view ours, std::optional<std::string_view> theirs, std::size_t at) {
  const bool is_score = type == RedisType::zset && at % 2 == 1;
  return theirs && (is_score ? parse_double(ours) == parse_double(*theirs) : ours == *theirs);
}

/// What is asked to compare the elements of a write; without any, the values cannot be compared.
std::vector<std::string> question(RedisType type, const std::string& key, const model::ItemBlock& items,
                                  std::uint64_t first) {
  const std::uint64_t last = first + items.size() / model::items_per_element(type).value_or(1) - 1;
  std::vector<std::string> words;
  switch (type) {
    case RedisType::string:
      return {"MGET", key};
    case RedisType::list:
      return {"LRANGE", key, fmt::format("{}", first), fmt::format("{}", last)};
    case RedisType::zset:
      return {"ZRANGE", key, fmt::format("{}", first), fmt::format("{}", last), "WITHSCORES"};
    case RedisType::hash:
      words = {"HMGET", key};
      for (std::size_t i = 0; i < items.size(); i += 2) {
        words.emplace_back(items[i]);
      }
      return words;
    default:
      return {};
  }
}

Result<redis::Reply> ask(redis::Connection& connection, const std::vector<std::string>& words) {
  const std::vector<std::string_view> command{words.begin(), words.end()};
  QSNAP_TRY(connection.send(command));
  redis::Reply reply;
  QSNAP_TRY(connection.receive(reply));
  if (reply.is_error()) {
    return with_context(redis::reply_error(reply.text()), fmt::format("looking at key {}", words.at(1)));
  }
  return reply;
}

}  // namespace

Existing existing_rule(const KeyWrite& write) {
  if (write.existing != Existing::by_stage) {
    return write.existing;
  }
  switch (write.stage) {
    case LoadStage::body:
      return Existing::whole;
    case LoadStage::structure:
    case LoadStage::wakeup:
      return Existing::add;
    case LoadStage::counter:
      return Existing::raise;
    case LoadStage::pause:
      break;
  }
  return write.type == RedisType::set ? Existing::add : Existing::stays;
}

Result<void> MergeSurvey::write(const KeyWrite& write) {
  const auto starts = [&](const std::string& prefix) { return write.key.starts_with(prefix); };
  if (!m_scope.prefixes.empty() && std::none_of(m_scope.prefixes.begin(), m_scope.prefixes.end(), starts)) {
    return make_error(ErrorCode::refused, fmt::format("the snapshot writes key {}, outside its own scope", write.key),
                      {"somebody may have made it to overwrite other keys: look at it with git qsnap show --full"});
  }
  const Existing rule = existing_rule(write);
  const bool is_new = m_keys.insert(codec::xxh3(write.key)).second;
  if (!is_new && rule != Existing::whole) {
    return {};
  }
  m_window.push_back({std::string{write.key}, write.type, rule, {}});
  if (rule == Existing::whole) {
    m_window.back().items = *write.items;
    m_window_bytes += write.items->bytes();
  }
  return m_window.size() < k_window && m_window_bytes < k_window_bytes ? Result<void>{} : look_up();
}

Result<void> MergeSurvey::look_up() {
  std::vector<std::string> types(m_window.size());
  const auto make = [&](std::size_t i, redis::Command& command) { command = {"TYPE", m_window[i].key}; };
  const auto take = [&](std::size_t i, const redis::Reply& reply) -> Result<void> {
    if (reply.is_error()) {
      return with_context(redis::reply_error(reply.text()), "looking for keys in the way");
    }
    types[i] = reply.text();
    return {};
  };
  QSNAP_TRY(redis::pipeline(m_connection, m_window.size(), m_window.size(), make, take));
  for (std::size_t i = 0; i < m_window.size(); ++i) {
    if (types[i] != "none") {
      QSNAP_TRY(judge(m_window[i], types[i]));
    }
  }
  m_window.clear();
  m_window_bytes = 0;
  return {};
}

Result<void> MergeSurvey::judge(const Wanted& wanted, std::string_view type) {
  m_existing.insert(codec::xxh3(wanted.key));
  if (wanted.rule == Existing::stays) {
    m_left.insert(codec::xxh3(wanted.key));
    return {};
  }
  if (type != model::to_text(wanted.type)) {
    refuse(wanted.key);
    return {};
  }
  if (wanted.rule != Existing::whole) {
    return {};
  }
  QSNAP_ASSIGN(const bool equal, is_equal(wanted));
  if (equal) {
    m_left.insert(codec::xxh3(wanted.key));
  } else {
    refuse(wanted.key);
  }
  return {};
}

Result<bool> MergeSurvey::is_equal(const Wanted& wanted) {
  auto& [type, compared] = m_compared.try_emplace(wanted.key, wanted.type, 0).first->second;
  const std::vector<std::string> words = question(wanted.type, wanted.key, wanted.items, compared);
  if (words.empty()) {
    return false;
  }
  QSNAP_ASSIGN(const redis::Reply reply, ask(m_connection, words));
  const auto theirs = elements_of(reply);
  const std::size_t step = wanted.type == RedisType::hash ? 2 : 1;
  bool equal = theirs.size() * step == wanted.items.size();
  for (std::size_t i = 0; equal && i < theirs.size(); ++i) {
    equal = are_equal(wanted.type, wanted.items[i * step + step - 1], theirs[i], i);
  }
  compared += wanted.items.size() / model::items_per_element(wanted.type).value_or(1);
  return equal;
}

Result<bool> MergeSurvey::is_as_long(const std::string& key, RedisType type, std::uint64_t elements) {
  if (type == RedisType::string) {
    return true;
  }
  const std::string_view word = type == RedisType::list ? "LLEN" : type == RedisType::hash ? "HLEN" : "ZCARD";
  QSNAP_ASSIGN(const redis::Reply reply, ask(m_connection, {std::string{word}, key}));
  return reply.integer() == static_cast<std::int64_t>(elements);
}

void MergeSurvey::refuse(const std::string& key) {
  m_refused.insert(key);
}

Result<void> MergeSurvey::finish() {
  QSNAP_TRY(look_up());
  for (const auto& [key, compared] : m_compared) {
    if (m_refused.contains(key)) {
      continue;
    }
    QSNAP_ASSIGN(const bool as_long, is_as_long(key, compared.first, compared.second));
    if (!as_long) {
      refuse(key);
    }
  }
  if (m_refused.empty()) {
    return {};
  }
  std::vector<std::string_view> first;
  for (auto at = m_refused.begin(); at != m_refused.end() && first.size() < k_named; ++at) {
    first.push_back(*at);
  }
  const bool one = m_refused.size() == 1;
  return make_error(
      ErrorCode::refused,
      fmt::format("{} in the target already, and cannot be merged: {}{}",
                  one ? "a key of the snapshot is" : fmt::format("{} keys of the snapshot are", m_refused.size()),
                  fmt::join(first, ", "), m_refused.size() > first.size() ? ", …" : ""),
      {"nothing was written; --replace puts the snapshot's state in the place of the target's",
       "--queue loads only some queues, --rename-prefix OLD=NEW puts them beside"});
}

bool MergeSurvey::exists(std::string_view key) const {
  return m_existing.contains(codec::xxh3(key));
}

Result<void> MergeSink::write(const KeyWrite& write) {
  const bool exists = m_survey.exists(write.key);
  switch (existing_rule(write)) {
    case Existing::add:
      return write.expires_at && !exists ? m_writer.create(write) : m_writer.append(write);
    case Existing::raise:
      if (const auto value = parse_integer((*write.items)[0]); write.type == RedisType::string && value) {
        return m_writer.raise(write.key, *value);
      }
      break;
    default:
      break;
  }
  return exists ? Result<void>{} : m_writer.create(write);
}

}  // namespace qsnap::app
