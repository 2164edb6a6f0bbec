// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/plain_stream/plain_stream.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::frameworks {

namespace {

using model::KeyId;
using model::Keyspace;
using model::Record;
using model::RedisType;
using model::Section;
namespace stream_tag = model::stream_tag;

constexpr std::string_view k_framework = "stream";

struct Group {
  std::uint64_t consumers = 0;
  std::uint64_t pending = 0;
};

/// What a queue's record says of a stream.
struct Summary {
  std::uint64_t entries = 0;
  std::map<std::string, Group, std::less<>> groups;

  void add(const model::StreamTuple& tuple) {
    const std::string_view tag = tuple.empty() ? std::string_view{} : tuple[0];
    if (tag == stream_tag::k_entry) {
      ++entries;
    } else if (tuple.size() < 2) {
      return;
    } else if (tag == stream_tag::k_group) {
      groups.try_emplace(std::string{tuple[1]});
    } else if (tag == stream_tag::k_consumer) {
      ++groups[std::string{tuple[1]}].consumers;
    } else if (tag == stream_tag::k_pending) {
      ++groups[std::string{tuple[1]}].pending;
    }
  }
};

Result<Summary> summarize(const Keyspace& keyspace, KeyId key) {
  Summary summary;
  QSNAP_TRY(keyspace.read(key, Keyspace::Direction::forward, [&](const model::ItemBlock& block) -> Result<void> {
    QSNAP_ASSIGN(const auto tuples, model::stream_tuples(block));
    for (const model::StreamTuple& tuple : tuples) {
      summary.add(tuple);
    }
    return {};
  }));
  return summary;
}

std::string queue_text(std::string_view key) {
  return model::QueueId{std::string{k_framework}, {}, std::string{key}}.text();
}

/// The stream itself stays a verbatim key, entries and groups and all: this is what to know of it at a glance.
Record queue_record(std::string_view key, const Summary& summary) {
  JsonWriter groups;
  groups.begin_array();
  for (const auto& [name, group] : summary.groups) {
    groups.begin_object();
    groups.key("consumers").integer(static_cast<std::int64_t>(group.consumers));
    groups.key("name").bytes(name);
    groups.key("pending").integer(static_cast<std::int64_t>(group.pending));
    groups.end_object();
  }
  Record record{Section::queues, {}, {}};
  record.fields.set("queue", json_bytes(queue_text(key)));
  record.fields.set("framework", json_string(k_framework));
  record.fields.set("counts", fmt::format(R"({{"entries":{}}})", summary.entries));
  record.fields.set("groups", groups.end_array().take());
  record.fields.set("verbatim", R"(["entries"])");
  return record;
}

class StreamReading final : public Reading {
 public:
  explicit StreamReading(const Keyspace& keyspace) : m_keyspace(keyspace) {}

  [[nodiscard]] model::FrameworkInfo info() const override { return {std::string{k_framework}, {}, {}}; }
  [[nodiscard]] std::vector<std::string> evidence() const override { return {"streams that no framework claims"}; }

  Result<void> plan(KeyPlan& plan) override {
    m_streams.clear();
    for (KeyId key = 0; key < m_keyspace.size(); ++key) {
      if (m_keyspace.type(key) == RedisType::stream && plan[key].owner == 0) {
        plan.keep(key, KeyRole::data);
        plan.assign_queue(key, queue_text(m_keyspace.name(key)));
        m_streams.push_back(key);
      }
    }
    // Documents are sorted by the queues' texts, in which some bytes of the names are escaped.
    std::sort(m_streams.begin(), m_streams.end(),
              [&](KeyId a, KeyId b) { return queue_text(m_keyspace.name(a)) < queue_text(m_keyspace.name(b)); });
    return {};
  }

  Result<void> emit(Section section, const KeyPlan& /*plan*/, model::RecordSink& sink) override {
    for (std::size_t i = 0; section == Section::queues && i < m_streams.size(); ++i) {
      QSNAP_ASSIGN(const Summary summary, summarize(m_keyspace, m_streams[i]));
      QSNAP_TRY(sink.take(queue_record(m_keyspace.name(m_streams[i]), summary)));
    }
    return {};
  }

 private:
  const Keyspace& m_keyspace;
  std::vector<KeyId> m_streams;
};

/// Records tell of streams and rebuild nothing.
class StreamRebuild final : public Rebuild {
 public:
  Result<void> add(const Record& /*record*/, model::KeySink& /*sink*/) override { return {}; }
  Result<void> finish(model::KeySink& /*sink*/) override { return {}; }
  [[nodiscard]] std::optional<model::LoadStage> stage(std::string_view /*key*/) const override { return std::nullopt; }
  [[nodiscard]] KeyTopic topic(std::string_view key) const override { return {std::string{key}, {}}; }
};

class StreamAdapter final : public Adapter {
 public:
  [[nodiscard]] std::string_view name() const override { return k_framework; }
  [[nodiscard]] Turn turn() const override { return Turn::fallback; }

  Result<std::vector<std::unique_ptr<Reading>>> detect(const Keyspace& keyspace) const override {
    std::vector<std::unique_ptr<Reading>> readings;
    for (KeyId key = 0; key < keyspace.size() && readings.empty(); ++key) {
      if (keyspace.type(key) == RedisType::stream) {
        readings.push_back(std::make_unique<StreamReading>(keyspace));
      }
    }
    return readings;
  }

  Result<std::unique_ptr<Reading>> reading(const Keyspace& keyspace, std::string_view name_space) const override {
    if (!name_space.empty()) {
      return make_error(ErrorCode::usage, "plain streams have no namespace", {"write it as stream="});
    }
    return std::unique_ptr<Reading>{std::make_unique<StreamReading>(keyspace)};
  }

  [[nodiscard]] std::unique_ptr<Rebuild> rebuild(std::string_view /*name_space*/) const override {
    return std::make_unique<StreamRebuild>();
  }
};

}  // namespace

std::unique_ptr<Adapter> make_plain_stream_adapter() {
  return std::make_unique<StreamAdapter>();
}

}  // namespace qsnap::frameworks
