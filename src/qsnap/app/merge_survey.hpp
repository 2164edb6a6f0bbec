// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/merge_writer.hpp>

namespace qsnap::app {

/// What the rule of a write comes to, by its stage where it has none of its own.
[[nodiscard]] model::KeyWrite::Existing existing_rule(const model::KeyWrite& write);

/// Looks every key that a merge would write up in the target: which of them are there, and whether what is there can
/// stay. Writes nothing. Keys come and go in windows.
class MergeSurvey final : public model::KeySink {
 public:
  MergeSurvey(const model::Scope& scope, redis::Connection& connection) : m_scope(scope), m_connection(connection) {}

  Result<void> write(const model::KeyWrite& write) override;
  /// Errors with `refused` and the first names if keys are in the way.
  Result<void> finish();

  [[nodiscard]] bool exists(std::string_view key) const;
  /// How many keys the document writes, and how many of those stay as they are in the target.
  [[nodiscard]] std::uint64_t keys() const { return m_keys.size(); }
  [[nodiscard]] std::uint64_t left_keys() const { return m_left.size(); }

 private:
  struct Wanted {
    std::string key;
    model::RedisType type;
    model::KeyWrite::Existing rule;
    model::ItemBlock items;
  };

  Result<void> look_up();
  Result<void> judge(const Wanted& wanted, std::string_view type);
  /// Whether the target's key has these elements where they stand in the document.
  Result<bool> is_equal(const Wanted& wanted);
  Result<bool> is_as_long(const std::string& key, model::RedisType type, std::uint64_t elements);
  void refuse(const std::string& key);

  const model::Scope& m_scope;
  redis::Connection& m_connection;
  std::vector<Wanted> m_window;
  std::size_t m_window_bytes = 0;
  std::unordered_set<std::uint64_t> m_keys;      ///< hashes of names
  std::unordered_set<std::uint64_t> m_existing;  ///< of those that are there
  std::unordered_set<std::uint64_t> m_left;      ///< and stay as they are
  std::map<std::string, std::pair<model::RedisType, std::uint64_t>, std::less<>> m_compared;  ///< elements so far
  std::set<std::string, std::less<>> m_refused;
};

/// Hands over to the writer what the target lacks.
class MergeSink final : public model::KeySink {
 public:
  MergeSink(const MergeSurvey& survey, redis::MergeWriter& writer) : m_survey(survey), m_writer(writer) {}
  Result<void> write(const model::KeyWrite& write) override;

 private:
  const MergeSurvey& m_survey;
  redis::MergeWriter& m_writer;
};

}  // namespace qsnap::app
