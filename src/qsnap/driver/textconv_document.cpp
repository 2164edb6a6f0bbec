// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/diff/decoded_member.hpp>
#include <qsnap/driver/textconv_document.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::driver {

namespace {

constexpr std::string_view k_semantic = "semantic: without generated ids, instants, workers, derived keys and locks";
constexpr std::string_view k_full = "full: with generated ids, instants, workers, derived keys and locks";
constexpr std::string_view k_volatile = "volatile";
constexpr std::string_view k_due_after = "due_after_s";
constexpr std::string_view k_refs = "refs";
constexpr std::string_view k_items = "items";
constexpr std::string_view k_part = "part";
constexpr std::string_view k_conflicts = "conflicts";

/// The member whose style this one tells, as "payload" of "enc"; empty for any other.
std::string_view styled_member(std::string_view name) {
  constexpr std::string_view k_payload = "payload", k_suffix = "_enc";
  if (name == "enc") {
    return k_payload;
  }
  return name.ends_with(k_suffix) ? name.substr(0, name.size() - k_suffix.size()) : std::string_view{};
}

/// Whether a member only says how the bytes of another one are spelt: plainly, or in a way that cannot be seen where
/// they are decoded.
bool tells_no_more(const model::Fields& fields, std::string_view name) {
  const std::string_view member = styled_member(name);
  return !member.empty() && (fields.find(name) == R"("json")" || fields.contains(diff::codec_name(member)));
}

/// What a job waits for, rounded to seconds, or to the minute, hour or day that is 1 % of it at the most: frameworks
/// take the two instants one after the other, and a comparison of snapshots does not count 5 % either.
std::optional<std::int64_t> due_after_s(const model::Record& job) {
  constexpr std::int64_t k_second_ms = 1000, k_parts = 100;
  constexpr std::array<std::int64_t, 4> k_units_s = {86400, 3600, 60, 1};
  const auto ms = model::implied_duration(job);
  if (!ms) {
    return std::nullopt;
  }
  const std::int64_t distance = std::abs(*ms);
  const auto* const unit = std::find_if(k_units_s.begin(), k_units_s.end() - 1, [&](std::int64_t unit_s) {
    return distance >= unit_s * k_second_ms * k_parts;
  });
  const std::int64_t unit_ms = *unit * k_second_ms;
  const std::int64_t units = (distance + unit_ms / 2) / unit_ms;
  return (*ms < 0 ? -units : units) * *unit;
}

/// The id, if it is a counter; else 0.
std::int64_t counter_of(const model::Record& job) {
  const auto id = codec::json_text(job.volatiles.find("id").value_or(""));
  return parse_integer(id.value_or(std::string{})).value_or(0);
}

/// References in an order of their own: as a set they carry meaning.
Result<std::string> sorted_refs(std::string_view json) {
  QSNAP_ASSIGN(std::vector<std::string> refs, codec::array_elements(json));
  for (std::string& ref : refs) {
    QSNAP_ASSIGN(ref, codec::sorted_json(ref));
  }
  std::sort(refs.begin(), refs.end());
  return fmt::format("[{}]", fmt::join(refs, ","));
}

bool may_hold_text(std::string_view json) {
  return json.starts_with('"') || json.starts_with('{') || json.starts_with('[');
}

}  // namespace

Result<void> DocumentText::print() {
  QSNAP_TRY(print_head());
  const auto chunks = m_snapshot.chunks();
  for (std::size_t i = 1; i < chunks.size(); ++i) {
    QSNAP_TRY(print_chunk(i));
  }
  QSNAP_TRY(leave_section());
  if (m_view == TextView::full) {
    QSNAP_TRY(m_sections.member("fingerprint", json_string(to_hex(m_snapshot.fingerprint()))));
  }
  m_sections.end_all();
  return {};
}

Result<void> DocumentText::print_head() {
  QSNAP_ASSIGN(const std::string head, m_snapshot.raw_chunk(0));
  QSNAP_ASSIGN(const std::string_view json, codec::head_metadata(head));
  QSNAP_ASSIGN(const std::vector<model::Field> members, codec::object_members(json));
  std::string metadata;
  for (const model::Field& member : members) {
    if (m_view == TextView::semantic && member.name == "captured_at") {
      continue;
    }
    QSNAP_ASSIGN(const std::string sorted, codec::sorted_json(member.json));
    metadata.append(metadata.empty() ? "{" : ",").append(json_string(member.name)).append(":").append(sorted);
  }
  QSNAP_TRY(m_sections.member("qsnap", fmt::format("{}", codec::k_format_version)));
  QSNAP_TRY(m_sections.member("view", json_string(m_view == TextView::semantic ? k_semantic : k_full)));
  return m_sections.member("metadata", metadata.append(metadata.empty() ? "{}" : "}"));
}

Result<void> DocumentText::print_chunk(std::size_t index) {
  const model::ChunkInfo& info = m_snapshot.chunks()[index];
  return m_snapshot.read_chunk(index, [&](const model::Chunk& chunk) -> Result<void> {
    const bool is_tail = !info.section && chunk.lines.empty();
    const bool is_left_out = info.section == model::Section::workers && m_view == TextView::semantic;
    if (is_tail || is_left_out) {
      return {};
    }
    const std::string_view name = info.section ? model::to_text(*info.section) : k_conflicts;
    if (name != m_section) {
      QSNAP_TRY(leave_section());
      enter_section(name);
    }
    for (const std::string_view line : chunk.lines) {
      if (!info.section) {
        QSNAP_TRY(print_conflict(line));
        continue;
      }
      QSNAP_ASSIGN(model::Record record, m_snapshot.parse(*info.section, line));
      QSNAP_TRY(record.section == model::Section::keys ? print_key(std::move(record))
                                                       : print_record(std::move(record)));
    }
    return {};
  });
}

void DocumentText::enter_section(std::string_view name) {
  m_sections.begin(name);
  m_section = name;
}

Result<void> DocumentText::leave_section() {
  QSNAP_TRY(close_key());
  QSNAP_TRY(leave_run());
  if (!m_section.empty()) {
    m_sections.end();
    m_section = {};
  }
  return {};
}

Result<void> DocumentText::print_record(model::Record record) {
  QSNAP_ASSIGN(const bool is_unordered, enter_run(record));
  if (const auto seconds = due_after_s(record); seconds && !record.fields.contains(k_due_after)) {
    record.fields.set(k_due_after, fmt::format("{}", *seconds));
  }
  if (m_view == TextView::full && !record.volatiles.empty()) {
    QSNAP_ASSIGN(std::string volatiles, readable_volatiles(record.volatiles));
    record.fields.set(k_volatile, std::move(volatiles));
  }
  if (!is_unordered) {
    m_sections.next_record();
    return print_block(record, m_record);
  }
  QSNAP_TRY(print_block(record, m_unordered.record()));
  m_unordered.end_record(counter_of(record));
  return m_unordered.is_full() ? leave_run() : Result<void>{};
}

Result<void> DocumentText::print_block(const model::Record& record, RecordText& text) {
  const Label label = label_of(record);
  text.begin(label.text);
  QSNAP_TRY(print_fields(record.fields, label, text));
  text.end();
  return {};
}

Result<bool> DocumentText::enter_run(const model::Record& record) {
  const std::string state = codec::json_text(record.fields.find("state").value_or("")).value_or(std::string{});
  const bool is_unordered =
      m_view == TextView::semantic && record.section == model::Section::jobs && !model::order_counts(state);
  const std::string run =
      is_unordered ? fmt::format("{}\n{}", record.fields.find("queue").value_or(""), state) : std::string{};
  if (run != m_run) {
    QSNAP_TRY(leave_run());
    m_run = run;
  }
  return is_unordered;
}

Result<void> DocumentText::leave_run() {
  m_run.clear();
  return m_unordered.print(m_sections, m_output);
}

Result<void> DocumentText::print_conflict(std::string_view line) {
  QSNAP_ASSIGN(std::vector<model::Field> members, codec::object_members(line));
  model::Fields fields;
  for (model::Field& member : members) {
    fields.set(member.name, std::move(member.json));
  }
  m_sections.next_record();
  m_record.begin(conflict_label(fields).text);
  for (const model::Field& field : fields) {
    QSNAP_ASSIGN(const std::string json, codec::sorted_json(field.json));
    QSNAP_TRY(m_record.field(field.name, json));
  }
  m_record.end();
  return {};
}

Result<void> DocumentText::print_fields(const model::Fields& fields, const Label& label, RecordText& text) {
  for (const model::Field& field : fields) {
    const bool is_in_label = std::find(label.says.begin(), label.says.end(), field.name) != label.says.end();
    if (!is_in_label && shows(fields, field.name)) {
      QSNAP_ASSIGN(const std::string json, readable(fields, field));
      QSNAP_TRY(text.field(field.name, json));
    }
  }
  return {};
}

bool DocumentText::shows(const model::Fields& fields, std::string_view member) const {
  return m_view == TextView::full || (model::carries_meaning(member) && !tells_no_more(fields, member));
}

/// As `show` has it: decoded, or else a few words that tell one value from another.
Result<std::string> DocumentText::readable(const model::Fields& fields, const model::Field& field) const {
  if (!may_hold_text(field.json) || field.name == k_volatile) {
    return field.json;
  }
  if (field.name == k_refs && m_view == TextView::semantic && field.json.starts_with('[')) {
    return sorted_refs(field.json);
  }
  const auto decoded = diff::decoded_member(fields, field.name, field.json, m_payloads);
  if (decoded) {
    if (auto sorted = codec::sorted_json(*decoded)) {
      return sorted;
    }
  }
  return diff::member_summary(fields, field.name, field.json, m_payloads);
}

Result<std::string> DocumentText::readable_volatiles(const model::Fields& volatiles) const {
  std::string json;
  for (const model::Field& field : volatiles) {
    QSNAP_ASSIGN(const std::string value, readable(volatiles, field));
    json.append(json.empty() ? "{" : ",").append(json_string(field.name)).append(":").append(value);
  }
  return json.append("}");
}

Result<void> DocumentText::print_key(model::Record record) {
  if (m_view == TextView::semantic && record.fields.find("role") != R"("data")") {
    return {};
  }
  QSNAP_ASSIGN(const std::vector<std::string> items, codec::array_elements(record.fields.find(k_items).value_or("[]")));
  record.fields.erase(k_items);
  const std::int64_t part = parse_integer(record.fields.find(k_part).value_or("")).value_or(0);
  record.fields.erase(k_part);
  if (m_view == TextView::semantic) {
    record.fields.erase("expire_at_ms");
  }
  const bool goes_on = m_key && m_key->record == record && m_key->next_part == part;
  if (!goes_on) {
    QSNAP_TRY(close_key());
    QSNAP_TRY(open_key({std::move(record), part, part}));
  }
  for (const std::string& item : items) {
    QSNAP_TRY(m_record.row(item));
  }
  m_key->next_part = part + 1;
  return {};
}

Result<void> DocumentText::open_key(OpenKey key) {
  m_key = std::move(key);
  const Label label = label_of(m_key->record);
  m_sections.next_record();
  m_record.begin(label.text);
  QSNAP_TRY(print_fields(key_fields(KeyFields::before_items), label, m_record));
  m_record.begin_rows(k_items);
  return {};
}

Result<void> DocumentText::close_key() {
  if (!m_key) {
    return {};
  }
  m_record.end_rows();
  QSNAP_TRY(print_fields(key_fields(KeyFields::behind_items), label_of(m_key->record), m_record));
  m_record.end();
  m_key.reset();
  return {};
}

/// Those of the open key that stand there by name. The number of the part is told only where the first is missing.
model::Fields DocumentText::key_fields(KeyFields wanted) const {
  model::Fields fields;
  for (const model::Field& field : m_key->record.fields) {
    if ((field.name < k_items) == (wanted == KeyFields::before_items)) {
      fields.set(field.name, field.json);
    }
  }
  if (wanted == KeyFields::behind_items && m_key->first_part > 0) {
    fields.set(k_part, fmt::format("{}", m_key->first_part));
  }
  return fields;
}

}  // namespace qsnap::driver
