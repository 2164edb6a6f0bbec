// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/diff/change_kind.hpp>
#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/record_text.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::diff {

namespace {

Subject subject_of(model::Section section) {
  switch (section) {
    case model::Section::queues:
      return Subject::queue;
    case model::Section::workers:
      return Subject::worker;
    default:
      return Subject::config;
  }
}

/// The records of one side that have no equal line on the other.
struct Side {
  std::vector<model::Record> records;
  std::vector<std::uint32_t> ordinals;  ///< where they stand in their section
  std::vector<bool> paired;
};

Result<Side> read_side(LineIndex& index, std::span<const std::uint32_t> lines) {
  Side side;
  QSNAP_TRY(index.visit(lines, [&](std::uint32_t line, model::Record record) -> Result<void> {
    side.records.push_back(std::move(record));
    side.ordinals.push_back(index.ordinal(line));
    return {};
  }));
  side.paired.assign(side.records.size(), false);
  return side;
}

class RecordComparison {
 public:
  RecordComparison(const Comparison& comparison, model::Section section)
      : m_comparison(comparison), m_section(section) {}

  Result<std::vector<Change>> run() {
    QSNAP_ASSIGN(SectionLines lines, collect_lines(m_comparison.before, m_comparison.after, m_section,
                                                   m_comparison.hash, m_comparison.progress));
    QSNAP_ASSIGN(Side before, read_side(lines.before, lines.before_rest));
    QSNAP_ASSIGN(Side after, read_side(lines.after, lines.after_rest));
    QSNAP_TRY(pair_by(before, after, &RecordComparison::identity));
    QSNAP_TRY(pair_by(before, after, &RecordComparison::meaning));
    QSNAP_TRY(add_unpaired(before, after));
    return std::move(m_changes);
  }

 private:
  using KeyOf = Result<std::string> (RecordComparison::*)(const model::Record&) const;

  /// What a record is called: queue or framework, kind and id. The id may be a generated one.
  Result<std::string> identity(const model::Record& record) const {
    std::string key;
    for (const std::string_view member : {"queue", "framework", "kind", "id", "name"}) {
      append_part(key, plain_member(record, member, m_comparison.payloads));
    }
    return key;
  }

  /// For records whose ids are generated anew (a restarted worker).
  Result<std::string> meaning(const model::Record& record) const {
    std::string key;
    for (const model::Field& field : record.fields) {
      if (model::carries_meaning(field.name)) {
        QSNAP_ASSIGN(const std::string value, m_comparison.payloads.sorted(field.json));
        append_part(key, field.name);
        append_part(key, value);
      }
    }
    return key;
  }

  struct Keyed {
    std::string key;
    std::size_t at;
    friend auto operator<=>(const Keyed&, const Keyed&) = default;
  };

  Result<std::vector<Keyed>> keys(const Side& side, KeyOf key_of) const {
    std::vector<Keyed> list;
    for (std::size_t i = 0; i < side.records.size(); ++i) {
      if (!side.paired[i]) {
        QSNAP_ASSIGN(std::string key, (this->*key_of)(side.records[i]));
        list.push_back({std::move(key), i});
      }
    }
    std::sort(list.begin(), list.end());
    return list;
  }

  Result<void> pair_by(Side& before, Side& after, KeyOf key_of) {
    QSNAP_ASSIGN(const std::vector<Keyed> left, keys(before, key_of));
    QSNAP_ASSIGN(const std::vector<Keyed> right, keys(after, key_of));
    for (std::size_t i = 0, j = 0; i < left.size() && j < right.size();) {
      const int order = left[i].key.compare(right[j].key);
      if (order == 0) {
        before.paired[left[i].at] = true;
        after.paired[right[j].at] = true;
        QSNAP_ASSIGN(std::optional<Change> change, pair_change(before.records[left[i].at], after.records[right[j].at]));
        if (change) {
          set_indexes(*change, before.ordinals[left[i].at], after.ordinals[right[j].at]);
          m_changes.push_back(*std::move(change));
        }
      }
      i += order <= 0 ? 1 : 0;
      j += order >= 0 ? 1 : 0;
    }
    return {};
  }

  /// Absent when nothing is left of it under the rules.
  Result<std::optional<Change>> pair_change(const model::Record& before, const model::Record& after) {
    QSNAP_ASSIGN(const std::string old_meaning, meaning(before));
    QSNAP_ASSIGN(const std::string new_meaning, meaning(after));
    const RuleBook::Applicable applicable = m_comparison.rules.applicable(after);
    if (old_meaning == new_meaning) {
      if (before.volatiles != after.volatiles) {  // else what is derived differs: the counts of a queue
        m_comparison.rules.leave_out_volatiles(applicable, before, after);
      }
      return std::optional<Change>{};
    }
    if (m_comparison.rules.drops(applicable, "")) {
      return std::optional<Change>{};
    }
    FieldCollector fields{m_comparison.payloads, m_comparison.rules, applicable, m_comparison.options.listing};
    QSNAP_TRY(fields.compare_all(before, after, {}));
    if (fields.empty()) {
      return std::optional<Change>{};
    }
    Change change = headline(record_change_kind(fields, before, after), after);
    change.before = place(before);
    change.after = place(after);
    change.fields = fields.take();
    change.encoded = fields.take_encoded();
    return std::optional{std::move(change)};
  }

  Result<void> add_unpaired(const Side& before, const Side& after) {
    for (const ChangeKind kind : {ChangeKind::removed, ChangeKind::added}) {
      const Side& side = kind == ChangeKind::removed ? before : after;
      for (std::size_t i = 0; i < side.records.size(); ++i) {
        const model::Record& record = side.records[i];
        if (side.paired[i] || m_comparison.rules.drops(m_comparison.rules.applicable(record), "")) {
          continue;
        }
        Change change = headline(kind, record);
        (kind == ChangeKind::removed ? change.before : change.after) = place(record);
        if (m_comparison.options.listing == Listing::complete) {
          change.record = record_text(record);
          (kind == ChangeKind::removed ? change.before_index : change.after_index) = side.ordinals[i];
        }
        m_changes.push_back(std::move(change));
      }
    }
    return {};
  }

  void set_indexes(Change& change, std::uint32_t before, std::uint32_t after) const {
    if (m_comparison.options.listing == Listing::complete) {
      change.before_index = before;
      change.after_index = after;
    }
  }

  [[nodiscard]] Change headline(ChangeKind kind, const model::Record& record) const {
    Change change;
    change.kind = kind;
    change.subject = subject_of(m_section);
    const bool is_queue = m_section == model::Section::queues;
    change.id = plain_member(record, is_queue ? "queue" : "id", m_comparison.payloads);
    change.name = plain_member(record, m_section == model::Section::config ? "kind" : "name", m_comparison.payloads);
    return change;
  }

  [[nodiscard]] Place place(const model::Record& record) const {
    const std::string_view member = record.fields.contains("queue") ? "queue" : "framework";
    return {plain_member(record, member, m_comparison.payloads), ""};
  }

  const Comparison& m_comparison;
  model::Section m_section;
  std::vector<Change> m_changes;
};

}  // namespace

Result<std::vector<Change>> compare_records(const Comparison& comparison, model::Section section) {
  QSNAP_ASSIGN(std::vector<Change> changes, RecordComparison(comparison, section).run());
  const auto queue_of = [](const Change& change) { return change.after ? change.after->queue : change.before->queue; };
  std::stable_sort(changes.begin(), changes.end(), [&](const Change& a, const Change& b) {
    return std::pair{queue_of(a), a.id} < std::pair{queue_of(b), b.id};
  });
  return changes;
}

}  // namespace qsnap::diff
