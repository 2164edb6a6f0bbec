// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/renamed_queues.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/diff/wait.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// The queues and states of both sides, numbered.
class Places {
 public:
  std::uint32_t intern(const Place& place);
  [[nodiscard]] const Place& operator[](std::uint32_t id) const { return m_list[id]; }
  [[nodiscard]] std::size_t size() const { return m_list.size(); }
  /// For each place, where it stands in document order (queue, then state, by bytes).
  [[nodiscard]] std::vector<std::uint32_t> ranks() const;

 private:
  std::vector<Place> m_list;
  std::unordered_map<std::string, std::uint32_t> m_ids;
};

/// What pairing needs to know of a job whose line has no equal on the other side: 64 bytes.
struct JobEntry {
  static constexpr std::int64_t k_no_duration = INT64_MIN;
  static constexpr std::uint64_t k_not_followed = 1;  ///< of `targets`: nobody has looked what it refers to

  Hash128 meaning;                        ///< semantic members but queue and state, under the ignore rules
  std::uint64_t strictly = 0;             ///< the same without ignore rules
  std::uint64_t identity = 0;             ///< framework, namespace, id and creation time; 0 = it has no id
  std::uint64_t address = 0;              ///< queue and id, by which others refer to it; 0 = nobody can
  std::uint64_t targets = 0;              ///< the meaning of what it refers to; 0 = it refers to nothing
  std::int64_t duration = k_no_duration;  ///< Wait::ms
  std::uint32_t line = 0;
  std::uint32_t place : 31 = 0;
  std::uint32_t waits_since_capture : 1 = 0;  ///< Wait::since

  [[nodiscard]] std::optional<Wait> wait() const {
    const Wait::Since since = waits_since_capture == 1 ? Wait::Since::capture : Wait::Since::creation;
    return duration == k_no_duration ? std::nullopt : std::optional{Wait{duration, since}};
  }
};

/// One element of a job's "refs".
struct JobRef {
  std::uint64_t what = 0;    ///< the element: role, queue, name, value
  std::uint64_t target = 0;  ///< JobEntry::address of the job that it names; 0 = it names none

  friend auto operator<=>(const JobRef&, const JobRef&) = default;
};

/// What likeness is judged by: made only for jobs that neither identity nor meaning could pair.
struct JobSketch {
  std::uint64_t chosen_id = 0;         ///< queue and chosen id; 0 = the id is generated
  std::uint64_t payload = 0;           ///< queue, name and payload
  std::uint64_t payload_in_scope = 0;  ///< framework and namespace, name and payload
  std::uint64_t group = 0;             ///< queue and name
  std::vector<std::uint32_t> leaves;   ///< sorted hashes of semantic leaves, at most 64
};

/// The framework and namespace of a queue id: "bullmq:bull" of "bullmq:bull:mail".
[[nodiscard]] std::string_view scope_of(std::string_view queue);
[[nodiscard]] Place place_of(const model::Record& record, const model::PayloadReader& payloads);

/// Makes entries and sketches of parsed jobs.
class JobHasher {
 public:
  /// All of them must outlive the hasher.
  JobHasher(const KeyedHash& hash, const model::PayloadReader& payloads, const RuleBook& rules, Places& places)
      : m_hash(hash), m_payloads(payloads), m_rules(rules), m_places(places) {}
  /// From now on the jobs of a renamed queue are looked for in the queue that it became.
  void follow(QueueNames renamed) { m_renamed = std::move(renamed); }

  /// `captured` as wait_of() takes it.
  Result<JobEntry> entry(const model::Record& record, std::uint32_t line, std::optional<Instant> captured = {}) const;
  Result<JobSketch> sketch(const model::Record& record) const;
  /// Of "refs", in their order.
  Result<std::vector<JobRef>> references(const model::Record& record) const;
  [[nodiscard]] const KeyedHash& hash() const { return m_hash; }

 private:
  [[nodiscard]] std::uint64_t identity(const model::Record& record, const Place& place, std::string_view id) const;
  [[nodiscard]] std::uint64_t address(std::string_view queue, std::string_view id) const;
  /// What a queue is called on the after side.
  [[nodiscard]] std::string_view followed(std::string_view queue) const;
  Result<std::string> strict_text(const model::Record& record) const;
  Result<std::string> text_under_rules(const model::Record& record) const;
  Result<std::string> value_text(const model::Field& field) const;

  const KeyedHash& m_hash;
  const model::PayloadReader& m_payloads;
  const RuleBook& m_rules;
  Places& m_places;
  QueueNames m_renamed;
};

}  // namespace qsnap::diff
