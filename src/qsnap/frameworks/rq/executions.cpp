// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/rq/executions.hpp>
#include <qsnap/frameworks/rq/job.hpp>

namespace qsnap::frameworks::rq {

namespace {

using layout::JobContext;
using model::ItemBlock;
using model::Record;
using model::RedisType;

constexpr std::string_view k_started = "started";
constexpr std::string_view k_element = "element";

/// The execution that a record's element in the structure names.
std::optional<std::string> execution_of(const JobContext& job, const Record& record) {
  if (job.state != k_started) {
    return std::nullopt;
  }
  const auto element = bytes_member(record.volatiles, k_element);
  if (!element || !*element) {
    return std::nullopt;
  }
  const std::string& text = **element;
  const std::size_t id_bytes = id_of_element(text).size();
  return id_bytes < text.size() ? std::optional{text.substr(id_bytes + 1)} : std::nullopt;
}

std::optional<std::string> key_of(const layout::KeyPattern& pattern, const JobContext& job, const Record& record) {
  const auto execution = execution_of(job, record);
  if (!execution) {
    return std::nullopt;
  }
  layout::Holes holes;
  holes.id = job.id;
  holes.other = *execution;
  return pattern.fill(holes);
}

void set_expiry(std::string_view member, std::optional<Instant> expires_at, Record& record) {
  if (expires_at) {
    record.volatiles.set(member, fmt::format("{}", to_ms(*expires_at)));
  }
}

Result<std::optional<Instant>> get_expiry(std::string_view member, const Record& record) {
  QSNAP_ASSIGN(const auto ms, integer_member(record.volatiles, member));
  return ms ? std::optional{instant_from_ms(*ms)} : std::nullopt;
}

/// Its fields repeat the ids that are in its name; `job_id` and `worker_name` came after the release of 2.10.0.
constexpr std::array k_table = {
    HashField{"id", "execution", Form::bytes, Place::volatiles},
    HashField{"job_id", "execution_job", Form::bytes, Place::volatiles},
    HashField{"created_at", "execution_created_at_s", Form::seconds, Place::volatiles},
    HashField{"last_heartbeat", "execution_heartbeat_at_s", Form::seconds, Place::volatiles},
    HashField{"worker_name", "execution_worker", Form::bytes, Place::volatiles},
};

class Execution final : public layout::Satellite {
 public:
  const layout::KeyPattern& pattern() const override { return m_pattern; }
  RedisType type() const override { return RedisType::hash; }
  std::optional<std::string> key(const JobContext& job, const Record& record) const override {
    return key_of(m_pattern, job, record);
  }

  bool describe(const JobContext& /*job*/, const Value& value, Record& record) const override {
    Record described = record;
    for (std::size_t i = 0; i + 1 < value.items.size(); i += 2) {
      const auto line =
          std::find_if(k_table.begin(), k_table.end(), [&](const auto& each) { return each.field == value.items[i]; });
      if (line == k_table.end() || !describe_field(*line, value.items[i + 1], described)) {
        return false;
      }
    }
    set_expiry(k_expiry, value.expires_at, described);
    record = std::move(described);
    return true;
  }

  Result<std::optional<Value>> value(const JobContext& /*job*/, const Record& record) const override {
    HashBuilder hash;
    QSNAP_TRY(hash.add_table(k_table, record));
    Value value{hash.take(), {}};
    QSNAP_ASSIGN(value.expires_at, get_expiry(k_expiry, record));
    return value.items.empty() ? std::optional<Value>{} : std::optional{std::move(value)};
  }

 private:
  static constexpr std::string_view k_expiry = "execution_expires_at_ms";
  layout::KeyPattern m_pattern{"rq:execution:<id>:<execution>"};
};

/// One execution, with the instant up to which it counts as alive. A job that is executed twice at a time has two: that
/// key stays verbatim.
class Executions final : public layout::Satellite {
 public:
  const layout::KeyPattern& pattern() const override { return m_pattern; }
  RedisType type() const override { return RedisType::zset; }
  std::optional<std::string> key(const JobContext& job, const Record& record) const override {
    return key_of(m_pattern, job, record);
  }

  bool describe(const JobContext& job, const Value& value, Record& record) const override {
    const auto execution = execution_of(job, record);
    if (value.items.size() != 2 || value.items[0] != execution || !is_plain_decimal(value.items[1])) {
      return false;
    }
    record.volatiles.set(k_lease, std::string{value.items[1]});
    set_expiry(k_expiry, value.expires_at, record);
    return true;
  }

  Result<std::optional<Value>> value(const JobContext& job, const Record& record) const override {
    const auto execution = execution_of(job, record);
    const auto lease = record.volatiles.find(k_lease);
    if (!execution || !lease) {
      return std::optional<Value>{};
    }
    if (!is_plain_decimal(*lease)) {
      return make_error(ErrorCode::corrupt, fmt::format("member {} of a job is no instant", k_lease));
    }
    Value value;
    value.items.push(*execution);
    value.items.push(*lease);
    QSNAP_ASSIGN(value.expires_at, get_expiry(k_expiry, record));
    return std::optional{std::move(value)};
  }

 private:
  static constexpr std::string_view k_lease = "execution_lease_at_s";
  static constexpr std::string_view k_expiry = "executions_expires_at_ms";
  layout::KeyPattern m_pattern{"rq:executions:<id>"};
};

}  // namespace

std::string_view id_of_element(std::string_view element) {
  const std::size_t colon = element.rfind(':');
  const bool has_execution = colon != std::string_view::npos && colon > 0 && is_uuid_hex(element.substr(colon + 1));
  return has_execution ? element.substr(0, colon) : element;
}

std::vector<std::shared_ptr<const layout::Satellite>> make_executions() {
  return {std::make_shared<Execution>(), std::make_shared<Executions>()};
}

}  // namespace qsnap::frameworks::rq
