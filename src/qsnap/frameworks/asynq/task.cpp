// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/asynq/message.hpp>
#include <qsnap/frameworks/asynq/task.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/job_record.hpp>

namespace qsnap::frameworks::asynq {

namespace {

using layout::JobContext;
using model::ItemBlock;
using model::Record;

constexpr std::string_view k_message = "msg";
constexpr std::string_view k_absent = "absent_fields";
constexpr std::string_view k_unique_key = "unique_key";

constexpr std::array k_table = {
    HashField{"pending_since", "pending_since_at_ns", Form::instant, Place::volatiles},
    HashField{"result", "result", Form::embedded, Place::fields},
};

/// Fields that repeat what the record says elsewhere, with the value that they have then. The scripts that put a task
/// into a group leave the lock's name out of the hash, and all others leave the group out.
struct Implied {
  std::string_view field;
  std::string_view value;  ///< empty: not implied
};
std::array<Implied, 3> implied_fields(std::string_view state, std::string_view unique_key, std::string_view group) {
  const bool aggregating = state == k_aggregating;
  return {Implied{"group", aggregating ? group : std::string_view{}},
          Implied{"state", state == layout::k_orphan ? std::string_view{} : state},
          Implied{"unique_key", aggregating ? std::string_view{} : unique_key}};
}

bool is_implied(const std::array<Implied, 3>& implied, std::string_view field, std::string_view value) {
  return std::any_of(implied.begin(), implied.end(),
                     [&](const Implied& each) { return each.field == field && !value.empty() && each.value == value; });
}

bool describe_in_table(std::string_view field, std::string_view value, Record& record) {
  const auto at =
      std::find_if(k_table.begin(), k_table.end(), [&](const HashField& line) { return line.field == field; });
  return at != k_table.end() && describe_field(*at, value, record);
}

/// Says which implied fields the hash has not.
void describe_absent(const std::array<Implied, 3>& implied, const ItemBlock& body, Record& record) {
  JsonWriter names;
  names.begin_array();
  bool any = false;
  for (const Implied& each : implied) {
    if (!each.value.empty() && !find_field(body, each.field)) {
      names.bytes(each.field);
      any = true;
    }
  }
  if (any) {
    record.volatiles.set(k_absent, names.end_array().take());
  }
}

/// Fields that are not made of other members: those the hash has not, and those that are kept as they are.
Result<std::vector<std::string>> told_fields(const Record& record) {
  std::vector<std::string> names;
  if (const auto json = record.volatiles.find(k_absent)) {
    QSNAP_ASSIGN(const auto elements, codec::array_elements(*json));
    for (const std::string& element : elements) {
      names.push_back(codec::json_text(element).value_or(std::string{}));
    }
  }
  if (const auto json = record.fields.find("fields")) {
    QSNAP_ASSIGN(const auto members, codec::object_members(*json));
    for (const model::Field& member : members) {
      names.push_back(member.name);
    }
  }
  return names;
}

class TaskFormat final : public layout::JobFormat {
 public:
  bool describe(const JobContext& job, const ItemBlock& body, Record& record) const override {
    const auto bytes = find_field(body, k_message);
    if (!bytes) {
      return false;
    }
    const auto message = parse_message(*bytes, {job.queue, job.id});
    if (message) {
      describe_message(*message, record);
    }
    const auto implied = implied_fields(job.state, message ? message->text(k_unique_key_field) : std::string_view{},
                                        message ? message->text(k_group_field) : std::string_view{});
    LeftoverFields leftovers;
    for (std::size_t i = 0; i + 1 < body.size(); i += 2) {
      const bool known = (message && body[i] == k_message) || is_implied(implied, body[i], body[i + 1]) ||
                         describe_in_table(body[i], body[i + 1], record);
      if (!known) {
        leftovers.add(body[i], body[i + 1]);
      }
    }
    describe_absent(implied, body, record);
    leftovers.describe(record);
    return true;
  }

  Result<ItemBlock> body(const JobContext& job, const Record& record) const override {
    QSNAP_ASSIGN(const auto told, told_fields(record));
    const auto is_told = [&](std::string_view field) {
      return std::find(told.begin(), told.end(), field) != told.end();
    };
    HashBuilder hash;
    if (!is_told(k_message)) {
      QSNAP_ASSIGN(std::string message, message_text({job.queue, job.id}, record));
      hash.add(k_message, std::move(message));
    }
    QSNAP_ASSIGN(const auto unique_key, bytes_member(record.fields, k_unique_key));
    QSNAP_ASSIGN(const auto group, bytes_member(record.fields, "group"));
    const auto implied = implied_fields(job.state, unique_key ? std::string_view{*unique_key} : std::string_view{},
                                        group ? std::string_view{*group} : std::string_view{});
    for (const Implied& each : implied) {
      if (!each.value.empty() && !is_told(each.field)) {
        hash.add(each.field, std::string{each.value});
      }
    }
    QSNAP_TRY(hash.add_table(k_table, record));
    QSNAP_TRY(hash.add_leftovers(record));
    return hash.take();
  }
};

class UniqueLock final : public layout::Satellite {
 public:
  [[nodiscard]] const layout::KeyPattern& pattern() const override { return m_pattern; }
  [[nodiscard]] model::RedisType type() const override { return model::RedisType::string; }

  /// The message has the whole name of the key, the namespace in front. One of another queue is not this task's.
  [[nodiscard]] std::optional<std::string> key(const JobContext& job, const Record& record) const override {
    const auto name = bytes_member(record.fields, k_unique_key);
    if (!name || !*name) {
      return std::nullopt;
    }
    const std::size_t at = (*name)->find(fmt::format("{{{}}}:unique:", job.queue));
    return at == std::string::npos ? std::nullopt : std::optional{(*name)->substr(at)};
  }

  [[nodiscard]] bool describe(const JobContext& job, const Value& value, Record& record) const override {
    if (value.items.size() != 1 || value.items[0] != job.id) {
      return false;  // it is held by a later task
    }
    record.fields.set(k_held, "true");
    if (value.expires_at) {
      record.volatiles.set(k_expiry, fmt::format_int{to_ms(*value.expires_at)}.str());
    }
    return true;
  }

  [[nodiscard]] Result<std::optional<Value>> value(const JobContext& job, const Record& record) const override {
    if (record.fields.find(k_held) != "true") {
      return std::optional<Value>{};
    }
    QSNAP_ASSIGN(const auto ms, integer_member(record.volatiles, k_expiry));
    Value value;
    value.items.push(job.id);
    value.expires_at = ms ? std::optional{instant_from_ms(*ms)} : std::nullopt;
    return std::optional{std::move(value)};
  }

 private:
  static constexpr std::string_view k_held = "unique_lock";
  static constexpr std::string_view k_expiry = "unique_lock_expires_at_ms";

  layout::KeyPattern m_pattern{"{<queue>}:unique:<what>"};
};

}  // namespace

std::shared_ptr<const layout::JobFormat> make_task_format() {
  return std::make_shared<TaskFormat>();
}

std::shared_ptr<const layout::Satellite> make_unique_lock() {
  return std::make_shared<UniqueLock>();
}

}  // namespace qsnap::frameworks::asynq
