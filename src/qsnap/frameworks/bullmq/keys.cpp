// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

struct FixedKey {
  std::string_view suffix;
  KeyKind kind;
};

constexpr std::array k_fixed_keys = {
    FixedKey{"meta", KeyKind::meta},           FixedKey{"id", KeyKind::id_counter},
    FixedKey{"pc", KeyKind::priority_counter}, FixedKey{"repeat", KeyKind::schedulers},
    FixedKey{"marker", KeyKind::marker},       FixedKey{"limiter", KeyKind::lease},
    FixedKey{"stalled-check", KeyKind::lease}, FixedKey{"stalled", KeyKind::derived},
    FixedKey{"events", KeyKind::derived},
};

constexpr std::array k_job_keys = {
    FixedKey{":lock", KeyKind::lock},
    FixedKey{":logs", KeyKind::logs},
    FixedKey{":dependencies", KeyKind::pending_children},
    FixedKey{":processed", KeyKind::processed_children},
    FixedKey{":failed", KeyKind::failed_children},
    FixedKey{":unsuccessful", KeyKind::unsuccessful_children},
};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// 8-4-4-4-12 hexadecimal digits.
bool is_uuid(std::string_view id) {
  constexpr std::size_t k_length = 36;
  if (id.size() != k_length) {
    return false;
  }
  for (std::size_t i = 0; i < k_length; ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? id[i] != '-' : !is_hex(id[i])) {
      return false;
    }
  }
  return true;
}

std::optional<KeyParts> parse_structure(std::string_view suffix) {
  for (const StateInfo& info : k_states) {
    if (!info.suffix.empty() && info.suffix == suffix) {
      return KeyParts{KeyKind::structure, info.state, {}};
    }
  }
  return std::nullopt;
}

}  // namespace

const StateInfo& info_of(State state) {
  return k_states.at(static_cast<std::size_t>(state));
}

std::optional<State> parse_state(std::string_view word) {
  const auto at = std::find_if(k_states.begin(), k_states.end(), [&](const StateInfo& s) { return s.word == word; });
  return at == k_states.end() ? std::nullopt : std::optional{at->state};
}

KeyParts parse_suffix(std::string_view suffix) {
  if (const auto structure = parse_structure(suffix)) {
    return *structure;
  }
  for (const FixedKey& fixed : k_fixed_keys) {
    if (suffix == fixed.suffix) {
      return {fixed.kind, State::orphan, {}};
    }
  }
  if (suffix.starts_with("metrics:")) {
    return {KeyKind::derived, State::orphan, {}};
  }
  constexpr std::size_t k_dedup_prefix = 3;
  if (suffix.starts_with("de:") || suffix.starts_with("dn:")) {
    return {suffix[1] == 'e' ? KeyKind::dedup : KeyKind::dedup_next, State::orphan, suffix.substr(k_dedup_prefix)};
  }
  for (const FixedKey& job_key : k_job_keys) {
    if (suffix.ends_with(job_key.suffix)) {
      return {job_key.kind, State::orphan, suffix.substr(0, suffix.size() - job_key.suffix.size())};
    }
  }
  return {KeyKind::body, State::orphan, suffix};
}

std::string_view job_suffix(KeyKind kind) {
  const auto at = std::find_if(k_job_keys.begin(), k_job_keys.end(), [&](const FixedKey& k) { return k.kind == kind; });
  return at == k_job_keys.end() ? std::string_view{} : at->suffix;
}

std::optional<ScheduledId> parse_scheduled_id(std::string_view id) {
  if (!id.starts_with(k_repeat)) {
    return std::nullopt;
  }
  const std::size_t last = id.rfind(':');
  if (last < k_repeat.size() || !parse_count(id.substr(last + 1))) {
    return std::nullopt;
  }
  return ScheduledId{id.substr(k_repeat.size(), last - k_repeat.size()), id.substr(last + 1)};
}

std::string scheduled_id(std::string_view scheduler, std::string_view slot_ms) {
  return fmt::format("{}{}:{}", k_repeat, scheduler, slot_ms);
}

bool is_generated_id(std::string_view id) {
  return std::all_of(id.begin(), id.end(), is_digit) || is_uuid(id) || id.starts_with(k_repeat);
}

std::optional<JobAddress> parse_job_key(std::string_view prefix, std::string_view key) {
  if (!key.starts_with(prefix) || key.size() <= prefix.size() || key[prefix.size()] != ':') {
    return std::nullopt;
  }
  const std::string_view rest = key.substr(prefix.size() + 1);
  const std::size_t colon = rest.find(':');
  if (colon == std::string_view::npos || colon + 1 == rest.size()) {
    return std::nullopt;
  }
  return JobAddress{rest.substr(0, colon), rest.substr(colon + 1)};
}

std::string queue_base(std::string_view prefix, std::string_view queue) {
  return fmt::format("{}:{}:", prefix, queue);
}

std::string queue_text(std::string_view prefix, std::string_view queue) {
  return model::QueueId{"bullmq", std::string{prefix}, std::string{queue}}.text();
}

}  // namespace qsnap::frameworks::bullmq
