// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/stock_satellites.hpp>
#include <qsnap/frameworks/rq/results.hpp>
#include <qsnap/frameworks/rq/traceback.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks::rq {

namespace {

using layout::JobContext;
using model::ItemBlock;
using model::Record;
using model::RedisType;
using model::StreamTuple;

constexpr std::string_view k_type = "result_type";
constexpr std::string_view k_at = "result_at_ms";
constexpr std::string_view k_before = "before_ms";  ///< of an earlier result: how long before the last one
constexpr std::string_view k_sequence = "result_sequence";
constexpr std::string_view k_earlier = "earlier_results";
constexpr std::string_view k_expiry = "results_expires_at_ms";

/// rq.results.Result.Type, from 1.
constexpr std::array<std::string_view, 5> k_types = {"successful", "failed", "stopped", "retried",
                                                     "max_retries_exceeded"};

std::string codec_of_return_value(std::string_view bytes) {
  constexpr std::string_view k_pickle_in_base64 = "gA";  // 0x80, and a number of a protocol below 16
  return bytes.starts_with(k_pickle_in_base64) ? "base64+pickle" : "";
}

/// In the order in which RQ writes them, behind the type: the fields of a stream's entry have one.
constexpr std::array k_table = {
    HashField{"worker_name", "result_worker", Form::bytes, Place::volatiles},
    HashField{"exc_string", "stacktrace", Form::bytes, Place::volatiles},
    HashField{.field = "return_value",
              .member = "return_value",
              .form = Form::embedded,
              .place = Place::fields,
              .codec_of = codec_of_return_value},
    HashField{"execution_id", "result_execution", Form::bytes, Place::volatiles},
    HashField{"execution_started_at", "result_started_at_s", Form::seconds, Place::volatiles},
    HashField{"execution_ended_at", "result_ended_at_s", Form::seconds, Place::volatiles},
};

struct EntryId {
  std::int64_t ms = 0;
  std::int64_t sequence = 0;
};

std::optional<EntryId> parse_id(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto ms = parse_count(text.substr(0, dash));
  const auto sequence = dash == std::string_view::npos ? std::nullopt : parse_count(text.substr(dash + 1));
  return ms && sequence ? std::optional{EntryId{*ms, *sequence}} : std::nullopt;
}

/// The entries of a stream of which nothing was ever cut off, and which nobody reads in a group: what RQ writes.
std::optional<std::span<const StreamTuple>> plain_entries(const std::vector<StreamTuple>& tuples) {
  if (tuples.size() < 2 || tuples[0].size() != 4 || tuples[0][0] != model::stream_tag::k_meta) {
    return std::nullopt;
  }
  const std::span entries = std::span{tuples}.subspan(1);
  const bool all_entries = std::all_of(entries.begin(), entries.end(), [](const StreamTuple& tuple) {
    return tuple[0] == model::stream_tag::k_entry && tuple.size() >= 2;
  });
  const bool whole = all_entries && tuples[0][1] == entries.back()[1] &&
                     parse_count(tuples[0][2]) == static_cast<std::int64_t>(entries.size()) && tuples[0][3] == "0-0";
  return whole ? std::optional{entries} : std::nullopt;
}

/// Adds the members of one entry. False for fields that RQ does not write.
bool describe_entry(const StreamTuple& entry, Record& record) {
  for (std::size_t i = 2; i + 1 < entry.size(); i += 2) {
    const std::string_view field = entry[i], value = entry[i + 1];
    if (field == "type") {
      const auto number = parse_count(value);
      const bool known = number && *number >= 1 && static_cast<std::size_t>(*number) <= k_types.size();
      record.fields.set(k_type, json_bytes(known ? k_types[static_cast<std::size_t>(*number) - 1] : value));
      continue;
    }
    const auto line =
        std::find_if(k_table.begin(), k_table.end(), [&](const auto& each) { return each.field == field; });
    if (line == k_table.end() || !describe_field(*line, value, record)) {
      return false;
    }
    if (field == "exc_string") {
      describe_error(read_trace(value, "base64+zlib"), record.fields);
    }
  }
  return true;
}

/// The inverse.
Result<void> push_entry(std::string_view id, const Record& record, ItemBlock& items) {
  std::vector<std::string> fields;
  QSNAP_ASSIGN(auto type, bytes_member(record.fields, k_type));
  if (type) {
    const auto known = std::find(k_types.begin(), k_types.end(), *type);
    fields.emplace_back("type");
    fields.push_back(known == k_types.end() ? *std::move(type) : fmt::format("{}", known - k_types.begin() + 1));
  }
  for (const HashField& line : k_table) {
    QSNAP_ASSIGN(auto value, field_value(line, record));
    if (value) {
      fields.emplace_back(line.field);
      fields.push_back(*std::move(value));
    }
  }
  StreamTuple tuple = {model::stream_tag::k_entry, id};
  tuple.insert(tuple.end(), fields.begin(), fields.end());
  model::push_stream_tuple(items, tuple);
  return {};
}

std::string object_of(const model::Fields& members) {
  JsonWriter object;
  object.begin_object();
  for (const model::Field& member : members) {
    object.key(member.name).raw(member.json);
  }
  return object.end_object().take();
}

Result<model::Fields> members_of_object(std::string_view json) {
  QSNAP_ASSIGN(auto members, codec::object_members(json));
  model::Fields fields;
  for (model::Field& member : members) {
    fields.set(member.name, std::move(member.json));
  }
  return fields;
}

/// A job's results as records of their own: the last one is not among them.
bool describe_earlier(std::span<const StreamTuple> entries, EntryId last, Record& record) {
  JsonWriter meaning, noise;
  meaning.begin_array();
  noise.begin_array();
  for (const StreamTuple& entry : entries) {
    const auto id = parse_id(entry[1]);
    Record result;
    if (!id || id->ms > last.ms || !describe_entry(entry, result)) {
      return false;
    }
    result.volatiles.set(k_before, fmt::format("{}", last.ms - id->ms));
    result.volatiles.set(k_sequence, fmt::format("{}", id->sequence));
    meaning.raw(object_of(result.fields));
    noise.raw(object_of(result.volatiles));
  }
  record.fields.set(k_earlier, meaning.end_array().take());
  record.volatiles.set(k_earlier, noise.end_array().take());
  return true;
}

Result<std::vector<Record>> earlier_results(const Record& record) {
  std::vector<Record> results;
  const auto meaning = record.fields.find(k_earlier), noise = record.volatiles.find(k_earlier);
  if (!meaning || !noise) {
    return results;
  }
  QSNAP_ASSIGN(const auto meanings, codec::array_elements(*meaning));
  QSNAP_ASSIGN(const auto noises, codec::array_elements(*noise));
  for (std::size_t i = 0; i < std::min(meanings.size(), noises.size()); ++i) {
    Record result;
    QSNAP_ASSIGN(result.fields, members_of_object(meanings[i]));
    QSNAP_ASSIGN(result.volatiles, members_of_object(noises[i]));
    results.push_back(std::move(result));
  }
  return results;
}

class Results final : public layout::Satellite {
 public:
  const layout::KeyPattern& pattern() const override { return m_pattern; }
  RedisType type() const override { return RedisType::stream; }

  std::optional<std::string> key(const JobContext& job, const Record& /*record*/) const override {
    layout::Holes holes;
    holes.id = job.id;
    return m_pattern.fill(holes);
  }

  /// Sets nothing but what value() reads, or what says it in words; if those would not give the key back, nothing.
  bool describe(const JobContext& job, const Value& value, Record& record) const override {
    const auto tuples = model::stream_tuples(value.items);
    const auto entries = tuples ? plain_entries(*tuples) : std::nullopt;
    const auto last = entries ? parse_id(entries->back()[1]) : std::nullopt;
    if (!last || value.items.bytes() > layout::k_satellite_bytes) {
      return false;
    }
    Record described = record;
    described.volatiles.set(k_at, fmt::format("{}", last->ms));
    if (last->sequence != 0) {
      described.volatiles.set(k_sequence, fmt::format("{}", last->sequence));
    }
    if (value.expires_at) {
      described.volatiles.set(k_expiry, fmt::format("{}", to_ms(*value.expires_at)));
    }
    const bool has_earlier = entries->size() > 1;
    if (!describe_entry(entries->back(), described) ||
        (has_earlier && !describe_earlier(entries->first(entries->size() - 1), *last, described))) {
      return false;
    }
    const auto again = this->value(job, described);
    if (!again || !*again || (*again)->items != value.items) {
      return false;
    }
    record = std::move(described);
    return true;
  }

  Result<std::optional<Value>> value(const JobContext& /*job*/, const Record& record) const override {
    QSNAP_ASSIGN(const auto last_ms, integer_member(record.volatiles, k_at));
    if (!last_ms) {
      return std::optional<Value>{};
    }
    QSNAP_ASSIGN(const auto last_sequence, integer_member(record.volatiles, k_sequence));
    QSNAP_ASSIGN(const auto earlier, earlier_results(record));
    const std::string last_id = fmt::format("{}-{}", *last_ms, last_sequence.value_or(0));
    Value value;
    model::push_stream_tuple(value.items,
                             {model::stream_tag::k_meta, last_id, fmt::format_int(earlier.size() + 1).str(), "0-0"});
    for (const Record& result : earlier) {
      QSNAP_ASSIGN(const auto before, integer_member(result.volatiles, k_before));
      QSNAP_ASSIGN(const auto sequence, integer_member(result.volatiles, k_sequence));
      if (!before || !sequence || *before < 0 || *before > *last_ms) {
        return make_error(ErrorCode::corrupt, "an earlier result of a job has no instant");
      }
      QSNAP_TRY(push_entry(fmt::format("{}-{}", *last_ms - *before, *sequence), result, value.items));
    }
    QSNAP_TRY(push_entry(last_id, record, value.items));
    QSNAP_ASSIGN(const auto expires, integer_member(record.volatiles, k_expiry));
    value.expires_at = expires ? std::optional{instant_from_ms(*expires)} : std::nullopt;
    return std::optional{std::move(value)};
  }

 private:
  layout::KeyPattern m_pattern{"rq:results:<id>"};
};

}  // namespace

std::shared_ptr<const layout::Satellite> make_results() {
  return std::make_shared<Results>();
}

}  // namespace qsnap::frameworks::rq
