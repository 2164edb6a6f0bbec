// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/check_held.hpp>
#include <qsnap/frameworks/check_state.hpp>
#include <qsnap/model/meaning.hpp>

// Jobs are known by a hash of queue and id: eight bytes for each job, and one chance in billions that two jobs of a
// million are taken for one.
namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;

std::string shown(std::string_view json) {
  return codec::json_to_bytes(json).value_or(std::string{json});
}

std::string_view member(const Record& record, std::string_view name) {
  return record.fields.find(name).value_or(std::string_view{});
}

/// The id's JSON, chosen or generated; empty where the framework makes it of other members.
std::string_view id_of(const Record& record) {
  const auto chosen = record.fields.find("id");
  return chosen ? *chosen : record.volatiles.find("id").value_or(std::string_view{});
}

std::string shown_job(const Record& record) {
  const std::string_view id = id_of(record);
  return id.empty() ? fmt::format("of scheduler {}", shown(member(record, "scheduler"))) : shown(id);
}

bool is_missing(const Record& record) {
  return member(record, "body") == R"("missing")";
}
bool is_duplicate(const Record& record) {
  return member(record, "body") == R"("duplicate")";
}

/// Celery keeps what became of a task beside the task's message, under one id: one that waits for another try is both.
bool is_celery_result(const Record& record) {
  const std::string_view state = member(record, "state");
  return member(record, "queue").starts_with(R"("celery:)") && state != R"("waiting")" && state != R"("scheduled")" &&
         state != R"("reserved")";
}

std::uint64_t job_hash(std::string_view queue_json, std::string_view id_json) {
  std::string key{queue_json};
  key += '\0';
  key += id_json;
  return codec::xxh3(key);
}

/// Findings up to a bound, and how many there would have been.
class Findings {
 public:
  void add(std::string_view queue_json, std::string what) { add({shown(queue_json), std::move(what)}); }
  void add(Finding finding) {
    constexpr std::size_t k_most = 1000;
    if (m_list.size() < k_most) {
      m_list.push_back(std::move(finding));
    } else {
      ++m_more;
    }
  }
  std::vector<Finding> take() {
    if (m_more > 0) {
      m_list.push_back({"all queues", fmt::format("{} more findings", m_more)});
    }
    return std::move(m_list);
  }

 private:
  std::vector<Finding> m_list;
  std::uint64_t m_more = 0;
};

struct QueueFacts {
  bool has_record = false;
  bool has_unnamed_jobs = false;  ///< jobs whose id is made of other members
  std::string counts_json = "{}";
  std::string verbatim_json = "[]";
  std::optional<std::int64_t> id_counter;
  std::optional<std::int64_t> highest_id;
  std::map<std::string, std::int64_t, std::less<>> jobs;  ///< by the state's JSON
};

/// The roles of children that are done, and may have been removed since.
bool is_done(std::string_view role_json) {
  return role_json == R"("processed")" || role_json == R"("failed")" || role_json == R"("unsuccessful")";
}

class StateChecker {
 public:
  explicit StateChecker(const model::Metadata& metadata) : m_scope(metadata.scope), m_held(metadata.captured_at) {}

  Result<void> read_queue(const Record& record) {
    QueueFacts& facts = m_queues[std::string{member(record, "queue")}];
    facts.has_record = true;
    facts.counts_json = record.fields.find("counts").value_or("{}");
    facts.verbatim_json = record.fields.find("verbatim").value_or("[]");
    facts.id_counter = parse_integer(shown(record.volatiles.find("id_counter").value_or("")));
    return {};
  }

  /// First pass over the jobs: counts them, notes who is there, and finds what one record alone tells.
  Result<void> read_job(const Record& record) {
    const std::string_view queue = member(record, "queue"), state = member(record, "state"), id = id_of(record);
    QueueFacts& facts = m_queues[std::string{queue}];
    ++facts.jobs[std::string{state}];
    m_has_refs = m_has_refs || record.fields.contains("refs");
    if (is_missing(record)) {
      m_findings.add(queue, fmt::format("dangling id {} in {}", shown_job(record), shown(state)));
    } else if (is_duplicate(record)) {
      m_findings.add(queue, fmt::format("job {} stands once more in {}", shown_job(record), shown(state)));
    } else if (state == R"("orphan")") {
      m_findings.add(queue, fmt::format("job {} is in no state", shown_job(record)));
    }
    if (id.empty()) {
      facts.has_unnamed_jobs = true;
    } else if (model::has_body(record)) {
      m_present.push_back(job_hash(queue, id));
    }
    note_decimal_id(id, facts);
    if (auto finding = m_held.read_job(record)) {
      m_findings.add(*std::move(finding));
    }
    return {};
  }

  [[nodiscard]] bool needs_keys() const { return m_held.wants_keys(); }
  Result<void> read_key(const Record& record) {
    m_held.read_key(record);
    return {};
  }

  void end_first_pass() {
    std::sort(m_present.begin(), m_present.end());
    for (auto at = m_present.begin(); (at = std::adjacent_find(at, m_present.end())) != m_present.end(); ++at) {
      m_doubled.emplace(*at, 0);
    }
  }
  [[nodiscard]] bool needs_second_pass() const { return m_has_refs || !m_doubled.empty(); }

  /// Second pass: what takes knowing all jobs.
  Result<void> relate_job(const Record& record) {
    check_doubled(record);
    return record.fields.contains("refs") ? check_refs(record) : Result<void>{};
  }

  Result<std::vector<Finding>> finish() {
    for (Finding& finding : m_held.finish()) {
      m_findings.add(std::move(finding));
    }
    for (const auto& [queue, facts] : m_queues) {
      if (facts.id_counter && facts.highest_id > facts.id_counter) {
        m_findings.add(queue, fmt::format("the id counter {} is behind job {}: new jobs would overwrite old ones",
                                          *facts.id_counter, *facts.highest_id));
      }
      // A queue's record counts all its jobs; narrowed to queues, a document leaves out those in shared structures.
      if (facts.has_record && m_scope.queues.empty()) {
        QSNAP_TRY(check_counts(queue, facts));
      }
    }
    return m_findings.take();
  }

 private:
  static void note_decimal_id(std::string_view id_json, QueueFacts& facts) {
    if (id_json.size() < 2) {
      return;
    }
    const auto number = parse_integer(id_json.substr(1, id_json.size() - 2));
    if (number && (!facts.highest_id || *number > *facts.highest_id)) {
      facts.highest_id = number;
    }
  }

  void check_doubled(const Record& record) {
    const std::string_view queue = member(record, "queue"), id = id_of(record);
    if (m_doubled.empty() || id.empty() || !model::has_body(record) || is_celery_result(record)) {
      return;
    }
    const auto at = m_doubled.find(job_hash(queue, id));
    if (at != m_doubled.end() && ++at->second > 1) {
      m_findings.add(
          queue, fmt::format("job {} is in two states, the second one {}", shown(id), shown(member(record, "state"))));
    }
  }

  Result<void> check_refs(const Record& record) {
    // A finished job may outlive those it belonged to.
    if (record.volatiles.contains("finished_at_ms") || !model::has_body(record)) {
      return {};
    }
    QSNAP_ASSIGN(const auto refs, codec::array_elements(member(record, "refs")));
    QSNAP_ASSIGN(const auto ids, codec::array_elements(record.volatiles.find("ref_ids").value_or("[]")));
    for (std::size_t i = 0; i < std::min(refs.size(), ids.size()); ++i) {
      QSNAP_TRY(check_ref(record, refs[i], ids[i]));
    }
    return {};
  }

  Result<void> check_ref(const Record& record, std::string_view ref_json, std::string_view id_json) {
    QSNAP_ASSIGN(const auto members, codec::object_members(ref_json));
    std::string_view queue, role;
    bool has_value = false;
    for (const model::Field& field : members) {
      if (field.name == "queue") {
        queue = field.json;
      } else if (field.name == "role") {
        role = field.json;
      }
      has_value = has_value || field.name == "value";
    }
    const auto target = m_queues.find(queue);
    const bool judged = target != m_queues.end() && target->second.has_record && !target->second.has_unnamed_jobs;
    const bool must_be_there = !is_done(role) && !has_value;
    if (judged && must_be_there && !is_present(job_hash(queue, id_json))) {
      m_findings.add(member(record, "queue"),
                     fmt::format("job {} refers to {} {} of {}, which is not there", shown_job(record), shown(role),
                                 shown(id_json), shown(queue)));
    }
    return {};
  }

  [[nodiscard]] bool is_present(std::uint64_t hash) const {
    return std::binary_search(m_present.begin(), m_present.end(), hash);
  }

  /// States that are kept verbatim need not be shown as jobs, so they are not counted.
  Result<void> check_counts(std::string_view queue, const QueueFacts& facts) {
    QSNAP_ASSIGN(const auto counts, codec::object_members(facts.counts_json));
    QSNAP_ASSIGN(const auto verbatim, codec::array_elements(facts.verbatim_json));
    for (const model::Field& count : counts) {
      const std::string state = json_string(count.name);
      const auto found = facts.jobs.find(state);
      const std::int64_t jobs = found == facts.jobs.end() ? 0 : found->second;
      const bool counted = std::find(verbatim.begin(), verbatim.end(), state) == verbatim.end();
      if (counted && parse_integer(count.json) != jobs) {
        m_findings.add(queue, fmt::format("it counts {} jobs in {}, and there are {}", count.json, count.name, jobs));
      }
    }
    return {};
  }

  const model::Scope& m_scope;
  std::map<std::string, QueueFacts, std::less<>> m_queues;  ///< by the queue's JSON
  std::vector<std::uint64_t> m_present;                     ///< hashes of jobs with a body; sorted after the first pass
  std::map<std::uint64_t, int> m_doubled;                   ///< hashes that stand there twice; how often seen so far
  bool m_has_refs = false;
  HeldChecker m_held;
  Findings m_findings;
};

}  // namespace

Result<std::vector<Finding>> check_state(const model::RecordSource& source) {
  StateChecker checker{source.metadata()};
  QSNAP_TRY(model::for_each_record(source, Section::queues, [&](const Record& r) { return checker.read_queue(r); }));
  QSNAP_TRY(model::for_each_record(source, Section::jobs, [&](const Record& r) { return checker.read_job(r); }));
  checker.end_first_pass();
  if (checker.needs_second_pass()) {
    QSNAP_TRY(model::for_each_record(source, Section::jobs, [&](const Record& r) { return checker.relate_job(r); }));
  }
  if (checker.needs_keys()) {
    QSNAP_TRY(model::for_each_record(source, Section::keys, [&](const Record& r) { return checker.read_key(r); }));
  }
  return checker.finish();
}

}  // namespace qsnap::frameworks
