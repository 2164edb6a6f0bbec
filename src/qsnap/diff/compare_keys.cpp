// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/diff/comparison.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/key_items.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/record_text.hpp>

namespace qsnap::diff {

namespace {

/// What is compared apart: items element by element, expiries not at all (they are instants, so noise).
constexpr std::array<std::string_view, 4> k_apart = {"expire_at_ms", "items", "key", "part"};

/// The parts of one key whose lines have no equal on the other side.
struct KeyGroup {
  std::vector<std::uint32_t> before;
  std::vector<std::uint32_t> after;
};

using Parts = std::vector<const model::Record*>;

/// Instants are noise: they are told where nothing else differs.
FieldChange expiry_change(const model::Record& before, const model::Record& after) {
  const auto expiry = [](const model::Record& record) {
    const auto json = record.fields.find("expire_at_ms");
    return json ? std::optional{std::string{*json}} : std::nullopt;
  };
  return {".expire_at_ms", expiry(before), expiry(after)};
}

std::int64_t part_of(const model::Record& record) {
  return parse_integer(record.fields.find("part").value_or("0")).value_or(0);
}

class KeyComparison {
 public:
  explicit KeyComparison(const Comparison& comparison) : m_comparison(comparison) {}

  Result<std::vector<Change>> run() {
    QSNAP_ASSIGN(SectionLines lines, collect_lines(m_comparison.before, m_comparison.after, model::Section::keys,
                                                   m_comparison.hash, m_comparison.progress));
    QSNAP_TRY(gather(lines.before, lines.before_rest, &KeyGroup::before));
    QSNAP_TRY(gather(lines.after, lines.after_rest, &KeyGroup::after));
    std::span<const KeyGroup> groups = m_groups;
    while (!groups.empty()) {
      QSNAP_TRY(m_comparison.progress.check());
      const std::size_t count = batch_size(lines, groups);
      QSNAP_TRY(add_batch(lines, groups.first(count)));
      groups = groups.subspan(count);
    }
    std::stable_sort(m_changes.begin(), m_changes.end(), [](const Change& a, const Change& b) { return a.id < b.id; });
    return std::move(m_changes);
  }

 private:
  Result<void> gather(LineIndex& index, std::span<const std::uint32_t> rest,
                      std::vector<std::uint32_t> KeyGroup::*side) {
    return index.visit(rest, [&](std::uint32_t line, const model::Record& record) -> Result<void> {
      const Hash128 name = m_comparison.hash(plain_member(record, "key", m_comparison.payloads));
      const auto [at, fresh] = m_numbers.try_emplace(name, m_groups.size());
      if (fresh) {
        m_groups.emplace_back();
      }
      const bool data = plain_member(record, "role", m_comparison.payloads) == "data";
      if (data) {
        (m_groups[at->second].*side).push_back(line);
      } else if (fresh) {
        m_comparison.rules.leave_out(m_comparison.rules.applicable(record), k_ignored_derived_keys, {});
      }
      return {};
    });
  }

  static std::size_t batch_size(const SectionLines& lines, std::span<const KeyGroup> groups) {
    std::uint64_t bytes = 0;
    std::size_t count = 0;
    while (count < groups.size() && (count == 0 || bytes < k_batch_bytes)) {
      const KeyGroup& group = groups[count++];
      for (const std::uint32_t line : group.before) {
        bytes += lines.before.estimated_bytes(line);
      }
      for (const std::uint32_t line : group.after) {
        bytes += lines.after.estimated_bytes(line);
      }
    }
    return count;
  }

  static Result<LineIndex::Records> load(LineIndex& index, std::span<const KeyGroup> groups,
                                         std::vector<std::uint32_t> KeyGroup::*side) {
    std::vector<std::uint32_t> lines;
    for (const KeyGroup& group : groups) {
      lines.insert(lines.end(), (group.*side).begin(), (group.*side).end());
    }
    return index.load(std::move(lines));
  }

  Result<void> add_batch(SectionLines& lines, std::span<const KeyGroup> groups) {
    QSNAP_ASSIGN(const LineIndex::Records old_records, load(lines.before, groups, &KeyGroup::before));
    QSNAP_ASSIGN(const LineIndex::Records new_records, load(lines.after, groups, &KeyGroup::after));
    const auto parts = [](const LineIndex::Records& records, const std::vector<std::uint32_t>& wanted) {
      Parts list;
      for (const std::uint32_t line : wanted) {
        list.push_back(&records.at(line));
      }
      return list;
    };
    for (const KeyGroup& group : groups) {
      const Parts before = parts(old_records, group.before), after = parts(new_records, group.after);
      if (!before.empty() || !after.empty()) {
        QSNAP_TRY(add_group(before, after));
      }
    }
    return {};
  }

  /// Part 0 tells whether a key is new or gone: if the other side had the key, its part 0 would be equal (and not
  /// here) or here as well.
  Result<void> add_group(const Parts& before, const Parts& after) {
    const model::Record& shown = after.empty() ? *before.front() : *after.front();
    const RuleBook::Applicable applicable = m_comparison.rules.applicable(shown);
    if (m_comparison.rules.drops(applicable, "")) {
      return {};
    }
    Change change;
    change.subject = Subject::key;
    change.id = plain_member(shown, "key", m_comparison.payloads);
    const bool gone = after.empty() && part_of(*before.front()) == 0;
    const bool fresh = before.empty() && part_of(*after.front()) == 0;
    if (!fresh) {
      change.before = Place{};
    }
    if (!gone) {
      change.after = Place{};
    }
    if (gone || fresh) {
      change.kind = gone ? ChangeKind::removed : ChangeKind::added;
      change.record = whole_record(gone ? before : after);
    } else {
      FieldCollector fields{m_comparison.payloads, m_comparison.rules, applicable, m_comparison.options.listing};
      QSNAP_ASSIGN(const Finding finding, compare_group(before, after, fields));
      if (finding == Finding::nothing) {
        m_comparison.rules.leave_out(applicable, k_ignored_volatile, expiry_change(*before.front(), *after.front()));
      }
      if (fields.empty()) {
        return {};
      }
      change.fields = fields.take();
      add_parts(before, after, change);
    }
    m_changes.push_back(std::move(change));
    return {};
  }

  /// An array of the records of a key that is in several parts. Empty for a summary.
  [[nodiscard]] std::string whole_record(const Parts& parts) const {
    if (m_comparison.options.listing == Listing::summary) {
      return {};
    }
    if (parts.size() == 1) {
      return record_text(*parts.front());
    }
    JsonWriter all;
    all.begin_array();
    for (const model::Record* part : parts) {
      all.raw(record_text(*part));
    }
    return all.end_array().take();
  }

  /// Where a key is cut is part of its document, so parts are told as wholes: ".parts[3]".
  void add_parts(const Parts& before, const Parts& after, Change& change) const {
    if (m_comparison.options.listing == Listing::summary) {
      return;
    }
    std::map<std::int64_t, FieldChange> by_part;
    for (const model::Record* part : before) {
      by_part[part_of(*part)].before = record_text(*part);
    }
    for (const model::Record* part : after) {
      by_part[part_of(*part)].after = record_text(*part);
    }
    for (auto& [part, records] : by_part) {
      records.path = fmt::format(".parts[{}]", part);
      change.encoded.push_back(std::move(records));
    }
  }

  enum class Finding { nothing, something };

  Result<Finding> compare_group(const Parts& before, const Parts& after, FieldCollector& fields) {
    QSNAP_ASSIGN(const Elements old_items, elements(before));
    QSNAP_ASSIGN(const Elements new_items, elements(after));
    if (!before.empty() && !after.empty()) {
      QSNAP_TRY(fields.compare_all(*before.front(), *after.front(), k_apart));
      if (old_items.type != new_items.type) {
        return Finding::something;  // another type: items cannot be compared, and the type says it all
      }
    }
    const std::string& type = before.empty() ? new_items.type : old_items.type;
    const std::int64_t part = before.empty() ? part_of(*after.front()) : part_of(*before.front());
    const std::string prefix = part == 0 ? ".items" : fmt::format(".parts[{}].items", part);
    fields.set_lengths(".items", {old_items.list.size(), new_items.list.size()});
    compare_key_items(old_items.list, new_items.list, type, prefix, fields);
    return old_items.text == new_items.text ? Finding::nothing : Finding::something;
  }

  struct Elements {
    std::string type;
    std::string text;  ///< the items' JSON
    std::vector<KeyItem> list;
  };

  /// The elements of all these parts, one after the other.
  Result<Elements> elements(const Parts& parts) const {
    Elements all;
    for (const model::Record* part : parts) {
      all.type = plain_member(*part, "type", m_comparison.payloads);
      const std::string_view json = part->fields.find("items").value_or("[]");
      all.text += json;
      QSNAP_ASSIGN(std::vector<KeyItem> items, key_items(json, all.type, m_comparison.payloads));
      all.list.insert(all.list.end(), std::move_iterator{items.begin()}, std::move_iterator{items.end()});
    }
    return all;
  }

  struct TakeLow {
    std::size_t operator()(const Hash128& hash) const { return static_cast<std::size_t>(hash.low); }
  };

  const Comparison& m_comparison;
  std::unordered_map<Hash128, std::size_t, TakeLow> m_numbers;  ///< key name → index into m_groups
  std::vector<KeyGroup> m_groups;
  std::vector<Change> m_changes;
};

}  // namespace

Result<std::vector<Change>> compare_keys(const Comparison& comparison) {
  return KeyComparison{comparison}.run();
}

}  // namespace qsnap::diff
