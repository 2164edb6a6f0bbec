// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/json_split.hpp>
#include <qsnap/frameworks/sidekiq/job.hpp>

namespace qsnap::frameworks::sidekiq {

namespace {

using model::Field;
using model::Record;

constexpr std::string_view k_json_style = "json";
constexpr std::string_view k_raw_form = R"("raw")";

/// What becomes of a member of a job's JSON.
enum class Kind : std::uint8_t {
  meaning,  ///< a member of the record
  noise,    ///< a volatile member
  instant,  ///< a volatile member in seconds or milliseconds, whatever the value is
  id,       ///< volatile when Sidekiq made it
};

struct Mapping {
  std::string_view json_name;
  Kind kind;
  std::string_view member;     ///< of instants: the one in seconds
  std::string_view member_ms;  ///< of instants alone
};

/// In the order in which Sidekiq writes them, which is that of members nobody ordered. Any other member of the JSON
/// keeps its name inside "opts", between `queue` and `class`.
constexpr std::array<Mapping, 13> k_mappings = {{
    {"retry", Kind::meaning, "max_retries", {}},
    {"class", Kind::meaning, "name", {}},
    {"args", Kind::meaning, "payload", {}},
    {"jid", Kind::id, "id", {}},
    {"created_at", Kind::instant, "created_at_s", "created_at_ms"},
    {"at", Kind::instant, "scheduled_at_s", "scheduled_at_ms"},
    {"enqueued_at", Kind::instant, "enqueued_at_s", "enqueued_at_ms"},
    {"error_message", Kind::meaning, "error", {}},
    {"error_class", Kind::meaning, "error_class", {}},
    {"failed_at", Kind::instant, "failed_at_s", "failed_at_ms"},
    {"retry_count", Kind::meaning, "retry_count", {}},
    {"retried_at", Kind::instant, "retried_at_s", "retried_at_ms"},
    {"error_backtrace", Kind::noise, "stacktrace", {}},
}};
constexpr std::string_view k_queue_member = "queue";

const Mapping* find_mapping(std::string_view json_name) {
  const auto at = std::find_if(k_mappings.begin(), k_mappings.end(),
                               [&](const Mapping& mapping) { return mapping.json_name == json_name; });
  return at == k_mappings.end() ? nullptr : at;
}

/// Where an instant goes by its value: whole numbers from 10^12 on count milliseconds (Sidekiq 8), less is seconds.
/// Absent for anything that is neither.
std::optional<std::string_view> instant_member(const Mapping& mapping, std::string_view json) {
  constexpr std::size_t k_ms_digits = 13;
  if (!is_plain_decimal(json)) {
    return std::nullopt;
  }
  if (json.substr(0, json.find('.')).size() < k_ms_digits) {
    return mapping.member;
  }
  return json.find('.') == std::string_view::npos ? std::optional{mapping.member_ms} : std::nullopt;
}

/// Sidekiq makes 24 hexadecimal digits; anything else was chosen by somebody.
bool is_generated(std::string_view jid_json) {
  constexpr std::size_t k_jid_digits = 24;
  return jid_json.size() == k_jid_digits + 2 && from_hex(jid_json.substr(1, k_jid_digits)).has_value();
}

bool is_string(const std::vector<Field>& members, std::string_view name) {
  const auto at = std::find_if(members.begin(), members.end(), [&](const Field& field) { return field.name == name; });
  return at != members.end() && at->json.starts_with('"');
}

bool is_job(const std::vector<Field>& members) {
  const bool has_args = std::any_of(members.begin(), members.end(), [](const Field& f) { return f.name == "args"; });
  return has_args && is_string(members, "class") && is_string(members, "jid");
}

/// Whether the element could nest deeper than embed() allows. Counting is cheap, so embed() is asked only then.
bool may_be_deep(std::string_view element) {
  constexpr std::ptrdiff_t k_harmless = 64;
  return std::count(element.begin(), element.end(), '{') + std::count(element.begin(), element.end(), '[') > k_harmless;
}

std::string order_text(const std::vector<Field>& members) {
  std::string out = "[";
  for (const Field& member : members) {
    out += out.size() == 1 ? "" : ",";
    append_json_string(out, member.name);
  }
  return out += ']';
}

/// Puts one member of the JSON where it belongs; false if it belongs into "opts".
bool place_member(Record& record, const JobPlace& place, Field& field) {
  if (field.name == k_queue_member) {
    return field.json == place.queue_name;
  }
  const Mapping* mapping = find_mapping(field.name);
  if (mapping == nullptr) {
    return false;
  }
  if (mapping->kind == Kind::instant) {
    const auto member = instant_member(*mapping, field.json);
    if (member) {
      record.volatiles.set(*member, std::move(field.json));
    }
    return member.has_value();
  }
  const bool noise = mapping->kind == Kind::noise || (mapping->kind == Kind::id && is_generated(field.json));
  (noise ? record.volatiles : record.fields).set(mapping->member, std::move(field.json));
  return true;
}

void set_members(Record& record, const JobPlace& place, std::vector<Field> members, std::string_view enc) {
  record.volatiles.set("order", order_text(members));
  std::vector<Field> opts;
  for (Field& member : members) {
    if (!place_member(record, place, member)) {
      opts.push_back(std::move(member));
    }
  }
  if (!opts.empty()) {
    record.fields.set("opts", object_text(opts));
  }
  record.fields.set("enc", json_string(enc));
}

void set_raw(Record& record, codec::Embedded embedded) {
  record.fields.set("form", std::string{k_raw_form});
  record.fields.set("payload", std::move(embedded.json));
  record.fields.set("enc", json_string(embedded.enc));
}

/// A member of the job's JSON as the record has it.
struct Placed {
  std::string_view name;
  std::string_view json;
};

std::optional<std::string_view> find_placed(const Record& record, const Mapping& mapping) {
  switch (mapping.kind) {
    case Kind::meaning:
      return record.fields.find(mapping.member);
    case Kind::noise:
      return record.volatiles.find(mapping.member);
    case Kind::instant: {
      const auto seconds = record.volatiles.find(mapping.member);
      return seconds ? seconds : record.volatiles.find(mapping.member_ms);
    }
    case Kind::id: {
      const auto chosen = record.fields.find(mapping.member);
      return chosen ? chosen : record.volatiles.find(mapping.member);
    }
  }
  return std::nullopt;
}

/// All members of the job but `queue`, in the order in which Sidekiq writes them. Views into the record and `opts`.
std::vector<Placed> placed_members(const Record& record, const std::vector<Field>& opts) {
  std::vector<Placed> members;
  members.reserve(k_mappings.size() + opts.size() + 1);
  for (const Mapping& mapping : k_mappings) {
    if (mapping.json_name == "class") {
      for (const Field& field : opts) {
        members.push_back({field.name, field.json});
      }
    }
    if (const auto json = find_placed(record, mapping)) {
      members.push_back({mapping.json_name, *json});
    }
  }
  return members;
}

/// Members by name, the first of equal names in front. An edited record may have one member both in "opts" and in a
/// place of its own.
std::vector<std::size_t> sorted_by_name(const std::vector<Placed>& members) {
  std::vector<std::size_t> sorted(members.size());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    sorted[i] = i;
  }
  std::stable_sort(sorted.begin(), sorted.end(),
                   [&](std::size_t a, std::size_t b) { return members[a].name < members[b].name; });
  return sorted;
}

/// The members' text: those that `order` names, then the others. No name comes twice.
std::string arrange(const std::vector<Placed>& members, const std::vector<std::string>& order) {
  const std::vector<std::size_t> sorted = sorted_by_name(members);
  std::vector<bool> written(sorted.size());
  JsonWriter object;
  object.begin_object();
  const auto write = [&](std::string_view name) {
    const auto at = std::lower_bound(sorted.begin(), sorted.end(), name,
                                     [&](std::size_t i, std::string_view wanted) { return members[i].name < wanted; });
    if (at == sorted.end() || members[*at].name != name || written[*at]) {
      return;
    }
    written[*at] = true;
    object.key(name).raw(members[*at].json);
  };
  std::for_each(order.begin(), order.end(), write);
  for (const Placed& member : members) {
    write(member.name);
  }
  object.end_object();
  return object.take();
}

Result<std::vector<std::string>> read_order(std::string_view json) {
  QSNAP_ASSIGN(std::vector<std::string> names, codec::array_elements(json));
  for (std::string& name : names) {
    auto text = codec::json_text(name);
    if (!text) {
      return make_error(ErrorCode::corrupt, "the order of a sidekiq job's members holds something that is no name");
    }
    name = *std::move(text);
  }
  return names;
}

Result<std::string> read_style(const Record& record) {
  const auto json = record.fields.find("enc");
  if (!json) {
    return std::string{k_json_style};
  }
  auto style = codec::json_text(*json);
  if (!style) {
    return make_error(ErrorCode::corrupt, "the member enc of a sidekiq job is no text");
  }
  return *std::move(style);
}

/// The job's own member `queue`: only where the job had one, or where nobody says what it had.
void add_queue(std::vector<Placed>& members, const std::optional<std::vector<std::string>>& order,
               const std::optional<std::string>& queue_json) {
  const bool had_one = !order || std::find(order->begin(), order->end(), k_queue_member) != order->end();
  const bool differs =
      std::any_of(members.begin(), members.end(), [](const Placed& member) { return member.name == k_queue_member; });
  if (had_one && !differs && queue_json) {
    const auto behind_retry = members.begin() + (!members.empty() && members.front().name == "retry" ? 1 : 0);
    members.insert(behind_retry, {k_queue_member, *queue_json});
  }
}

Result<std::string> assemble(const Record& record, std::string_view queue_name) {
  std::vector<Field> opts;
  if (const auto json = record.fields.find("opts")) {
    QSNAP_ASSIGN(opts, codec::object_members(*json));
  }
  std::optional<std::vector<std::string>> order;
  if (const auto json = record.volatiles.find("order")) {
    QSNAP_ASSIGN(order, read_order(*json));
  }
  const auto queue_json = is_utf8(queue_name) ? std::optional{json_string(queue_name)} : std::nullopt;
  std::vector<Placed> members = placed_members(record, opts);
  add_queue(members, order, queue_json);
  return arrange(members, order.value_or(std::vector<std::string>{}));
}

}  // namespace

JobPlace job_place(std::string_view queue_id, std::string_view queue_name, std::string_view state) {
  return {json_bytes(queue_id), is_utf8(queue_name) ? json_string(queue_name) : std::string{}, json_string(state)};
}

Record job_record(const JobPlace& place, std::string_view element) {
  Record record{model::Section::jobs, {}, {}};
  record.fields.set("queue", place.queue);
  record.fields.set("state", place.state);
  auto members = codec::object_members(element);
  const bool job = members && is_job(*members);
  if (job && !may_be_deep(element) && object_text(*members) == element) {
    set_members(record, place, *std::move(members), k_json_style);
    return record;
  }
  codec::Embedded embedded = codec::embed(element);
  if (job && embedded.enc.starts_with(k_json_style)) {
    set_members(record, place, *std::move(members), embedded.enc);
  } else {
    set_raw(record, std::move(embedded));
  }
  return record;
}

Result<std::string> job_element(const Record& record, std::string_view queue_name) {
  QSNAP_ASSIGN(const std::string style, read_style(record));
  if (record.fields.find("form") == k_raw_form) {
    const auto payload = record.fields.find("payload");
    if (!payload) {
      return make_error(ErrorCode::corrupt, "a raw sidekiq job has no payload");
    }
    return codec::unembed(*payload, style);
  }
  QSNAP_ASSIGN(std::string text, assemble(record, queue_name));
  return style == k_json_style ? Result<std::string>{std::move(text)} : codec::unembed(text, style);
}

void set_score(Record& record, std::string_view instant, std::string_view score) {
  if (is_plain_decimal(score)) {
    record.volatiles.set(instant, std::string{score});
  } else {
    record.volatiles.set("score", json_string(score));
  }
}

Result<std::string> get_score(const Record& record, std::string_view instant) {
  std::optional<std::string> text;
  if (const auto shiftable = record.volatiles.find(instant)) {
    text = *shiftable;
  } else if (const auto odd = record.volatiles.find("score")) {
    text = codec::json_text(*odd);
  }
  const auto score = text ? parse_double(*text) : std::nullopt;
  if (!score) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("a sidekiq job has no score: neither {} nor score is a number", instant));
  }
  return format_double(*score);
}

}  // namespace qsnap::frameworks::sidekiq
