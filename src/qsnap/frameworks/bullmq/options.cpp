// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/bullmq/keys.hpp>
#include <qsnap/frameworks/bullmq/options.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/json_split.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

constexpr HashField k_whole{"opts", "opts", Form::embedded, Place::fields};
constexpr std::string_view k_style = "opts_enc";
constexpr std::string_view k_retries = "max_retries";
constexpr std::string_view k_order = "opts_order";
constexpr std::string_view k_repeat_member = "opts_repeat";
constexpr std::string_view k_repeat_order = "opts_repeat_order";
constexpr std::string_view k_job_id_member = "opts_job_id";

/// Options are short; what is longer is not remembered for the next job.
constexpr std::size_t k_longest_kept = 4096;

enum class Taken { any_value, attempts, instant };

/// A member that is taken out of an object, and where it goes.
struct Rule {
  std::string_view name;
  std::string_view member;
  Taken form;
  Place place;
  JobOrigin origin;  ///< scheduler: from a scheduler's job only
};

constexpr std::array k_option_rules = {
    Rule{"attempts", k_retries, Taken::attempts, Place::fields, JobOrigin::producer},
    Rule{"delay", "opts_delay", Taken::any_value, Place::volatiles, JobOrigin::scheduler},
    Rule{"parent", "opts_parent", Taken::any_value, Place::volatiles, JobOrigin::producer},
    Rule{"prevMillis", "opts_previous_at_ms", Taken::instant, Place::volatiles, JobOrigin::producer},
    Rule{"repeat", k_repeat_member, Taken::any_value, Place::volatiles, JobOrigin::scheduler},
    Rule{"timestamp", "opts_timestamp_at_ms", Taken::instant, Place::volatiles, JobOrigin::producer},
    Rule{"tm", "opts_trace", Taken::any_value, Place::volatiles, JobOrigin::producer},
};

constexpr std::array k_repeat_rules = {
    Rule{"endDate", "opts_repeat_end_at_ms", Taken::instant, Place::volatiles, JobOrigin::producer},
    Rule{"startDate", "opts_repeat_start_at_ms", Taken::instant, Place::volatiles, JobOrigin::producer},
};

template <std::size_t Count>
const Rule* find_rule(const std::array<Rule, Count>& rules, const model::Field& member, JobOrigin origin) {
  const auto at = std::find_if(rules.begin(), rules.end(), [&](const Rule& r) { return r.name == member.name; });
  if (at == rules.end() || (at->origin == JobOrigin::scheduler && origin != JobOrigin::scheduler)) {
    return nullptr;
  }
  const bool fits = at->form == Taken::any_value || (at->form == Taken::attempts && retries_of_attempts(member.json)) ||
                    (at->form == Taken::instant && parse_count(member.json));
  return fits ? &*at : nullptr;
}

std::string described_value(const Rule& rule, const std::string& json) {
  return rule.form == Taken::attempts ? retries_of_attempts(json).value_or(json) : json;
}

std::string original_value(const Rule& rule, std::string_view json) {
  std::string as_it_is{json};
  return rule.form == Taken::attempts ? attempts_of_retries(json).value_or(as_it_is) : as_it_is;
}

template <std::size_t Count>
std::vector<model::Field> collect(const std::array<Rule, Count>& rules, const model::Record& record) {
  std::vector<model::Field> taken;
  for (const Rule& rule : rules) {
    if (const auto json = members_of(record, rule.place).find(rule.member)) {
      taken.push_back({std::string{rule.name}, original_value(rule, *json)});
    }
  }
  return taken;
}

std::optional<std::string> text_of(std::optional<std::string_view> json) {
  return json ? std::optional<std::string>{*json} : std::nullopt;
}

/// Whether the options are made of more than the four members that any job's are.
bool has_rare_members(const model::Record& record) {
  return std::any_of(record.volatiles.begin(), record.volatiles.end(), [](const model::Field& field) {
    return field.name.starts_with("opts_") && field.name != k_order;
  });
}

/// The repetition inside a scheduler's job: its dates are instants, so they stand apart. What is no object stays.
void describe_repeat(model::Record& record) {
  const auto repeat = record.volatiles.find(k_repeat_member);
  if (!repeat || !repeat->starts_with('{')) {
    return;
  }
  const auto split = split_object(*repeat, [](const model::Field& member) {
    return find_rule(k_repeat_rules, member, JobOrigin::scheduler) != nullptr;
  });
  if (!split || split->taken.empty()) {
    return;
  }
  for (const model::Field& member : split->taken) {
    record.volatiles.set(find_rule(k_repeat_rules, member, JobOrigin::scheduler)->member, member.json);
  }
  record.volatiles.set(k_repeat_member, split->rest);
  if (split->order) {
    record.volatiles.set(k_repeat_order, *split->order);
  }
}

Result<void> restore_repeat(const model::Record& record, std::vector<model::Field>& taken) {
  std::vector<model::Field> dates = collect(k_repeat_rules, record);
  const auto repeat =
      std::find_if(taken.begin(), taken.end(), [](const auto& member) { return member.name == "repeat"; });
  if (repeat == taken.end() || dates.empty()) {
    return {};
  }
  QSNAP_ASSIGN(repeat->json,
               join_object(repeat->json, std::move(dates), text_of(record.volatiles.find(k_repeat_order))));
  return {};
}

}  // namespace

void describe_options(std::string_view text, std::string_view id, JobOrigin origin, model::Record& record) {
  const bool described = describe_field(k_whole, text, record);
  const std::string whole{described ? *record.fields.find(k_whole.member) : std::string_view{}};
  if (!whole.starts_with('{')) {
    return;
  }
  const std::string id_json = json_bytes(id);
  const auto is_own_id = [&](const model::Field& member) { return member.name == "jobId" && member.json == id_json; };
  const auto split = split_object(whole, [&](const model::Field& member) {
    return is_own_id(member) || find_rule(k_option_rules, member, origin) != nullptr;
  });
  if (!split || split->taken.empty()) {
    return;
  }
  for (const model::Field& member : split->taken) {
    if (is_own_id(member)) {
      record.volatiles.set(k_job_id_member, "true");
    } else {
      const Rule* rule = find_rule(k_option_rules, member, origin);
      members_of(record, rule->place).set(rule->member, described_value(*rule, member.json));
    }
  }
  record.fields.set(k_whole.member, split->rest);
  if (split->order) {
    record.volatiles.set(k_order, *split->order);
  }
  describe_repeat(record);
}

Result<std::optional<std::string>> options_text(const model::Record& record, std::string_view id) {
  const auto rest = record.fields.find(k_whole.member);
  if (!rest || !rest->starts_with('{')) {
    return field_value(k_whole, record);
  }
  std::vector<model::Field> taken = collect(k_option_rules, record);
  QSNAP_TRY(restore_repeat(record, taken));
  if (record.volatiles.contains(k_job_id_member)) {
    taken.push_back({"jobId", json_bytes(id)});
  }
  QSNAP_ASSIGN(std::string whole, join_object(*rest, std::move(taken), text_of(record.volatiles.find(k_order))));
  QSNAP_ASSIGN(const auto style, bytes_member(record.fields, k_style));
  QSNAP_ASSIGN(std::string text, codec::unembed(whole, style.value_or("json")));
  return std::optional{std::move(text)};
}

void OptionsReader::describe(std::string_view text, std::string_view id, JobOrigin origin, model::Record& record) {
  if (m_text.empty() || m_text != text || m_origin != origin) {
    m_described = {};
    describe_options(text, id, origin, m_described);
    // A "jobId" may be this job's own, which reads otherwise than another's. Escapes may hide one.
    const bool for_any_id = text.find("jobId") == std::string_view::npos && text.find('\\') == std::string_view::npos;
    m_text = for_any_id && text.size() <= k_longest_kept ? text : std::string_view{};
    m_origin = origin;
  }
  for (const model::Field& field : m_described.fields) {
    record.fields.set(field.name, field.json);
  }
  for (const model::Field& field : m_described.volatiles) {
    record.volatiles.set(field.name, field.json);
  }
}

Result<std::optional<std::string>> OptionsWriter::text(const model::Record& record, std::string_view id) {
  if (is_like_before(record)) {
    return std::optional{m_text};
  }
  QSNAP_ASSIGN(auto text, options_text(record, id));
  m_from.reset();
  if (text && text->size() <= k_longest_kept && !has_rare_members(record)) {
    m_from = Made{text_of(record.fields.find(k_whole.member)), text_of(record.fields.find(k_style)),
                  text_of(record.fields.find(k_retries)), text_of(record.volatiles.find(k_order))};
    m_text = *text;
  }
  return text;
}

bool OptionsWriter::is_like_before(const model::Record& record) const {
  return m_from && m_from->options == record.fields.find(k_whole.member) &&
         m_from->retries == record.fields.find(k_retries) && m_from->style == record.fields.find(k_style) &&
         m_from->order == record.volatiles.find(k_order) && !has_rare_members(record);
}

}  // namespace qsnap::frameworks::bullmq
