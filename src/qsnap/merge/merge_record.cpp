// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/merge/merge_links.hpp>
#include <qsnap/merge/merge_record.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::merge {

namespace {

using model::Record;

constexpr std::string_view k_payload = "payload";
constexpr std::string_view k_place = "state";
constexpr std::string_view k_refs = "refs";
/// Of a queue; computed from its jobs, never merged.
constexpr std::string_view k_counts = "counts";
/// Of what the instants of a job imply.
constexpr std::string_view k_duration_path = ".due_in_ms";
/// Volatile members that run parallel to refs.
constexpr std::array<std::string_view, 2> k_beside_refs = {"ref_ids", "ref_scores"};

/// The unit that a member belongs to, by the name of its main member.
std::string_view unit_of(std::string_view member) {
  if (member == "enc" || member == "codec" || member == "object_enc") {
    return k_payload;
  }
  if (member == "queue") {
    return k_place;
  }
  if (member == "error_class") {
    return "error";
  }
  for (const std::string_view suffix : {std::string_view{"_enc"}, std::string_view{"_codec"}}) {
    if (member.size() > suffix.size() && member.ends_with(suffix)) {
      return member.substr(0, member.size() - suffix.size());
    }
  }
  return member;
}

/// Objects whose members are things of their own. Others, such as what a job returned, are one thing.
bool is_taken_apart(std::string_view unit) {
  constexpr std::array<std::string_view, 7> k_units = {"data",    "fields", "headers", "meta",
                                                       "options", "opts",   "payload"};
  return std::find(k_units.begin(), k_units.end(), unit) != k_units.end();
}

/// Volatile members that say how an encoded object is put together of the record's members: right for the members of
/// one side alone, and a load does without.
bool is_arrangement(std::string_view member) {
  return member == "order" || member.ends_with("_order") || member == "empty" || member == "absent_fields";
}

Json find(const Record* record, std::string_view member) {
  return record != nullptr ? record->fields.find(member) : std::nullopt;
}

class RecordMerge {
 public:
  RecordMerge(const Versions& versions, const model::PayloadReader& payloads, const RuleTable::Applicable& rules,
              const diff::RuleBook& book, Side later)
      : m_versions(versions),
        m_payloads(payloads),
        m_rules(rules),
        m_book(book),
        m_later(later),
        m_values(payloads, rules, later) {}

  Result<MergedRecord> run(std::optional<Side> volatiles) {
    m_result.record.section = m_versions.ours->section;
    gather_units();
    if (const auto place = m_units.find(k_place); is_job() && place != m_units.end()) {
      QSNAP_TRY(merge_unit(k_place, place->second));  // what an attempt left goes with it
      m_units.erase(place);
    }
    for (const auto& [unit, members] : m_units) {
      QSNAP_TRY(merge_unit(unit, members));
    }
    if (both_durations_changed()) {
      m_rule_on_duration = chosen_side(RuleTable::find(m_rules, k_duration_path), m_later);
    }
    m_result.volatiles = volatiles ? *volatiles : volatile_side();
    take_volatiles();
    QSNAP_TRY(drop_arrangements());
    report_durations();
    report_values();
    return std::move(m_result);
  }

 private:
  using Names = std::vector<std::string_view>;

  void gather_units() {
    for (const Record* record : {m_versions.ours, m_versions.theirs, m_versions.base}) {
      if (record == nullptr) {
        continue;
      }
      for (const model::Field& field : record->fields) {
        Names& names = m_units[is_job() ? unit_of(field.name) : field.name];
        if (std::find(names.begin(), names.end(), field.name) == names.end()) {
          names.push_back(field.name);
        }
      }
    }
  }

  [[nodiscard]] bool is_job() const { return m_versions.ours->section == model::Section::jobs; }

  Result<bool> same_unit(const Record* a, const Record* b, const Names& members) const {
    for (const std::string_view member : members) {
      const Json left = find(a, member), right = find(b, member);
      if (left == right) {
        continue;
      }
      if (member == k_refs && left && right) {
        QSNAP_ASSIGN(const std::string left_refs, diff::refs_by_meaning(*left, m_payloads));
        QSNAP_ASSIGN(const std::string right_refs, diff::refs_by_meaning(*right, m_payloads));
        if (left_refs != right_refs) {
          return false;
        }
        continue;
      }
      QSNAP_ASSIGN(const bool same, m_values.same(left, right));
      if (!same) {
        return false;
      }
    }
    return true;
  }

  Result<void> merge_unit(std::string_view unit, const Names& members) {
    if (unit == k_counts) {
      take_unit(unit, find(m_versions.ours, unit) ? m_versions.ours : m_versions.theirs, members, Side::ours);
      return {};
    }
    QSNAP_ASSIGN(const bool agreed, same_unit(m_versions.ours, m_versions.theirs, members));
    QSNAP_ASSIGN(const bool ours_kept, same_unit(m_versions.base, m_versions.ours, members));
    QSNAP_ASSIGN(const bool theirs_kept, same_unit(m_versions.base, m_versions.theirs, members));
    if (unit == k_place) {
      m_places_differ = !agreed;
      m_places_parted = !agreed && !ours_kept && !theirs_kept;
    }
    if (m_places_parted && belongs_to_attempt(unit)) {  // it completed here or failed there, whatever a rule says
      take_unit(unit, m_place_of, members, m_place);
    } else if (agreed || theirs_kept) {
      take_unit(unit, m_versions.ours, members, Side::ours);
    } else if (ours_kept) {
      take_unit(unit, m_versions.theirs, members, Side::theirs);
    } else {
      return merge_changed(unit, members);
    }
    return {};
  }

  void take_unit(std::string_view unit, const Record* from, const Names& members, Side side) {
    for (const std::string_view member : members) {
      if (const Json json = find(from, member)) {
        m_result.record.fields.set(member, std::string{*json});
      }
    }
    if (unit == k_refs) {
      m_refs = side;
    } else if (unit == k_place) {
      m_place = side;
      m_place_of = from;
    }
  }

  /// Both sides changed it, each in its own way.
  Result<void> merge_changed(std::string_view unit, const Names& members) {
    const std::string path = member_path("", unit);
    if (is_taken_apart(unit) && differs_in_value_alone(unit, members)) {
      QSNAP_ASSIGN(OwnedJson value, m_values.merge(main_values(unit), path, ValueMerger::Objects::by_member));
      take_unit(unit, m_versions.ours, members, Side::ours);
      if (value) {
        m_result.record.fields.set(unit, *std::move(value));
      } else {
        m_result.record.fields.erase(unit);
      }
      return {};
    }
    const bool one_member = members.size() == 1;
    if (one_member && unit != k_refs) {
      QSNAP_ASSIGN(OwnedJson value, m_values.merge(main_values(unit), path, ValueMerger::Objects::whole));
      if (value) {
        m_result.record.fields.set(unit, *std::move(value));
      }
      return {};
    }
    if (unit == k_refs && m_versions.base != nullptr) {
      QSNAP_ASSIGN(m_links, merge_links(*m_versions.base, *m_versions.ours, *m_versions.theirs, m_payloads));
      if (m_links) {
        m_result.record.fields.set(k_refs, m_links->refs);
        return {};
      }
    }
    return decide_unit(unit, members, path);
  }

  /// Several members in one: a rule can choose a side, but not make a value.
  Result<void> decide_unit(std::string_view unit, const Names& members, const std::string& path) {
    const OwnedJson base = unit_value(m_versions.base, members), ours = unit_value(m_versions.ours, members),
                    theirs = unit_value(m_versions.theirs, members);
    QSNAP_ASSIGN(const Verdict verdict, m_values.decide({base, ours, theirs}, path));
    const bool takes_theirs = verdict && *verdict == theirs;
    const bool takes_base = verdict && !takes_theirs && *verdict == base && m_versions.base != nullptr;
    if (verdict && !takes_theirs && !takes_base && *verdict != ours) {
      m_values.decisions.pop_back();  // `max` of a place or `union` of links says nothing
      m_values.conflicts.push_back({path, base, ours, theirs});
    }
    const Record* from = takes_theirs ? m_versions.theirs : takes_base ? m_versions.base : m_versions.ours;
    take_unit(unit, from, members, takes_theirs ? Side::theirs : Side::ours);
    return {};
  }

  /// The members of a unit as one value: the member itself, or an object of those that are there.
  static OwnedJson unit_value(const Record* record, const Names& members) {
    if (record == nullptr) {
      return std::nullopt;
    }
    JsonWriter json;
    json.begin_object();
    bool any = false;
    for (const std::string_view member : members) {
      if (const Json value = find(record, member)) {
        json.key(member).raw(*value);
        any = true;
      }
    }
    return any ? OwnedJson{json.end_object().take()} : std::nullopt;
  }

  [[nodiscard]] Values main_values(std::string_view unit) const {
    return {find(m_versions.base, unit), find(m_versions.ours, unit), find(m_versions.theirs, unit)};
  }

  /// Whether all sides write the value in one style, and none keeps it in a codec: then it is JSON that can be merged
  /// member by member and still be written in that style.
  [[nodiscard]] bool differs_in_value_alone(std::string_view unit, const Names& members) const {
    return std::all_of(members.begin(), members.end(), [&](std::string_view member) {
      const Json ours = find(m_versions.ours, member);
      const bool alike = ours == find(m_versions.theirs, member) &&
                         (m_versions.base == nullptr || ours == find(m_versions.base, member));
      const bool in_codec = ours && (member == "codec" || member.ends_with("_codec"));
      return member == unit || (alike && !in_codec);
    });
  }

  /// What a load needs must fit the place. In one place: the side that alone has something to tell, or that alone
  /// changed what the job waits for, or that was captured later.
  [[nodiscard]] Side volatile_side() const {
    if (m_places_differ) {
      return m_place;
    }
    if (m_rule_on_duration) {
      return *m_rule_on_duration;
    }
    if (m_versions.base == nullptr) {
      return m_later;
    }
    const bool ours_changed = m_versions.ours->volatiles != m_versions.base->volatiles;
    const bool theirs_changed = m_versions.theirs->volatiles != m_versions.base->volatiles;
    if (ours_changed != theirs_changed) {
      return ours_changed ? Side::ours : Side::theirs;
    }
    const auto [ours_waits, theirs_waits] = changed_durations();
    return ours_waits == theirs_waits ? m_later : ours_waits ? Side::ours : Side::theirs;
  }

  void take_volatiles() {
    m_result.record.volatiles = side(m_result.volatiles).volatiles;
    if (m_links) {
      m_result.record.volatiles.set(k_beside_refs.front(), m_links->ref_ids);
      return;
    }
    if (m_refs == m_result.volatiles) {
      return;
    }
    for (const std::string_view member : k_beside_refs) {
      if (const Json json = side(m_refs).volatiles.find(member)) {
        m_result.record.volatiles.set(member, std::string{*json});
      } else {
        m_result.record.volatiles.erase(member);
      }
    }
  }

  /// Where the merged record has other members than the side that its volatiles come from.
  Result<void> drop_arrangements() {
    QSNAP_ASSIGN(const std::string merged_shape, shape(m_result.record));
    QSNAP_ASSIGN(const std::string side_shape, shape(side(m_result.volatiles)));
    if (merged_shape == side_shape) {
      return {};
    }
    Names dropped;
    const model::Fields& volatiles = side(m_result.volatiles).volatiles;
    for (const model::Field& field : volatiles) {
      if (is_arrangement(field.name)) {
        dropped.push_back(field.name);
      }
    }
    for (const std::string_view member : dropped) {
      m_result.record.volatiles.erase(member);
    }
    return {};
  }

  /// The names of all members, and which of them are null, but for what is inside of a payload.
  Result<std::string> shape(const Record& record) const {
    std::string text;
    for (const model::Field& field : record.fields) {
      text.append(field.name).append(field.json == "null" ? "-\n" : "\n");
      if (is_taken_apart(field.name) && field.name != k_payload) {
        QSNAP_ASSIGN(const auto leaves, m_payloads.leaves(field.json));
        for (const model::PayloadReader::Leaf& leaf : leaves) {
          text.append(leaf.path).append(leaf.json == "null" ? "-\n" : "\n");
        }
      }
    }
    return text;
  }

  [[nodiscard]] bool both_durations_changed() const {
    const auto [ours_changed, theirs_changed] = changed_durations();
    return ours_changed && theirs_changed;
  }

  struct ChangedDurations {
    bool ours = false;
    bool theirs = false;
  };
  [[nodiscard]] ChangedDurations changed_durations() const {
    if (m_versions.base == nullptr || !is_job()) {
      return {};
    }
    const auto base = model::implied_duration(*m_versions.base);
    const auto changed = [&](const Record& record) {
      const auto duration = model::implied_duration(record);
      return base && duration && !m_book.durations_agree(*base, *duration);
    };
    return {changed(*m_versions.ours), changed(*m_versions.theirs)};
  }

  /// What a job waits for carries meaning, though it is told by volatile instants.
  void report_durations() {
    if (m_rule_on_duration || !both_durations_changed()) {
      return;
    }
    const auto base = model::implied_duration(*m_versions.base), ours = model::implied_duration(*m_versions.ours),
               theirs = model::implied_duration(*m_versions.theirs);
    if (!m_book.durations_agree(*ours, *theirs)) {
      m_values.conflicts.push_back({std::string{k_duration_path}, fmt::format("{}", *base), fmt::format("{}", *ours),
                                    fmt::format("{}", *theirs)});
    }
  }

  void report_values() {
    const bool is_new = m_versions.base == nullptr;
    for (ValueConflict& conflict : m_values.conflicts) {
      const bool is_place = is_job() && conflict.path == member_path("", k_place);
      const ConflictKind kind = is_place ? ConflictKind::moved
                                : is_new ? ConflictKind::added_differently
                                         : ConflictKind::changed;
      m_result.conflicts.push_back({kind, about(*m_versions.ours, m_payloads), std::move(conflict.path),
                                    std::move(conflict.base), std::move(conflict.ours), std::move(conflict.theirs)});
    }
    m_result.decisions = std::move(m_values.decisions);
  }

  [[nodiscard]] const Record& side(Side which) const {
    return which == Side::ours ? *m_versions.ours : *m_versions.theirs;
  }

  const Versions& m_versions;
  const model::PayloadReader& m_payloads;
  const RuleTable::Applicable& m_rules;
  const diff::RuleBook& m_book;
  Side m_later;
  ValueMerger m_values;
  std::optional<Side> m_rule_on_duration;
  std::map<std::string_view, Names> m_units;
  MergedRecord m_result;
  Side m_place = Side::ours;
  const Record* m_place_of = nullptr;  ///< the version that the place is taken from; once it is decided
  Side m_refs = Side::ours;
  std::optional<Links> m_links;  ///< merged one by one
  bool m_places_differ = false;
  bool m_places_parted = false;  ///< both sides moved the job, to different places
};

}  // namespace

bool belongs_to_attempt(std::string_view member) {
  constexpr std::array<std::string_view, 8> k_units = {"deferred_failure", "error",        "error_module",
                                                       "progress",         "result",       "retry_count",
                                                       "return_value",     "stalled_count"};
  return std::find(k_units.begin(), k_units.end(), unit_of(member)) != k_units.end();
}

Result<MergedRecord> RecordMerger::merge(const Versions& versions, std::optional<Side> volatiles) const {
  const RuleTable::Applicable rules = m_rules.applicable(*versions.ours);
  return RecordMerge{versions, m_payloads, rules, m_book, m_later}.run(volatiles);
}

std::optional<Side> RecordMerger::side_by_rule(const Record& record) const {
  return chosen_side(RuleTable::find(m_rules.applicable(record), ""), m_later);
}

}  // namespace qsnap::merge
