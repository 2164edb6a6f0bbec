// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/arq/arq.hpp>
#include <qsnap/frameworks/layout/ids.hpp>
#include <qsnap/frameworks/layout/layout.hpp>
#include <qsnap/frameworks/layout/signs.hpp>
#include <qsnap/frameworks/layout/stock_satellites.hpp>

namespace qsnap::frameworks {

namespace {

using namespace layout;
using model::ItemBlock;
using model::Keyspace;
using model::Record;
using model::RedisType;

constexpr std::string_view k_framework = "arq";
constexpr std::string_view k_usual_queue = "arq:queue";
constexpr std::string_view k_payload = "payload";
constexpr std::string_view k_pickle = "\x80";  // PROTO, and then its number

/// Milliseconds in a pickled dict, as Python has written them since 2004 and will until 2527: the key's text, which the
/// pickler memoizes, and an int of six bytes (LONG1).
struct PickledInstant {
  std::string_view marker;
  std::string_view member;
};
constexpr std::size_t k_instant_bytes = 6;
constexpr std::array<PickledInstant, 3> k_instants = {{
    {"\x8c\x02"
     "et\x94\x8a\x06",
     "created_at_ms"},
    {"\x8c\x02"
     "st\x94\x8a\x06",
     "started_at_ms"},
    {"\x8c\x02"
     "ft\x94\x8a\x06",
     "finished_at_ms"},
}};

/// A text of one length byte (SHORT_BINUNICODE).
std::string pickled_text(std::string_view text) {
  return fmt::format("\x8c{}{}", static_cast<char>(text.size()), text);
}

/// Where the bytes behind the last `marker` begin, if `size` of them are there. The dict's own entries come behind the
/// job's arguments.
std::optional<std::size_t> find_behind(std::string_view bytes, std::string_view marker, std::size_t size) {
  const std::size_t at = bytes.rfind(marker);
  const bool there = at != std::string_view::npos && bytes.size() - at >= marker.size() + size;
  return there ? std::optional{at + marker.size()} : std::nullopt;
}

bool is_arq_pickle(std::string_view bytes) {
  return bytes.starts_with(k_pickle) && find_behind(bytes, k_instants.front().marker, k_instant_bytes).has_value();
}

/// A job or a result: pickle with instants and the job's id in it. The payload has zeros in their places, so that equal
/// work has equal payloads, and the record has what stood there. Other serializers' bytes are a payload as they are.
class ArqJob final : public JobFormat {
 public:
  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    if (body.size() != 1) {
      return false;
    }
    std::string payload{body[0]};
    if (payload.starts_with(k_pickle)) {
      for (const PickledInstant& each : k_instants) {
        take_instant(each, payload, record);
      }
      take_id(job.id, payload, record);
    }
    describe_embedded(k_payload, payload, record.fields, payload.starts_with(k_pickle) ? "pickle" : "");
    return true;
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    const auto json = record.fields.find(k_payload);
    if (!json) {
      return make_error(ErrorCode::corrupt, "a job of arq has no payload");
    }
    QSNAP_ASSIGN(std::string bytes, embedded_bytes(k_payload, *json, record.fields));
    for (const PickledInstant& each : k_instants) {
      QSNAP_TRY(put_instant(each, record, bytes));
    }
    if (record.volatiles.contains("inner_id")) {
      const auto at = find_behind(bytes, pickled_text(zeros(job.id)), 0);
      if (!at) {
        return make_error(ErrorCode::corrupt, "a job's payload has no place for its id");
      }
      bytes.replace(*at - job.id.size(), job.id.size(), job.id);
    }
    ItemBlock items;
    items.push(bytes);
    return items;
  }

 private:
  static std::string zeros(std::string_view id) { return std::string(id.size(), '0'); }

  static void take_instant(const PickledInstant& instant, std::string& bytes, Record& record) {
    const auto at = find_behind(bytes, instant.marker, k_instant_bytes);
    if (!at) {
      return;
    }
    std::uint64_t ms = 0;
    for (std::size_t i = k_instant_bytes; i > 0; --i) {
      ms = ms << 8U | static_cast<unsigned char>(bytes[*at + i - 1]);
    }
    record.volatiles.set(instant.member, fmt::format("{}", ms));
    bytes.replace(*at, k_instant_bytes, std::string(k_instant_bytes, '\0'));
  }

  static Result<void> put_instant(const PickledInstant& instant, const Record& record, std::string& bytes) {
    QSNAP_ASSIGN(const auto ms, integer_member(record.volatiles, instant.member));
    if (!ms) {
      return {};
    }
    const auto at = find_behind(bytes, instant.marker, k_instant_bytes);
    if (!at || *ms < 0 || *ms >> (8 * k_instant_bytes) != 0) {
      return make_error(ErrorCode::corrupt, fmt::format("a job's payload has no place for its {}", instant.member));
    }
    for (std::size_t i = 0; i < k_instant_bytes; ++i) {
      bytes[*at + i] = static_cast<char>(*ms >> (8 * i) & 0xff);
    }
    return {};
  }

  static void take_id(std::string_view id, std::string& bytes, Record& record) {
    constexpr std::size_t k_longest = 255;  // of a text with one length byte
    if (id.empty() || id.size() > k_longest) {
      return;
    }
    if (const auto at = find_behind(bytes, pickled_text(id), 0)) {
      bytes.replace(*at - id.size(), id.size(), zeros(id));
      record.volatiles.set("inner_id", "true");
    }
  }
};

/// The queue that a result names, behind the job's arguments.
std::optional<std::string> queue_of_result(std::string_view bytes) {
  const auto at = find_behind(bytes, "\x8c\x01q\x94\x8c", 1);
  const std::size_t size = at ? static_cast<unsigned char>(bytes[*at]) : 0;
  return size > 0 && bytes.size() - *at > size ? std::optional{std::string{bytes.substr(*at + 1, size)}} : std::nullopt;
}

/// A queue is a sorted set of any name, with ids of jobs.
Result<bool> is_queue(const Keyspace& keyspace, model::KeyId key) {
  if (keyspace.name(key) == k_usual_queue) {
    return true;
  }
  QSNAP_ASSIGN(const std::vector<std::string> ids, first_elements(keyspace, key));
  return std::any_of(ids.begin(), ids.end(), [&](const std::string& id) {
    return find_typed(keyspace, "arq:job:" + id, RedisType::string).has_value();
  });
}

StateSpec queued() {
  StateSpec spec{.name = "queued", .key = KeyPattern{"<queue>"}, .type = RedisType::zset, .holds = Holds::ids};
  spec.accepts_key = is_queue;
  spec.score_member = "due_at_ms";  // a job that is being worked on stays here, and arq:in-progress:<id> says so
  return spec;
}

StateSpec complete() {
  StateSpec spec{.name = "complete", .key = KeyPattern{"arq:result:<id>"}, .type = RedisType::string, .own_key = true};
  spec.fixed_queue = k_usual_queue;
  spec.queue_of = queue_of_result;
  return spec;
}

/// Any queue has one; anybody may have a key of such a name.
Result<KeyRole> role_of_health_check(const Keyspace& keyspace, model::KeyId key) {
  QSNAP_ASSIGN(const std::vector<std::string> text, first_elements(keyspace, key));
  const bool is_ours = !text.empty() && text.front().find(" j_complete=") != std::string::npos;
  return is_ours ? KeyRole::derived : KeyRole::data;
}

bool is_generated(std::string_view id) {
  return is_hex_id(id, 32);
}

Result<std::vector<Found>> find(const Keyspace& keyspace) {
  const std::array signs = {
      Sign{KeyPattern{"arq:job:<id>"}, RedisType::string, is_arq_pickle, "a pickled job"},
      Sign{KeyPattern{"arq:result:<id>"}, RedisType::string, is_arq_pickle, "a pickled result"},
  };
  return find_without_namespace(keyspace, signs);
}

}  // namespace

std::unique_ptr<Adapter> make_arq_adapter() {
  Layout layout;
  layout.framework = k_framework;
  layout.states = {queued(), complete()};
  layout.body = BodySpec{.key = KeyPattern{"arq:job:<id>"}, .type = RedisType::string, .queue_of = [](const auto&) {
                           return std::optional{std::string{k_usual_queue}};
                         }};
  layout.format = std::make_shared<ArqJob>();
  layout.satellites = {make_string_satellite({.key = "arq:retry:<id>", .member = "retry_count", .place = Place::fields},
                                             Form::attempts)};
  layout.sides = {{.key = KeyPattern{"arq:abort"}, .member = "abort_at_ms"}};
  layout.keeps = {
      {KeyPattern{"arq:in-progress:<id>"}, KeyRole::lock},  // while it is there, no worker takes the job
      {.key = KeyPattern{"<queue>:health-check"}, .role_of = role_of_health_check},
  };
  layout.is_generated = is_generated;
  layout.find = find;
  return make_layout_adapter(std::make_shared<const Layout>(std::move(layout)));
}

}  // namespace qsnap::frameworks
