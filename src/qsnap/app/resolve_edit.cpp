// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/resolve_edit.hpp>
#include <qsnap/app/resolve_links.hpp>
#include <qsnap/app/resolve_rows.hpp>
#include <qsnap/app/resolve_values.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/diff/job_ancestor.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/merge/findings.hpp>
#include <qsnap/merge/merge_record.hpp>

namespace qsnap::app {

namespace {

using model::Conflict;
using model::ConflictKind;
using model::Record;
using model::Section;

struct Decision {
  const Conflict* conflict = nullptr;
  Take take = Take::ours;

  [[nodiscard]] const std::optional<std::string>& chosen() const {
    return take == Take::ours ? conflict->ours : take == Take::theirs ? conflict->theirs : conflict->base;
  }
};

Error needs_versions(const Conflict& conflict) {
  return make_error(ErrorCode::refused,
                    fmt::format("the versions that were merged are not in the index any more, and the conflict alone "
                                "({} of {} {}) does not say enough to take another side than ours",
                                to_text(conflict.kind), conflict.subject, conflict.id),
                    {"take ours, or merge again, or take a whole version: git checkout REVISION -- FILE"});
}

Error not_found(const Conflict& conflict) {
  return make_error(ErrorCode::refused, fmt::format("cannot tell which {} the conflict about {} {} means",
                                                    conflict.subject, conflict.name, conflict.id));
}

/// What a conflict says of its job: one without an id is told by its place.
std::string job_key(std::string_view queue, std::string_view state, std::string_view id, std::string_view name) {
  std::string key;
  for (const std::string_view part : {queue, id.empty() ? state : std::string_view{}, id, name}) {
    diff::append_part(key, part);
  }
  return key;
}

class DocumentEdit {
 public:
  DocumentEdit(const codec::SnapshotReader& document, const DocumentSides* sides, const Progress& progress)
      : m_document(document), m_sides(sides), m_progress(progress), m_metadata(document.metadata()) {}

  Result<codec::SnapshotReader> run(const Choices& choices) {
    QSNAP_ASSIGN(const std::vector<Conflict> conflicts, m_document.conflicts());
    std::vector<Conflict> left;
    std::vector<Decision> jobs;
    for (const Conflict& conflict : conflicts) {
      const auto choice = choices.find(conflict_id(conflict));
      if (choice == choices.end()) {
        left.push_back(conflict);
      } else if (conflict.subject == "job") {
        jobs.push_back({&conflict, choice->second});
      } else {
        QSNAP_TRY(decide_record({&conflict, choice->second}));
      }
    }
    if (!jobs.empty()) {
      QSNAP_TRY(decide_jobs(jobs));
    }
    return new_document(m_metadata, left, [&](model::RecordSink& sink) { return write(sink); });
  }

 private:
  Result<void> decide_record(const Decision& decision) {
    const Conflict& conflict = *decision.conflict;
    if (conflict.kind == ConflictKind::metadata) {
      m_metadata.description = m_payloads.bytes(decision.chosen().value_or(R"("")")).value_or(std::string{});
      return {};
    }
    if (conflict.kind == ConflictKind::key) {
      if (decision.take == Take::ours && conflict.ours) {
        return {};
      }
      if (m_sides == nullptr || !conflict.path.empty()) {
        return needs_versions(conflict);
      }
    }
    m_records.push_back(decision);
    return {};
  }

  Result<void> decide_jobs(const std::vector<Decision>& decisions) {
    QSNAP_ASSIGN(JobRows rows, JobRows::read(m_document));
    m_rows.emplace(std::move(rows));
    QSNAP_TRY(locate(decisions));
    for (const Decision& decision : decisions) {
      QSNAP_TRY(m_progress.check());
      QSNAP_TRY(decide_job(decision));
    }
    return {};
  }

  /// Where the jobs are that the decisions are about.
  Result<void> locate(const std::vector<Decision>& decisions) {
    for (const Decision& decision : decisions) {
      const Conflict& conflict = *decision.conflict;
      m_seats[job_key(conflict.queue, conflict.state, conflict.id, conflict.name)];
    }
    return m_rows->visit([&](std::size_t row, const Record& job) {
      const auto text = [&](std::string_view member) { return diff::plain_member(job, member, m_payloads); };
      const auto at = m_seats.find(job_key(text("queue"), text("state"), text("id"), text("name")));
      if (at != m_seats.end()) {
        at->second.push_back(row);
      }
    });
  }

  struct Found {
    std::size_t row = 0;
    Record job;
  };
  /// The one job that a conflict is about; of several that look alike, one that has our value.
  Result<Found> find(const Conflict& conflict) {
    std::vector<std::size_t>& seats = m_seats[job_key(conflict.queue, conflict.state, conflict.id, conflict.name)];
    for (const std::size_t row : seats) {
      QSNAP_ASSIGN(Record job, m_rows->record(row));
      if (seats.size() == 1) {
        return Found{row, std::move(job)};
      }
      QSNAP_ASSIGN(const auto value, value_at(job, conflict.path, m_payloads));
      if (conflict.ours && value == conflict.ours) {
        return Found{row, std::move(job)};
      }
    }
    return find_by_value(conflict);
  }

  /// A job has one id in the document, and where both sides were captured anew that may be another one than the
  /// conflict says: the one job in that place that has a value of the conflict.
  Result<Found> find_by_value(const Conflict& conflict) const {
    std::optional<Found> found;
    for (const std::size_t row : m_rows->rows_in({conflict.queue, conflict.state})) {
      QSNAP_ASSIGN(Record job, m_rows->record(row));
      if (conflict.path.empty() || diff::plain_member(job, "name", m_payloads) != conflict.name) {
        continue;
      }
      QSNAP_ASSIGN(const auto value, value_at(job, conflict.path, m_payloads));
      if (value && (value == conflict.ours || value == conflict.theirs)) {
        if (found) {
          return not_found(conflict);
        }
        found = Found{row, std::move(job)};
      }
    }
    return found ? Result<Found>{*std::move(found)} : not_found(conflict);
  }

  void forget(const Conflict& conflict, std::size_t row) {
    m_rows->erase(row);
    std::erase(m_seats[job_key(conflict.queue, conflict.state, conflict.id, conflict.name)], row);
  }

  Result<void> decide_job(const Decision& decision) {
    const Conflict& conflict = *decision.conflict;
    switch (conflict.kind) {
      case ConflictKind::order:
        return decide_order(decision);
      case ConflictKind::reference:
        return decide_reference(decision);
      case ConflictKind::removed_changed:
      case ConflictKind::collision:
        return decide_whole(decision);
      case ConflictKind::moved:
        return decision.take == Take::ours ? Result<void>{} : take_place(decision);
      default:
        break;
    }
    QSNAP_ASSIGN(Found found, find(conflict));
    if (conflict.path == ".due_in_ms") {
      QSNAP_TRY(take_volatiles(decision, found.job));
    } else {
      QSNAP_TRY(set_conflict_value(found.job, conflict, decision.chosen(), m_payloads));
    }
    return m_rows->replace(found.row, found.job);
  }

  /// One record or another one, or none.
  Result<void> decide_whole(const Decision& decision) {
    const Conflict& conflict = *decision.conflict;
    QSNAP_ASSIGN(const Found found, find(conflict));
    if (!decision.chosen()) {
      forget(conflict, found.row);
      return {};
    }
    QSNAP_ASSIGN(const Record chosen, m_document.parse(Section::jobs, *decision.chosen()));
    const bool holds_it = conflict.ours ? decision.take == Take::ours : decision.take == Take::theirs;
    return holds_it ? Result<void>{} : m_rows->replace(found.row, chosen);
  }

  [[nodiscard]] const codec::SnapshotReader* side(Take take) const {
    if (m_sides == nullptr) {
      return nullptr;
    }
    const codec::SnapshotReader* const base = m_sides->base ? &*m_sides->base : nullptr;
    return take == Take::ours ? &m_sides->ours : take == Take::theirs ? &m_sides->theirs : base;
  }

  /// With the volatile part and what else belongs there, behind the jobs that are there.
  Result<void> take_place(const Decision& decision) {
    const Conflict& conflict = *decision.conflict;
    if (side(decision.take) == nullptr) {
      return needs_versions(conflict);
    }
    QSNAP_ASSIGN(Found found, find(conflict));
    QSNAP_TRY(set_conflict_value(found.job, conflict, decision.chosen(), m_payloads));
    QSNAP_ASSIGN(const Record there, job_of_side(decision, found.job));
    Record job = found.job;
    for (const model::Field& member : found.job.fields) {
      if (merge::belongs_to_attempt(member.name)) {
        job.fields.erase(member.name);
      }
    }
    for (const model::Field& member : there.fields) {
      if (merge::belongs_to_attempt(member.name)) {
        job.fields.set(member.name, member.json);
      }
    }
    job.volatiles = there.volatiles;
    return m_rows->replace(found.row, job);
  }

  /// The job of the conflict, as the side has it that is taken.
  [[nodiscard]] Result<Record> job_of_side(const Decision& decision, const Record& job) const {
    const Conflict& conflict = *decision.conflict;
    const codec::SnapshotReader* const source = side(decision.take);
    if (source == nullptr) {
      return needs_versions(conflict);
    }
    const std::string queue = diff::plain_member(job, "queue", m_payloads);
    std::vector<Record> found;
    QSNAP_TRY(for_each_record(*source, Section::jobs, [&](const Record& other) -> Result<void> {
      if (diff::plain_member(other, "queue", m_payloads) == queue &&
          diff::plain_member(other, "id", m_payloads) == conflict.id) {
        found.push_back(other);
      }
      return {};
    }));
    if (!conflict.id.empty() && found.size() == 1) {
      return std::move(found.front());
    }
    return ancestor_of(*source, conflict);
  }

  /// A side that was captured anew has the job of ours under another id.
  [[nodiscard]] Result<Record> ancestor_of(const codec::SnapshotReader& source, const Conflict& conflict) const {
    std::optional<Record> ours;
    QSNAP_TRY(for_each_record(m_sides->ours, Section::jobs, [&](const Record& job) -> Result<void> {
      if (!conflict.id.empty() && diff::plain_member(job, "queue", m_payloads) == conflict.queue &&
          diff::plain_member(job, "id", m_payloads) == conflict.id) {
        ours = job;
      }
      return {};
    }));
    if (!ours) {
      return not_found(conflict);
    }
    QSNAP_ASSIGN(diff::JobAncestor ancestor, diff::job_ancestor(source, m_sides->ours, *ours, m_payloads, m_progress));
    return ancestor.before ? Result<Record>{*std::move(ancestor.before)} : not_found(conflict);
  }

  /// What a job waits for is told by its volatile instants.
  Result<void> take_volatiles(const Decision& decision, Record& job) const {
    if (m_sides == nullptr && decision.take == Take::ours) {
      return {};
    }
    QSNAP_ASSIGN(Record there, job_of_side(decision, job));
    job.volatiles = std::move(there.volatiles);
    return {};
  }

  Result<void> decide_order(const Decision& decision) {
    const Conflict& conflict = *decision.conflict;
    if (decision.take == Take::ours) {
      return {};
    }
    const codec::SnapshotReader* const source = side(decision.take);
    return source != nullptr ? order_like(*m_rows, *source, {conflict.queue, conflict.state})
                             : needs_versions(conflict);
  }

  Result<void> decide_reference(const Decision& decision) {
    const Conflict& conflict = *decision.conflict;
    const Take keeper = conflict.ours ? Take::ours : Take::theirs;
    QSNAP_ASSIGN(Found found, find(conflict));
    if (decision.take != keeper) {
      QSNAP_TRY(drop_missing_links(*m_rows, found.job));
      return m_rows->replace(found.row, found.job);
    }
    const codec::SnapshotReader* const source = side(keeper);
    return source != nullptr ? restore_targets(*m_rows, found.job, *source) : needs_versions(conflict);
  }

  Result<void> write(model::RecordSink& sink) {
    QSNAP_TRY(write_section(Section::config, sink));
    QSNAP_TRY(write_section(Section::queues, sink));
    QSNAP_TRY(m_rows ? m_rows->write(sink) : write_section(Section::jobs, sink));
    QSNAP_TRY(write_section(Section::workers, sink));
    return write_keys(sink);
  }

  Result<void> write_section(Section section, model::RecordSink& sink) {
    return for_each_record(m_document, section, [&](const Record& before) -> Result<void> {
      std::optional<Record> record = before;
      for (const Decision& decision : m_records) {
        if (record && is_about(*decision.conflict, before)) {
          QSNAP_ASSIGN(record, decided(decision, *record));
        }
      }
      if (record && section == Section::queues) {
        QSNAP_TRY(correct_counts(*record));
      }
      return record ? sink.take(*std::move(record)) : Result<void>{};
    });
  }

  [[nodiscard]] bool is_about(const Conflict& conflict, const Record& record) const {
    const merge::About about = merge::about(record, m_payloads);
    return about.subject && conflict.subject == to_text(*about.subject) && conflict.queue == about.queue &&
           conflict.id == about.id && conflict.name == about.name;
  }

  Result<std::optional<Record>> decided(const Decision& decision, Record record) const {
    const Conflict& conflict = *decision.conflict;
    if (!conflict.path.empty()) {
      QSNAP_TRY(set_conflict_value(record, conflict, decision.chosen(), m_payloads));
      return std::optional{std::move(record)};
    }
    if (!decision.chosen()) {
      return std::optional<Record>{};
    }
    QSNAP_ASSIGN(Record chosen, m_document.parse(record.section, *decision.chosen()));
    return std::optional{std::move(chosen)};
  }

  Result<void> correct_counts(Record& record) const {
    const auto json = record.fields.find("counts");
    if (!m_rows || !json) {
      return {};
    }
    QSNAP_ASSIGN(const auto members, m_payloads.members(*json));
    std::map<std::string, std::int64_t> counts;
    const bool names_empty =
        std::any_of(members.begin(), members.end(), [](const model::Field& member) { return member.json == "0"; });
    for (const model::Field& member : members) {
      counts[member.name] = parse_integer(member.json).value_or(0);
    }
    const std::string queue = diff::plain_member(record, "queue", m_payloads);
    const JobRows::Deltas& deltas = m_rows->deltas();
    for (auto at = deltas.lower_bound({queue, {}}); at != deltas.end() && at->first.first == queue; ++at) {
      counts[at->first.second] += at->second;
    }
    JsonWriter corrected;
    corrected.begin_object();
    for (const auto& [state, count] : counts) {
      if (count != 0 || names_empty) {
        corrected.key(state).integer(count);
      }
    }
    record.fields.set("counts", corrected.end_object().take());
    return {};
  }

  /// A key in conflict as a whole is decided for what base has: other sides are rules.
  Result<void> write_keys(model::RecordSink& sink) {
    std::map<std::string, Take, std::less<>> decided_keys;
    for (const Decision& decision : m_records) {
      if (decision.conflict->kind == ConflictKind::key) {
        decided_keys.emplace(decision.conflict->id, decision.take);
      }
    }
    std::set<std::string, std::less<>> written;
    return for_each_record(m_document, Section::keys, [&](const Record& part) -> Result<void> {
      const std::string name = diff::plain_member(part, "key", m_payloads);
      const auto decision = decided_keys.find(name);
      if (decision == decided_keys.end()) {
        return sink.add(part);
      }
      const codec::SnapshotReader* const source = side(decision->second);
      if (!written.insert(name).second || source == nullptr) {
        return {};
      }
      return for_each_record(*source, Section::keys, [&](const Record& other) {
        return diff::plain_member(other, "key", m_payloads) == name ? sink.add(other) : Result<void>{};
      });
    });
  }

  const codec::SnapshotReader& m_document;
  const DocumentSides* m_sides;
  const Progress& m_progress;
  model::Metadata m_metadata;
  frameworks::decode::DecodingPayloadReader m_payloads;
  std::vector<Decision> m_records;  ///< about what is no job
  std::optional<JobRows> m_rows;    ///< none: no job changes
  std::map<std::string, std::vector<std::size_t>> m_seats;
};

}  // namespace

Result<codec::SnapshotReader> decide_in_document(const codec::SnapshotReader& document, const Choices& choices,
                                                 const DocumentSides* sides, const Progress& progress) {
  return DocumentEdit{document, sides, progress}.run(choices);
}

}  // namespace qsnap::app
