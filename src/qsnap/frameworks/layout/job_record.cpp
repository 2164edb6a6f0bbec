// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/job_record.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;
using model::RedisType;

constexpr std::string_view k_raw_form = R"("raw")";
constexpr std::string_view k_expiry = "expires_at_ms";
constexpr std::string_view k_tie = "score_tie";

void set_raw(RedisType type, const ItemBlock& body, Record& record) {
  record.fields.set("form", std::string{k_raw_form});
  if (type == RedisType::hash) {
    LeftoverFields fields;
    for (std::size_t i = 0; i + 1 < body.size(); i += 2) {
      fields.add(body[i], body[i + 1]);
    }
    fields.describe(record);
    return;
  }
  codec::Embedded embedded = codec::embed(body.empty() ? std::string_view{} : body[0]);
  record.fields.set("payload", std::move(embedded.json));
  record.fields.set("enc", json_string(embedded.enc));
}

Result<ItemBlock> raw_body(RedisType type, const Record& record) {
  ItemBlock items;
  if (type == RedisType::hash) {
    HashBuilder fields;
    QSNAP_TRY(fields.add_leftovers(record));
    return fields.take();
  }
  const auto payload = record.fields.find("payload");
  if (!payload) {
    return make_error(ErrorCode::corrupt, "a raw job has no payload");
  }
  QSNAP_ASSIGN(const std::string style, need_text(record, "enc"));
  QSNAP_ASSIGN(const std::string bytes, codec::unembed(*payload, style));
  items.push(bytes);
  return items;
}

}  // namespace

bool is_instant(std::string_view member) {
  constexpr std::array<std::string_view, 5> k_units = {"_at_s", "_at_ms", "_at_us", "_at_ns", "_at_iso"};
  return std::any_of(k_units.begin(), k_units.end(), [&](std::string_view unit) { return member.ends_with(unit); });
}

void set_mark(std::string_view member, Weight weight, std::string_view text, Record& record) {
  const bool number = is_instant(member) ? is_plain_decimal(text) : parse_integer(text).has_value();
  model::Fields& members = weight == Weight::meaning ? record.fields : record.volatiles;
  members.set(member, number ? std::string{text} : json_bytes(text));
}

Result<std::optional<std::string>> get_mark(std::string_view member, Weight weight, const Record& record) {
  const auto json = (weight == Weight::meaning ? record.fields : record.volatiles).find(member);
  if (!json) {
    return std::optional<std::string>{};
  }
  if (is_plain_decimal(*json) || parse_integer(*json)) {
    return std::optional{std::string{*json}};
  }
  auto bytes = codec::json_to_bytes(*json);
  if (!bytes) {
    return make_error(ErrorCode::corrupt, fmt::format("member {} of a job is neither a number nor text", member));
  }
  return bytes;
}

void set_score(const StateSpec& state, std::string_view mark, Record& record) {
  const auto score = state.score_scale > 1 ? parse_integer(mark) : std::nullopt;
  if (!score || *score < 0) {
    set_mark(score_member(state), score_weight(state), mark, record);
    return;
  }
  record.volatiles.set(score_member(state), fmt::format("{}", *score / state.score_scale));
  if (const std::int64_t tie = *score % state.score_scale; tie != 0) {
    record.volatiles.set(k_tie, fmt::format("{}", tie));
  }
}

/// A score that is no instant stands in form B, as it is.
Result<std::optional<std::string>> get_score(const StateSpec& state, const Record& record) {
  QSNAP_ASSIGN(auto text, get_mark(score_member(state), score_weight(state), record));
  const auto json = record.volatiles.find(score_member(state));
  const auto instant = json && state.score_scale > 1 ? parse_integer(*json) : std::nullopt;
  if (!instant) {
    return text;
  }
  QSNAP_ASSIGN(const auto tie, integer_member(record.volatiles, k_tie));
  std::int64_t score = 0;
  if (__builtin_mul_overflow(*instant, state.score_scale, &score) ||
      __builtin_add_overflow(score, tie.value_or(0), &score)) {
    return make_error(ErrorCode::corrupt, fmt::format("{} of a job is out of range", score_member(state)));
  }
  return std::optional{fmt::format("{}", score)};
}

std::string_view score_member(const StateSpec& state) {
  return !state.score_member.empty() ? state.score_member : state.type == RedisType::hash ? "field" : "score";
}

Weight score_weight(const StateSpec& state) {
  return state.score_member.empty() || is_instant(state.score_member) ? Weight::noise : Weight::meaning;
}

Weight other_weight(const StateSpec& state) {
  return is_instant(state.key.other_name()) ? Weight::noise : state.other;
}

void set_id(const Layout& layout, std::string_view id, Record& record) {
  (layout.is_generated(id) ? record.volatiles : record.fields).set("id", json_bytes(id));
}

Result<std::string> get_id(const Record& record) {
  for (const model::Fields* members : {&record.fields, &record.volatiles}) {
    if (const auto json = members->find("id")) {
      if (auto id = codec::json_to_bytes(*json)) {
        return *std::move(id);
      }
    }
  }
  return make_error(ErrorCode::corrupt, "a job has no id");
}

void describe_body(const JobFormat& format, RedisType type, const JobContext& job, const ItemBlock& body,
                   Record& record) {
  Record described = record;
  if (format.describe(job, body, described)) {
    const auto again = format.body(job, described);
    if (again && *again == body) {
      record = std::move(described);
      return;
    }
  }
  set_raw(type, body, record);
}

Result<ItemBlock> body_of(const JobFormat& format, RedisType type, const JobContext& job, const Record& record) {
  return record.fields.find("form") == k_raw_form ? raw_body(type, record) : format.body(job, record);
}

void set_expiry(std::optional<Instant> expires_at, Record& record) {
  if (expires_at) {
    record.volatiles.set(k_expiry, fmt::format("{}", to_ms(*expires_at)));
  }
}

Result<std::optional<Instant>> get_expiry(const Record& record) {
  QSNAP_ASSIGN(const auto ms, integer_member(record.volatiles, k_expiry));
  return ms ? std::optional{instant_from_ms(*ms)} : std::nullopt;
}

Result<std::string> need_text(const Record& record, std::string_view member) {
  return need_bytes(record.fields, member);
}

}  // namespace qsnap::frameworks::layout
