// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <string>

#include <fmt/format.h>

#include <qsnap/merge/merge_section.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::merge {

namespace {

using model::Record;

/// The records of one source, found by identity. The same identity once more is another record.
struct Listing {
  std::vector<Record> records;
  std::vector<std::string> keys;  ///< of each record
  std::map<std::string, std::size_t, std::less<>> by_key;

  [[nodiscard]] const Record* find(std::string_view key) const {
    const auto at = by_key.find(key);
    return at != by_key.end() ? &records[at->second] : nullptr;
  }
};

class SectionMerge {
 public:
  SectionMerge(const Context& context, model::Section section, const SectionRules& rules)
      : m_context(context), m_section(section), m_rules(rules) {}

  Result<std::vector<Record>> run() {
    QSNAP_ASSIGN(m_base, list(m_context.base));
    QSNAP_ASSIGN(m_ours, list(m_context.ours));
    QSNAP_ASSIGN(m_theirs, list(m_context.theirs));
    place_additions();
    QSNAP_TRY(add_theirs(0));
    for (std::size_t i = 0; i < m_ours.records.size(); ++i) {
      QSNAP_TRY(add(m_ours.keys[i]));
      QSNAP_TRY(add_theirs(i + 1));
    }
    return std::move(m_merged);
  }

 private:
  Result<Listing> list(const model::RecordSource& source) const {
    Listing listing;
    QSNAP_TRY(for_each_record(source, m_section, [&](const Record& record) -> Result<void> {
      std::string key = identity(record);
      while (listing.by_key.contains(key)) {
        key += '+';
      }
      listing.by_key.emplace(key, listing.records.size());
      listing.keys.push_back(std::move(key));
      listing.records.push_back(record);
      return {};
    }));
    return listing;
  }

  /// What a record is called: queue or framework, kind and id.
  [[nodiscard]] std::string identity(const Record& record) const {
    std::string key;
    for (const std::string_view member : {"queue", "framework", "kind", "id", "name"}) {
      diff::append_part(key, diff::plain_member(record, member, m_context.payloads));
    }
    return key;
  }

  /// Where records of theirs that ours has not go: behind how many of ours.
  void place_additions() {
    std::size_t behind = 0;
    for (const std::string& key : m_theirs.keys) {
      const auto at = m_ours.by_key.find(key);
      if (at == m_ours.by_key.end()) {
        while (behind < m_ours.keys.size() && is_new_in_ours(m_ours.keys[behind])) {
          ++behind;
        }
        m_additions.emplace(behind, key);
      } else {
        behind = at->second + 1;
      }
    }
  }

  [[nodiscard]] bool is_new_in_ours(const std::string& key) const {
    return m_base.find(key) == nullptr && m_theirs.find(key) == nullptr;
  }

  Result<void> add_theirs(std::size_t behind) {
    const auto [from, to] = m_additions.equal_range(behind);
    for (auto at = from; at != to; ++at) {
      QSNAP_TRY(add(at->second));
    }
    return {};
  }

  Result<void> add(const std::string& key) {
    const Versions versions{m_base.find(key), m_ours.find(key), m_theirs.find(key)};
    if (versions.ours != nullptr && versions.theirs != nullptr) {
      QSNAP_ASSIGN(MergedRecord merged, m_context.records.merge(versions));
      for (const ValueDecision& decision : merged.decisions) {
        m_context.findings.decide(fmt::format("rule {}", to_text(decision.policy)),
                                  about(*versions.ours, m_context.payloads), decision.path);
      }
      for (Conflict& conflict : merged.conflicts) {
        QSNAP_TRY(m_context.findings.add(std::move(conflict)));
      }
      return push(versions, std::move(merged.record));
    }
    const Record& left = versions.ours != nullptr ? *versions.ours : *versions.theirs;
    if (versions.base == nullptr) {
      return push(versions, left);
    }
    QSNAP_ASSIGN(const bool kept, same_meaning(*versions.base, left));
    if (m_rules.stays_anyway) {
      QSNAP_ASSIGN(const bool stays, m_rules.stays_anyway(versions));
      if (stays) {
        return push(versions, left);
      }
    }
    return kept ? Result<void>{} : removed_and_changed(versions, left);
  }

  Result<void> removed_and_changed(const Versions& versions, const Record& left) {
    if (const auto side = m_context.records.side_by_rule(left)) {
      m_context.findings.decide(rule_of(*side), about(left, m_context.payloads));
      const bool has_ours = versions.ours != nullptr;
      return has_ours == (*side == Side::ours) ? push(versions, left) : Result<void>{};
    }
    const auto text = [](const Record* record) {
      return record != nullptr ? std::optional{record_text(*record)} : std::nullopt;
    };
    QSNAP_TRY(m_context.findings.add({ConflictKind::removed_changed,
                                      about(left, m_context.payloads),
                                      {},
                                      text(versions.base),
                                      text(versions.ours),
                                      text(versions.theirs)}));
    return push(versions, left);
  }

  Result<bool> same_meaning(const Record& a, const Record& b) const {
    for (const auto& [left, right] : {std::pair{&a, &b}, std::pair{&b, &a}}) {
      for (const model::Field& field : left->fields) {
        if (!model::carries_meaning(field.name)) {
          continue;
        }
        const auto other = right->fields.find(field.name);
        if (!other) {
          return false;
        }
        QSNAP_ASSIGN(const std::string ours, m_context.payloads.sorted(field.json));
        QSNAP_ASSIGN(const std::string theirs, m_context.payloads.sorted(*other));
        if (ours != theirs) {
          return false;
        }
      }
    }
    return true;
  }

  Result<void> push(const Versions& versions, Record record) {
    if (m_rules.correct) {
      QSNAP_TRY(m_rules.correct(versions, record));
    }
    m_merged.push_back(std::move(record));
    return {};
  }

  const Context& m_context;
  model::Section m_section;
  const SectionRules& m_rules;
  Listing m_base;
  Listing m_ours;
  Listing m_theirs;
  std::multimap<std::size_t, std::string> m_additions;  ///< behind how many of ours → key in theirs
  std::vector<Record> m_merged;
};

}  // namespace

Result<std::vector<model::Record>> merge_section(const Context& context, model::Section section,
                                                 const SectionRules& rules) {
  return SectionMerge{context, section, rules}.run();
}

bool same_section(const model::RecordSource& a, const model::RecordSource& b, model::Section section) {
  const auto digests = [&](const model::RecordSource& source) {
    std::vector<std::string_view> list;
    for (const model::ChunkInfo& chunk : source.chunks()) {
      if (chunk.section == section && chunk.records > 0) {
        list.emplace_back(chunk.digest);
      }
    }
    return list;
  };
  return digests(a) == digests(b);
}

}  // namespace qsnap::merge
