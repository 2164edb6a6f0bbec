// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>
#include <tuple>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/diff/decoded_member.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::diff {

namespace {

bool is_place_member(std::string_view member) {
  return member == "queue" || member == "state";
}

}  // namespace

std::uint32_t Places::intern(const Place& place) {
  std::string key;
  append_part(key, place.queue);
  append_part(key, place.state);
  const auto [at, fresh] = m_ids.try_emplace(std::move(key), static_cast<std::uint32_t>(m_list.size()));
  if (fresh) {
    m_list.push_back(place);
  }
  return at->second;
}

std::vector<std::uint32_t> Places::ranks() const {
  std::vector<std::uint32_t> ids(m_list.size()), ranks(m_list.size());
  std::iota(ids.begin(), ids.end(), 0U);
  std::sort(ids.begin(), ids.end(), [&](std::uint32_t a, std::uint32_t b) {
    return std::tie(m_list[a].queue, m_list[a].state) < std::tie(m_list[b].queue, m_list[b].state);
  });
  for (std::uint32_t rank = 0; rank < ids.size(); ++rank) {
    ranks[ids[rank]] = rank;
  }
  return ranks;
}

std::string_view scope_of(std::string_view queue) {
  const std::size_t first = queue.find(':');
  const std::size_t second = first == std::string_view::npos ? first : queue.find(':', first + 1);
  return queue.substr(0, second);
}

Place place_of(const model::Record& record, const model::PayloadReader& payloads) {
  return {plain_member(record, "queue", payloads), plain_member(record, "state", payloads)};
}

Result<JobEntry> JobHasher::entry(const model::Record& record, std::uint32_t line,
                                  std::optional<Instant> captured) const {
  const Place place = place_of(record, m_payloads);
  QSNAP_ASSIGN(const std::string text, strict_text(record));
  JobEntry entry;
  entry.line = line;
  entry.place = m_places.intern(place) & (UINT32_MAX >> 1U);
  entry.meaning = m_hash(text);
  entry.strictly = entry.meaning.high;
  const std::string id = plain_member(record, "id", m_payloads);
  entry.identity = identity(record, place, id);
  entry.address = id.empty() || !model::has_body(record) ? 0 : address(place.queue, id);
  entry.targets = record.fields.contains("refs") ? JobEntry::k_not_followed : 0;
  if (const auto wait = wait_of(record, captured)) {
    entry.duration = wait->ms;
    entry.waits_since_capture = wait->since == Wait::Since::capture ? 1 : 0;
  }
  if (m_rules.has_rules(model::Section::jobs)) {
    QSNAP_ASSIGN(const std::string ruled, text_under_rules(record));
    entry.meaning = m_hash(ruled);
  }
  return entry;
}

/// Counters and chosen ids are unique within their queue only: two queues have a job 9 each, and after a time shift
/// one of them can seem to be made in the millisecond of the other. UUIDs and such go along when a job changes queue.
std::uint64_t JobHasher::identity(const model::Record& record, const Place& place, std::string_view id) const {
  if (id.empty()) {
    return 0;
  }
  const bool of_its_queue = record.fields.contains("id") || parse_integer(id);
  std::string text;
  append_part(text, of_its_queue ? followed(place.queue) : scope_of(place.queue));
  append_part(text, id);
  for (const model::Field& field : record.volatiles) {
    if (field.name.starts_with("created_at_")) {
      append_part(text, field.json);
    }
  }
  return std::max<std::uint64_t>(1, m_hash(text).low);
}

std::string_view JobHasher::followed(std::string_view queue) const {
  const auto renamed = m_renamed.find(queue);
  return renamed == m_renamed.end() ? queue : std::string_view{renamed->second};
}

std::uint64_t JobHasher::address(std::string_view queue, std::string_view id) const {
  std::string text;
  append_part(text, queue);
  append_part(text, id);
  return std::max<std::uint64_t>(1, m_hash(text).low);
}

/// What cannot be read as references is none: it differs by its text.
Result<std::vector<JobRef>> JobHasher::references(const model::Record& record) const {
  const auto elements = m_payloads.members(record.fields.find("refs").value_or("[]"));
  const auto ids = m_payloads.members(record.volatiles.find("ref_ids").value_or("[]"));
  std::vector<JobRef> refs;
  for (std::size_t i = 0; elements && ids && i < elements->size(); ++i) {
    const std::string& json = (*elements)[i].json;
    QSNAP_ASSIGN(const std::string sorted, m_payloads.sorted(json));
    JobRef& ref = refs.emplace_back(JobRef{m_hash(sorted).low, 0});
    const auto id = i < ids->size() ? m_payloads.bytes((*ids)[i].json) : std::nullopt;
    if (!id || !json.starts_with('{')) {
      continue;
    }
    QSNAP_ASSIGN(const auto members, m_payloads.members(json));
    for (const model::Field& member : members) {
      const auto queue = member.name == "queue" ? m_payloads.bytes(member.json) : std::nullopt;
      ref.target = queue ? address(*queue, *id) : ref.target;
    }
  }
  return refs;
}

Result<std::string> JobHasher::value_text(const model::Field& field) const {
  if (field.name == "refs") {
    return refs_by_meaning(field.json, m_payloads);
  }
  const bool container = field.json.starts_with('{') || field.json.starts_with('[');
  return container ? m_payloads.sorted(field.json) : Result<std::string>{field.json};
}

Result<std::string> JobHasher::strict_text(const model::Record& record) const {
  std::string text;
  for (const model::Field& field : record.fields) {
    if (model::carries_meaning(field.name) && !is_place_member(field.name)) {
      QSNAP_ASSIGN(const std::string value, value_text(field));
      append_part(text, field.name);
      append_part(text, value);
    }
  }
  return text;
}

/// Leaf by leaf, for all jobs alike, so that a rule whose condition holds on one side alone does not change the form:
/// what no rule of any job looks into is taken as a whole.
Result<std::string> JobHasher::text_under_rules(const model::Record& record) const {
  const RuleBook::Applicable applicable = m_rules.applicable(record);
  std::string text;
  for (const model::Field& field : record.fields) {
    if (!model::carries_meaning(field.name) || is_place_member(field.name)) {
      continue;
    }
    if (field.name == "refs") {
      if (!m_rules.matches(applicable, ".refs")) {
        QSNAP_ASSIGN(const std::string value, value_text(field));
        append_part(text, value);
      }
      continue;
    }
    if (!m_rules.touches(model::Section::jobs, field.name)) {
      QSNAP_ASSIGN(const std::string value, value_text(field));
      append_part(text, field.name);
      append_part(text, value);
      continue;
    }
    QSNAP_ASSIGN(const auto leaves, readable_leaves(record.fields, field, m_payloads));
    for (const model::PayloadReader::Leaf& leaf : leaves) {
      const std::string path = fmt::format(".{}{}", field.name, leaf.path);
      if (!m_rules.matches(applicable, path)) {
        append_part(text, path);
        append_part(text, leaf.json);
      }
    }
  }
  return text;
}

Result<JobSketch> JobHasher::sketch(const model::Record& record) const {
  constexpr std::size_t k_most_leaves = 64;
  const auto hash_of = [&](std::string_view kind, std::string_view queue, std::string_view value) {
    std::string text;
    append_part(text, kind);
    append_part(text, queue);
    append_part(text, value);
    return std::max<std::uint64_t>(1, m_hash(text).low);
  };
  JobSketch sketch;
  const std::string own_queue = plain_member(record, "queue", m_payloads);
  const std::string_view queue = followed(own_queue);
  const std::string_view name = record.fields.find("name").value_or("");
  sketch.group = hash_of("group", queue, name);
  if (const auto id = record.fields.find("id")) {
    sketch.chosen_id = hash_of("id", queue, *id);
  }
  if (const auto payload = record.fields.find("payload")) {
    QSNAP_ASSIGN(const std::string value, m_payloads.sorted(*payload));
    sketch.payload = hash_of(name, queue, value);
    sketch.payload_in_scope = hash_of(name, scope_of(queue), value);
  }
  for (const model::Field& field : record.fields) {
    QSNAP_ASSIGN(const auto leaves, readable_leaves(record.fields, field, m_payloads));
    for (const model::PayloadReader::Leaf& leaf : leaves) {
      if (sketch.leaves.size() < k_most_leaves && field.name != "queue") {
        sketch.leaves.push_back(static_cast<std::uint32_t>(hash_of(field.name, leaf.path, leaf.json)));
      }
    }
  }
  std::sort(sketch.leaves.begin(), sketch.leaves.end());
  return sketch;
}

}  // namespace qsnap::diff
