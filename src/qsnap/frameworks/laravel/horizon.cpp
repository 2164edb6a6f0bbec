// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/laravel/horizon.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::KeyId;
using model::Keyspace;
using model::RedisType;

/// A job's hash repeats what the queue holds, until the job has failed: then nothing else in Redis knows of it.
Result<KeyRole> role_of(const Keyspace& keyspace, KeyId key) {
  if (keyspace.type(key) != RedisType::hash) {
    return KeyRole::derived;
  }
  QSNAP_ASSIGN(const model::ItemBlock items, first_items(keyspace, key, k_sampled_keys));
  const bool failed = find_field(items, "payload") && find_field(items, "status") == "failed";
  return failed ? KeyRole::data : KeyRole::derived;
}

bool is_job(const model::ItemBlock& hash) {
  constexpr std::array<std::string_view, 4> k_fields = {"connection", "payload", "queue", "status"};
  return std::all_of(k_fields.begin(), k_fields.end(),
                     [&](std::string_view field) { return find_field(hash, field).has_value(); });
}

bool is_master(const model::ItemBlock& hash) {
  return find_field(hash, "environment") && find_field(hash, "supervisors") && find_field(hash, "pid");
}

/// The first hash that a zset names: "<namespace>:" + `stem` + element.
Result<std::optional<KeyId>> named_hash(const Keyspace& keyspace, const std::string& prefix, KeyId zset,
                                        std::string_view stem, bool (*is_one)(const model::ItemBlock&)) {
  QSNAP_ASSIGN(const auto elements, first_elements(keyspace, zset));
  for (const std::string& element : elements) {
    const auto key = find_typed(keyspace, fmt::format("{}{}{}", prefix, stem, element), RedisType::hash);
    if (!key) {
      continue;
    }
    QSNAP_ASSIGN(const model::ItemBlock items, first_items(keyspace, *key, k_sampled_keys));
    if (is_one(items)) {
      return key;
    }
  }
  return std::optional<KeyId>{};
}

Result<std::optional<Found>> look_at(const Keyspace& keyspace, const Candidate& candidate) {
  const std::string prefix = key_prefix(candidate.name_space);
  for (const auto& keys : candidate.keys) {
    for (const KeyId zset : keys) {
      const bool masters = keyspace.name(zset).ends_with("masters");
      QSNAP_ASSIGN(const auto hash,
                   named_hash(keyspace, prefix, zset, masters ? "master:" : "", masters ? is_master : is_job));
      if (hash) {
        return std::optional{Found{candidate.name_space,
                                   {},
                                   {fmt::format("zset {} names hash {}, which has Horizon's fields",
                                                keyspace.name(zset), keyspace.name(*hash))}}};
      }
    }
  }
  return std::optional<Found>{};
}

Result<std::vector<Found>> find(const Keyspace& keyspace) {
  const std::array probes = {Probe{KeyPattern{"recent_jobs"}, RedisType::zset},
                             Probe{KeyPattern{"failed_jobs"}, RedisType::zset},
                             Probe{KeyPattern{"masters"}, RedisType::zset}};
  std::vector<Found> all;
  for (const Candidate& candidate : find_candidates(keyspace, probes)) {
    if (candidate.name_space.empty()) {
      continue;  // every key would be Horizon's
    }
    QSNAP_ASSIGN(auto found, look_at(keyspace, candidate));
    if (found) {
      all.push_back(*std::move(found));
    }
  }
  return all;
}

}  // namespace

std::unique_ptr<Adapter> make_horizon_adapter() {
  Layout layout;
  layout.framework = "horizon";
  layout.keeps = {
      {.key = KeyPattern{"failed_jobs"}, .role = KeyRole::data},
      {.key = KeyPattern{"monitoring"}, .role = KeyRole::data},  // the tags that somebody chose to watch
      {.key = KeyPattern{"<any>"}, .role_of = role_of},
  };
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
