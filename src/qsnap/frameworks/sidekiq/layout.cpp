// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/json_peek.hpp>
#include <qsnap/frameworks/layout/detecting.hpp>
#include <qsnap/frameworks/sidekiq/layout.hpp>

namespace qsnap::frameworks::sidekiq {

namespace {

using layout::find_typed;
using model::KeyId;
using model::Keyspace;
using model::RedisType;

/// How far a look at a structure goes. Enough for a few odd elements in front, and cheap for any number of keys.
constexpr std::size_t k_sampled_lists = 64;
constexpr std::size_t k_sampled_processes = 64;

/// An object with the texts "class" and "jid".
bool looks_like_job(std::string_view element) {
  const auto is_text = [&](std::string_view name) {
    const auto value = peek_member(element, name);
    return value && is_json_string(*value);
  };
  return is_text("class") && is_text("jid");
}

/// The first jobs of a list or sorted set, as far as a look goes.
Result<std::vector<std::string>> sample_jobs(const Keyspace& keyspace, KeyId key) {
  QSNAP_ASSIGN(std::vector<std::string> jobs, layout::first_elements(keyspace, key));
  std::erase_if(jobs, [](const std::string& element) { return !looks_like_job(element); });
  return jobs;
}

/// What stands in front of ":suffix"; "" for the suffix alone. Absent for other names.
std::optional<std::string_view> namespace_before(std::string_view name, std::string_view suffix) {
  if (name == suffix) {
    return std::string_view{};
  }
  if (!name.ends_with(suffix)) {
    return std::nullopt;
  }
  name.remove_suffix(suffix.size());
  return name.size() > 1 && name.back() == ':' ? std::optional{name.substr(0, name.size() - 1)} : std::nullopt;
}

std::optional<std::string_view> namespace_of_list(std::string_view name) {
  if (name.starts_with(k_list_prefix)) {
    return std::string_view{};
  }
  const std::size_t at = name.find(":queue:");
  return at != std::string_view::npos && at > 0 ? std::optional{name.substr(0, at)} : std::nullopt;
}

std::optional<std::string_view> namespace_of(const Keyspace& keyspace, KeyId key) {
  const std::string_view name = keyspace.name(key);
  switch (keyspace.type(key)) {
    case RedisType::list:
      return namespace_of_list(name);
    case RedisType::set:
      return namespace_before(name, k_queues_key);
    case RedisType::zset:
      for (const ScoredState& state : k_scored_states) {
        if (const auto name_space = namespace_before(name, state.key)) {
          return name_space;
        }
      }
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

/// Every namespace whose key names could be Sidekiq's. Whether they are is another question.
std::map<std::string, Namespace, std::less<>> candidates(const Keyspace& keyspace) {
  std::map<std::string, Namespace, std::less<>> found;
  for (KeyId key = 0; key < keyspace.size(); ++key) {
    const auto name_space = namespace_of(keyspace, key);
    if (!name_space) {
      continue;
    }
    auto at = found.find(*name_space);
    if (at == found.end()) {
      at = found.emplace(std::string{*name_space}, Namespace{std::string{*name_space}, {}, {}}).first;
    }
    if (keyspace.type(key) == RedisType::list) {
      at->second.lists.push_back(key);
    }
  }
  return found;
}

/// What a look at a namespace's jobs and processes says.
struct Evidence {
  bool jobs = false;
  bool float_times = false;    ///< up to Sidekiq 7
  bool integer_times = false;  ///< from Sidekiq 8
};

void weigh(Evidence& evidence, const std::vector<std::string>& jobs) {
  for (const std::string& job : jobs) {
    evidence.jobs = true;
    const auto created_at = peek_member(job, "created_at");
    if (!created_at) {
      continue;
    }
    constexpr std::int64_t k_least_ms = 1'000'000'000'000;
    const auto integer = parse_integer(*created_at);
    evidence.integer_times = evidence.integer_times || (integer && *integer >= k_least_ms);
    evidence.float_times = evidence.float_times || created_at->find('.') != std::string_view::npos;
  }
}

Result<Evidence> gather(const Keyspace& keyspace, const Namespace& found) {
  const std::string prefix = key_prefix(found.name);
  Evidence evidence;
  for (std::size_t i = 0; i < std::min(found.lists.size(), k_sampled_lists); ++i) {
    QSNAP_ASSIGN(const auto jobs, sample_jobs(keyspace, found.lists[i]));
    weigh(evidence, jobs);
  }
  for (const ScoredState& state : k_scored_states) {
    if (const auto key = find_typed(keyspace, prefix + std::string{state.key}, RedisType::zset)) {
      QSNAP_ASSIGN(const auto jobs, sample_jobs(keyspace, *key));
      weigh(evidence, jobs);
    }
  }
  return evidence;
}

/// A drained system has no job left to show. Resque's stat:processed has the same name, but Resque always has a
/// namespace, and its processes are in `workers`.
bool is_drained_sidekiq(const Keyspace& keyspace, std::string_view name_space) {
  const std::string prefix = key_prefix(name_space);
  if (!find_typed(keyspace, prefix + std::string{k_queues_key}, RedisType::set)) {
    return false;
  }
  return find_typed(keyspace, prefix + std::string{k_processes_key}, RedisType::set) ||
         (name_space.empty() && find_typed(keyspace, "stat:processed", RedisType::string));
}

/// A busy worker has a hash whose name tells 6 from 7, until its TTL is over.
Result<std::string> busy_version(const Keyspace& keyspace, const std::string& prefix) {
  const auto processes = find_typed(keyspace, prefix + std::string{k_processes_key}, RedisType::set);
  std::string version;
  if (!processes) {
    return version;
  }
  QSNAP_ASSIGN(const auto identities, layout::first_elements(keyspace, *processes, k_sampled_processes));
  for (std::size_t i = 0; i < identities.size() && version.empty(); ++i) {
    const std::string identity = prefix + identities[i];
    if (find_typed(keyspace, identity + ":workers", RedisType::hash)) {
      version = "6";
    } else if (find_typed(keyspace, identity + ":work", RedisType::hash)) {
      version = "7";
    }
  }
  return version;
}

Result<std::string> tell_version(const Keyspace& keyspace, const std::string& prefix, const Evidence& evidence) {
  if (evidence.integer_times) {
    return std::string{"8"};
  }
  QSNAP_ASSIGN(std::string busy, busy_version(keyspace, prefix));
  if (!busy.empty()) {
    return busy;
  }
  return std::string{evidence.float_times ? "6-7" : ""};
}

}  // namespace

std::string key_prefix(std::string_view name_space) {
  return name_space.empty() ? std::string{} : std::string{name_space} + ':';
}

bool is_process_key(std::string_view key) {
  constexpr std::size_t k_nonce_digits = 12;
  for (const std::string_view suffix : {":workers", ":work", "-signals"}) {
    if (key.ends_with(suffix)) {
      key.remove_suffix(suffix.size());
      break;
    }
  }
  const std::size_t nonce = key.rfind(':');
  if (nonce == std::string_view::npos || nonce == 0 || key.size() - nonce - 1 != k_nonce_digits) {
    return false;
  }
  const std::size_t pid = key.rfind(':', nonce - 1);
  return pid != std::string_view::npos && pid > 0 && from_hex(key.substr(nonce + 1)) &&
         parse_integer(key.substr(pid + 1, nonce - pid - 1));
}

Result<bool> begins_with_jobs(const Keyspace& keyspace, KeyId key) {
  QSNAP_ASSIGN(const auto jobs, sample_jobs(keyspace, key));
  return !jobs.empty();
}

Result<std::vector<Namespace>> find_namespaces(const Keyspace& keyspace) {
  std::vector<Namespace> found;
  for (auto& [name, candidate] : candidates(keyspace)) {
    QSNAP_ASSIGN(const Evidence evidence, gather(keyspace, candidate));
    if (!evidence.jobs && !is_drained_sidekiq(keyspace, name)) {
      continue;
    }
    QSNAP_ASSIGN(candidate.version, tell_version(keyspace, key_prefix(name), evidence));
    found.push_back(std::move(candidate));
  }
  return found;
}

Result<Namespace> name_space_of(const Keyspace& keyspace, std::string_view name) {
  const std::string prefix = key_prefix(name);
  const std::string lists = prefix + std::string{k_list_prefix};
  Namespace named{std::string{name}, {}, {}};
  for (KeyId key = 0; key < keyspace.size(); ++key) {
    if (keyspace.type(key) == RedisType::list && keyspace.name(key).starts_with(lists)) {
      named.lists.push_back(key);
    }
  }
  QSNAP_ASSIGN(const Evidence evidence, gather(keyspace, named));
  QSNAP_ASSIGN(named.version, tell_version(keyspace, prefix, evidence));
  return named;
}

}  // namespace qsnap::frameworks::sidekiq
