// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/layout/signs.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::KeyId;
using model::Keyspace;

/// The first of the keys that has an element with the sign.
Result<std::optional<KeyId>> first_with(const Keyspace& keyspace, const std::vector<KeyId>& keys, const Sign& sign) {
  for (const KeyId key : keys) {
    QSNAP_ASSIGN(const std::vector<std::string> elements, first_elements(keyspace, key));
    if (std::any_of(elements.begin(), elements.end(), sign.shows)) {
      return std::optional{key};
    }
  }
  return std::optional<KeyId>{};
}

Result<Found> look_at(const Keyspace& keyspace, Candidate candidate, std::span<const Sign> signs) {
  Found found{std::move(candidate.name_space), {}, {}};
  for (std::size_t i = 0; i < signs.size(); ++i) {
    QSNAP_ASSIGN(const auto key, first_with(keyspace, candidate.keys[i], signs[i]));
    if (key) {
      found.evidence.push_back(
          fmt::format("{} {} holds {}", to_text(keyspace.type(*key)), keyspace.name(*key), signs[i].in_words));
    }
  }
  return found;
}

/// The keys that the signs' patterns fit as they are.
Candidate without_namespace(const Keyspace& keyspace, std::span<const Sign> signs) {
  Candidate candidate{{}, std::vector<std::vector<KeyId>>(signs.size())};
  for (KeyId key = 0; key < keyspace.size(); ++key) {
    for (std::size_t i = 0; i < signs.size(); ++i) {
      std::vector<KeyId>& keys = candidate.keys[i];
      if (keys.size() < k_sampled_keys && keyspace.type(key) == signs[i].type &&
          signs[i].key.match(keyspace.name(key))) {
        keys.push_back(key);
      }
    }
  }
  return candidate;
}

Result<std::vector<Found>> look_at_all(const Keyspace& keyspace, std::vector<Candidate> candidates,
                                       std::span<const Sign> signs) {
  std::vector<Found> all;
  for (Candidate& candidate : candidates) {
    QSNAP_ASSIGN(Found found, look_at(keyspace, std::move(candidate), signs));
    if (!found.evidence.empty()) {
      all.push_back(std::move(found));
    }
  }
  return all;
}

}  // namespace

Result<std::vector<Found>> find_by_signs(const Keyspace& keyspace, std::span<const Sign> signs,
                                         std::string_view separator) {
  std::vector<Probe> probes;
  probes.reserve(signs.size());
  for (const Sign& sign : signs) {
    probes.push_back({sign.key, sign.type});
  }
  return look_at_all(keyspace, find_candidates(keyspace, probes, separator), signs);
}

Result<std::vector<Found>> find_without_namespace(const Keyspace& keyspace, std::span<const Sign> signs) {
  std::vector<Candidate> candidates;
  candidates.push_back(without_namespace(keyspace, signs));
  return look_at_all(keyspace, std::move(candidates), signs);
}

}  // namespace qsnap::frameworks::layout
