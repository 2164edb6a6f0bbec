// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/merge/key_parts.hpp>
#include <qsnap/merge/merge_items.hpp>
#include <qsnap/merge/merge_keys.hpp>

namespace qsnap::merge {

namespace {

using model::Record;

/// Of one key on one side. What is longer and was changed on both sides is a conflict: law 7.
constexpr std::uint64_t k_most_bytes = 4 * limits::k_mib;
constexpr std::string_view k_expiry = "expire_at_ms";

std::uint32_t part_of(const Record& record) {
  const auto part = parse_integer(record.fields.find("part").value_or("0"));
  return part && *part >= 0 && *part < INT32_MAX ? static_cast<std::uint32_t>(*part) : 0;
}

/// Which keys one side touched, and where they begin.
class KeyLineage {
 public:
  struct Touched {
    std::uint32_t base = k_no_key;
    std::uint32_t side = k_no_key;
  };
  using Keys = std::map<std::string, Touched, std::less<>>;

  static Result<KeyLineage> trace(const Context& context, const model::RecordSource& side) {
    QSNAP_ASSIGN(auto lines,
                 diff::collect_lines(context.base, side, model::Section::keys, context.hash, context.progress));
    KeyLineage lineage;
    lineage.connect(lines);
    QSNAP_TRY(lineage.read(context, lines.before, lines.before_rest, &Touched::base));
    QSNAP_TRY(lineage.read(context, lines.after, lines.after_rest, &Touched::side));
    for (auto& [name, touched] : lineage.m_keys) {
      lineage.complete(touched);
    }
    return lineage;
  }

  [[nodiscard]] const Keys& keys() const { return m_keys; }
  /// Where the key of base begins on the side, if its first part is the same there.
  [[nodiscard]] std::uint32_t side_of(std::uint32_t base) const {
    const auto at = m_to_side.find(base);
    if (at != m_to_side.end()) {
      return at->second;
    }
    for (const diff::SameRecords& same : m_same) {
      if (base >= same.before && base - same.before < same.count) {
        return same.after + (base - same.before);
      }
    }
    return k_no_key;
  }

 private:
  void connect(const diff::SectionLines& lines) {
    m_same = lines.same;
    for (const diff::LinePair& pair : lines.equal) {
      const std::uint32_t before = lines.before.ordinal(pair.before), after = lines.after.ordinal(pair.after);
      m_to_side.emplace(before, after);
      m_to_base.emplace(after, before);
    }
  }

  Result<void> read(const Context& context, diff::LineIndex& index, std::span<const std::uint32_t> rest,
                    std::uint32_t Touched::*where) {
    return index.visit(rest, [&](std::uint32_t line, const Record& record) -> Result<void> {
      const std::uint32_t ordinal = index.ordinal(line), part = part_of(record);
      if (part <= ordinal) {
        m_keys[key_name(record, context.payloads)].*where = ordinal - part;
        if (part == 0) {
          m_own_first.emplace(where == &Touched::base, ordinal);
        }
      }
      return {};
    });
  }

  /// A key of which only later parts differ begins with a part that is the same on both sides.
  void complete(Touched& touched) const {
    const bool base_differs = m_own_first.contains({true, touched.base});
    const bool side_differs = m_own_first.contains({false, touched.side});
    if (touched.side == k_no_key && touched.base != k_no_key && !base_differs) {
      touched.side = side_of(touched.base);
    }
    if (touched.base == k_no_key && touched.side != k_no_key && !side_differs) {
      touched.base = base_of(touched.side);
    }
  }

  [[nodiscard]] std::uint32_t base_of(std::uint32_t side) const {
    const auto at = m_to_base.find(side);
    if (at != m_to_base.end()) {
      return at->second;
    }
    for (const diff::SameRecords& same : m_same) {
      if (side >= same.after && side - same.after < same.count) {
        return same.before + (side - same.after);
      }
    }
    return k_no_key;
  }

  Keys m_keys;
  std::unordered_map<std::uint32_t, std::uint32_t> m_to_side;
  std::unordered_map<std::uint32_t, std::uint32_t> m_to_base;
  std::vector<diff::SameRecords> m_same;
  std::set<std::pair<bool, std::uint32_t>> m_own_first;  ///< first parts whose lines differ: of base or not, ordinal
};

/// The result of merging one key: its parts, or that ours has to stay.
struct MergedKey {
  KeyParts parts;
  std::vector<Conflict> conflicts;
  std::vector<ValueDecision> decisions;
};

/// Merges keys that both sides changed; the same again for the same versions.
class KeyMerger {
 public:
  explicit KeyMerger(const Context& context)
      : m_context(context),
        m_rules(context.records.rules()),
        m_base(context.base, context.payloads),
        m_ours(context.ours, context.payloads),
        m_theirs(context.theirs, context.payloads) {}

  /// Where keys begin was told by the numbers of their parts, which may lie. Errors with `corrupt`.
  Result<void> check(const KeyStep& step, std::string_view name) {
    for (auto& [reader, first] :
         {std::pair{&m_base, step.base}, std::pair{&m_ours, step.ours}, std::pair{&m_theirs, step.theirs}}) {
      if (first == k_no_key) {
        continue;
      }
      QSNAP_ASSIGN(const auto part, reader->record_at(first));
      if (!part || part_of(*part) != 0 || key_name(*part, m_context.payloads) != name) {
        return make_error(ErrorCode::corrupt, fmt::format("the parts of key {} are not in order", name));
      }
    }
    return {};
  }

  /// Absent where the key cannot be merged; `conflict` says why then.
  struct Outcome {
    std::optional<MergedKey> merged;
    Conflict conflict;
    enum class Take : std::uint8_t { none, ours, theirs } take = Take::none;
  };

  Result<Outcome> merge(const KeyStep& step) {
    QSNAP_ASSIGN(const auto base, read(m_base, step.base));
    QSNAP_ASSIGN(const auto ours, read(m_ours, step.ours));
    QSNAP_ASSIGN(const auto theirs, read(m_theirs, step.theirs));
    Outcome outcome;
    QSNAP_ASSIGN(const Record shown, first_part(step));
    outcome.conflict = {ConflictKind::key, about(shown, m_context.payloads), {}, {}, {}, {}};
    const bool is_data = diff::plain_member(shown, "role", m_context.payloads) == "data";
    if (!is_data) {
      outcome.take = m_context.later == Side::ours ? Outcome::Take::ours : Outcome::Take::theirs;
      return outcome;
    }
    if (base && ours && theirs && *ours == *theirs) {
      outcome.take = Outcome::Take::ours;
      return outcome;
    }
    const RuleTable::Applicable rules = m_rules.applicable(shown);
    outcome.take = ruled(rules);
    if (outcome.take != Outcome::Take::none || !base || !ours || !theirs) {
      return outcome;
    }
    describe(*base, *ours, *theirs, outcome.conflict);
    if (!ours->empty() && !theirs->empty()) {
      QSNAP_TRY(merge_parts(*base, *ours, *theirs, rules, outcome));
    }
    return outcome;
  }

 private:
  Result<std::optional<KeyParts>> read(KeyReader& reader, std::uint32_t first) {
    return first == k_no_key ? Result<std::optional<KeyParts>>{KeyParts{}} : reader.read(first, k_most_bytes);
  }

  Result<Record> first_part(const KeyStep& step) {
    KeyReader& reader = step.ours != k_no_key ? m_ours : step.theirs != k_no_key ? m_theirs : m_base;
    const std::uint32_t first = step.ours != k_no_key ? step.ours : step.theirs != k_no_key ? step.theirs : step.base;
    QSNAP_ASSIGN(auto part, reader.record_at(first));
    return part ? Result<Record>{*std::move(part)} : make_error(ErrorCode::corrupt, "a key begins nowhere");
  }

  [[nodiscard]] Outcome::Take ruled(const RuleTable::Applicable& rules) const {
    const auto side = chosen_side(RuleTable::find(rules, ""), m_context.later);
    return !side ? Outcome::Take::none : *side == Side::ours ? Outcome::Take::ours : Outcome::Take::theirs;
  }

  /// What people see of a conflict: the key's first part.
  static void describe(const KeyParts& base, const KeyParts& ours, const KeyParts& theirs, Conflict& conflict) {
    const auto text = [](const KeyParts& parts) {
      return parts.empty() ? std::nullopt : std::optional{record_text(parts.front())};
    };
    conflict.base = text(base);
    conflict.ours = text(ours);
    conflict.theirs = text(theirs);
  }

  Result<Items> items_of(const KeyParts& parts) const {
    Items items;
    for (const Record& part : parts) {
      QSNAP_ASSIGN(auto elements, m_context.payloads.members(part.fields.find("items").value_or("[]")));
      for (model::Field& element : elements) {
        items.push_back(std::move(element.json));
      }
    }
    return items;
  }

  Result<void> merge_parts(const KeyParts& base, const KeyParts& ours, const KeyParts& theirs,
                           const RuleTable::Applicable& rules, Outcome& outcome) const {
    const auto type = ours.front().fields.find("type");
    const bool same_type =
        type == theirs.front().fields.find("type") && (base.empty() || type == base.front().fields.find("type"));
    if (!same_type) {
      return {};
    }
    QSNAP_ASSIGN(const Items base_items, items_of(base));
    QSNAP_ASSIGN(const Items our_items, items_of(ours));
    QSNAP_ASSIGN(const Items their_items, items_of(theirs));
    ValueMerger values{m_context.payloads, rules, m_context.later};
    std::optional<Items> items;
    if (our_items == their_items || their_items == base_items) {
      items = our_items;
    } else if (our_items == base_items) {
      items = their_items;
    } else {
      QSNAP_ASSIGN(items, merge_items({base_items, our_items, their_items},
                                      m_context.payloads.bytes(*type).value_or(""), values, m_context.payloads));
    }
    if (!items || items->empty()) {  // Redis has no empty keys: both sides emptied it, each in its own way
      return {};
    }
    MergedKey merged;
    merged.parts = parts_of(*items, ours.front(), expiry(base, ours.front(), theirs.front()));
    for (ValueConflict& conflict : values.conflicts) {
      merged.conflicts.push_back({ConflictKind::key, outcome.conflict.about, std::move(conflict.path),
                                  std::move(conflict.base), std::move(conflict.ours), std::move(conflict.theirs)});
    }
    merged.decisions = std::move(values.decisions);
    outcome.merged = std::move(merged);
    return {};
  }

  /// An instant, so noise: of the side that alone changed it, else of the later one.
  [[nodiscard]] OwnedJson expiry(const KeyParts& base, const Record& ours, const Record& theirs) const {
    const auto of = [](const Record& record) { return record.fields.find(k_expiry); };
    const auto before = base.empty() ? std::nullopt : of(base.front());
    const bool ours_kept = of(ours) == before, theirs_kept = of(theirs) == before;
    const bool take_ours = ours_kept == theirs_kept ? m_context.later == Side::ours : theirs_kept;
    const auto json = take_ours ? of(ours) : of(theirs);
    return json ? OwnedJson{std::string{*json}} : std::nullopt;
  }

  /// Cut as a capture cuts them.
  static KeyParts parts_of(const Items& items, Record part, const OwnedJson& expires_at) {
    if (expires_at) {
      part.fields.set(k_expiry, *expires_at);
    } else {
      part.fields.erase(k_expiry);
    }
    KeyParts parts;
    std::string text;
    const auto flush = [&] {
      part.fields.set("items", fmt::format("[{}]", text));
      part.fields.set("part", fmt::format("{}", parts.size()));
      parts.push_back(part);
      text.clear();
    };
    for (const std::string& item : items) {
      if (!text.empty() && text.size() + 1 + item.size() > limits::k_key_part_bytes) {
        flush();
      }
      text.append(text.empty() ? "" : ",").append(item);
    }
    flush();
    return parts;
  }

  const Context& m_context;
  const RuleTable& m_rules;
  KeyReader m_base;
  KeyReader m_ours;
  KeyReader m_theirs;
};

Result<void> settle(const Context& context, KeyMerger& merger, KeyStep& step) {
  using Take = KeyMerger::Outcome::Take;
  if (step.ours == k_no_key && step.theirs == k_no_key) {
    return {};  // removed by both
  }
  QSNAP_ASSIGN(KeyMerger::Outcome outcome, merger.merge(step));
  if (outcome.take == Take::ours) {
    return {};
  }
  if (outcome.take == Take::theirs) {
    step.action = step.theirs == k_no_key ? KeyStep::Action::drop : KeyStep::Action::theirs;
    return {};
  }
  if (!outcome.merged) {
    step.action = step.ours == k_no_key ? KeyStep::Action::theirs : KeyStep::Action::keep;
    return context.findings.add(std::move(outcome.conflict));
  }
  step.action = KeyStep::Action::merged;
  for (const ValueDecision& decision : outcome.merged->decisions) {
    context.findings.decide(fmt::format("rule {}", to_text(decision.policy)), outcome.conflict.about, decision.path);
  }
  for (Conflict& conflict : outcome.merged->conflicts) {
    QSNAP_TRY(context.findings.add(std::move(conflict)));
  }
  return {};
}

class KeyWriter {
 public:
  KeyWriter(const Context& context, const KeySteps& steps, model::RecordSink& sink)
      : m_context(context),
        m_sink(sink),
        m_merger(context),
        m_theirs(context.theirs, context.payloads),
        m_next(steps.begin()),
        m_end(steps.end()) {}

  Result<void> run() {
    std::string skipped;
    bool skips = false;
    QSNAP_TRY(for_each_record(m_context.ours, model::Section::keys, [&](const Record& part) -> Result<void> {
      const std::string name = key_name(part, m_context.payloads);
      if (skips && name == skipped) {
        return {};
      }
      skips = false;
      while (m_next != m_end && m_next->first < name) {
        QSNAP_TRY(write_next());
      }
      if (m_next != m_end && m_next->first == name) {
        skips = m_next->second.action != KeyStep::Action::keep;
        skipped = name;
        QSNAP_TRY(write_next());
      }
      return skips ? Result<void>{} : m_sink.add(part);
    }));
    while (m_next != m_end) {
      QSNAP_TRY(write_next());
    }
    return {};
  }

 private:
  Result<void> write_next() {
    const KeyStep& step = (m_next++)->second;
    if (step.action == KeyStep::Action::theirs) {
      return m_theirs.for_each_part(step.theirs, [&](Record part) { return m_sink.take(std::move(part)); });
    }
    if (step.action == KeyStep::Action::merged) {
      QSNAP_ASSIGN(KeyMerger::Outcome outcome, m_merger.merge(step));
      for (Record& part : outcome.merged.value().parts) {
        QSNAP_TRY(m_sink.take(std::move(part)));
      }
    }
    return {};
  }

  const Context& m_context;
  model::RecordSink& m_sink;
  KeyMerger m_merger;
  KeyReader m_theirs;
  KeySteps::const_iterator m_next;
  KeySteps::const_iterator m_end;
};

}  // namespace

Result<KeySteps> decide_keys(const Context& context) {
  QSNAP_ASSIGN(const KeyLineage ours, KeyLineage::trace(context, context.ours));
  QSNAP_ASSIGN(const KeyLineage theirs, KeyLineage::trace(context, context.theirs));
  KeyMerger merger{context};
  KeySteps steps;
  for (const auto& [name, touched] : theirs.keys()) {
    KeyStep step{.base = touched.base, .theirs = touched.side};
    const auto both = ours.keys().find(name);
    if (both == ours.keys().end()) {
      step.ours = touched.base == k_no_key ? k_no_key : ours.side_of(touched.base);
      step.action = step.theirs == k_no_key ? KeyStep::Action::drop : KeyStep::Action::theirs;
      QSNAP_TRY(merger.check(step, name));
      context.findings.count("key from theirs");
    } else {
      step.ours = both->second.side;
      step.base = both->second.base != k_no_key ? both->second.base : step.base;
      QSNAP_TRY(merger.check(step, name));
      QSNAP_TRY(settle(context, merger, step));
    }
    if (step.action != KeyStep::Action::keep) {
      steps.emplace(name, step);
    }
  }
  return steps;
}

Result<void> write_keys(const Context& context, const KeySteps& steps, model::RecordSink& sink) {
  return KeyWriter{context, steps, sink}.run();
}

}  // namespace qsnap::merge
