// SPDX-License-Identifier: Apache-2.0
#include "toy_adapter.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks::test {

namespace {

using model::ItemBlock;
using model::KeyId;
using model::Record;
using model::RedisType;
using model::Section;

constexpr std::string_view k_queues = ":queues", k_late = ":late", k_queue = ":q:";

std::string queue_key(const std::string& ns, const std::string& queue, std::string_view rest) {
  return fmt::format("{}:q:{}:{}", ns, queue, rest);
}

/// "mail" and "job:7" of "toy:q:mail:job:7".
std::pair<std::string, std::string> split_key(const std::string& ns, std::string_view key) {
  key.remove_prefix(ns.size() + k_queue.size());
  const std::size_t colon = key.find(':');
  return {std::string{key.substr(0, colon)}, std::string{key.substr(std::min(colon, key.size() - 1) + 1)}};
}

class ToyReading final : public Reading {
 public:
  ToyReading(const model::Keyspace& keyspace, std::string ns, Lie lie)
      : m_keyspace(keyspace), m_ns(std::move(ns)), m_lie(lie) {}

  [[nodiscard]] model::FrameworkInfo info() const override { return {"toy", m_ns, "1"}; }

  Result<void> plan(KeyPlan& plan) override {
    m_queues.clear();
    for (KeyId key = m_keyspace.lower_bound(m_ns + ":"); key < m_keyspace.size(); ++key) {
      const std::string_view name = m_keyspace.name(key);
      if (!name.starts_with(m_ns + ":")) {
        break;
      }
      if (name == m_ns + std::string{k_queues} || name == m_ns + std::string{k_late}) {
        plan.model(key);
      } else if (name.starts_with(m_ns + std::string{k_queue})) {
        plan_queue_key(plan, key, name);
      }
    }
    return {};
  }

  Result<void> emit(Section section, const KeyPlan& plan, model::RecordSink& sink) override {
    for (const std::string& queue : m_queues) {
      if (section == Section::queues) {
        QSNAP_TRY(emit_queue(queue, plan, sink));
      } else if (section == Section::jobs) {
        QSNAP_TRY(emit_jobs(queue, "done", queue_key(m_ns, queue, "done"), plan, sink));
        QSNAP_TRY(emit_jobs(queue, "late", m_ns + std::string{k_late}, plan, sink));
        QSNAP_TRY(emit_jobs(queue, "waiting", queue_key(m_ns, queue, "list"), plan, sink));
      }
    }
    return {};
  }

 private:
  void plan_queue_key(KeyPlan& plan, KeyId key, std::string_view name) {
    const auto [queue, rest] = split_key(m_ns, name);
    m_queues.insert(queue);
    plan.assign_queue(key, model::QueueId{"toy", m_ns, queue}.text());
    if (rest.starts_with("lock:")) {
      plan.keep(key, KeyRole::lock);
    } else {
      plan.model(key);
    }
  }

  [[nodiscard]] bool is_modelled(const std::string& name, const KeyPlan& plan) const {
    const auto key = m_keyspace.find(name);
    return key && plan[*key].modelled;
  }

  Result<void> emit_queue(const std::string& queue, const KeyPlan& plan, model::RecordSink& sink) {
    Record record{.section = Section::queues, .fields = {}, .volatiles = {}};
    record.fields.set("queue", json_bytes(model::QueueId{"toy", m_ns, queue}.text()));
    JsonWriter verbatim;
    verbatim.begin_array();
    const auto keep = [&](const std::string& key, std::string_view state) {
      if (m_keyspace.find(key) && !is_modelled(key, plan)) {
        verbatim.bytes(state);
      }
    };
    keep(queue_key(m_ns, queue, "done"), "done");
    keep(m_ns + std::string{k_late}, "late");
    keep(m_ns + std::string{k_queues}, "queues");
    keep(queue_key(m_ns, queue, "list"), "waiting");
    record.fields.set("verbatim", verbatim.end_array().take());
    return sink.add(record);
  }

  Result<void> emit_jobs(const std::string& queue, const std::string& state, const std::string& structure,
                         const KeyPlan& plan, model::RecordSink& sink) {
    const auto key = m_keyspace.find(structure);
    if (!key) {
      return {};
    }
    QSNAP_ASSIGN(const ItemBlock items, m_keyspace.read_all(*key));
    const bool scored = m_keyspace.type(*key) == RedisType::zset;
    for (std::size_t i = 0; i < items.size(); i += scored ? 2 : 1) {
      std::string id{items[scored ? i : items.size() - 1 - i]};
      if (state == "late") {
        if (!id.starts_with(queue + '/')) {
          continue;
        }
        id.erase(0, queue.size() + 1);
      }
      QSNAP_TRY(emit_job(queue, state, id, scored ? items[i + 1] : std::string_view{}, plan, sink));
    }
    return {};
  }

  Result<void> emit_job(const std::string& queue, const std::string& state, const std::string& id,
                        std::string_view score, const KeyPlan& plan, model::RecordSink& sink) {
    Record record{.section = Section::jobs, .fields = {}, .volatiles = {}};
    const std::string ns = m_lie == Lie::foreign_records ? "elsewhere" : m_ns;
    record.fields.set("queue", json_bytes(model::QueueId{"toy", ns, queue}.text()));
    record.fields.set("state", json_bytes(state));
    record.volatiles.set("id", json_bytes(id));
    if (!score.empty()) {
      record.volatiles.set("score_at_ms", std::string{score});
    }
    QSNAP_TRY(describe_body(queue_key(m_ns, queue, "job:" + id), plan, record));
    return sink.add(record);
  }

  Result<void> describe_body(const std::string& name, const KeyPlan& plan, Record& record) {
    const auto key = m_keyspace.find(name);
    if (!key || !plan[*key].modelled) {
      record.fields.set("body", key ? R"("verbatim")" : R"("missing")");
      return {};
    }
    QSNAP_ASSIGN(const ItemBlock items, m_keyspace.read_all(*key));
    JsonWriter hash;
    hash.begin_array();
    for (std::size_t i = 0; i < items.size(); ++i) {
      hash.bytes(items[i]);
    }
    record.fields.set("hash", hash.end_array().take());
    if (const auto expires_at = m_keyspace.expires_at(*key)) {
      record.volatiles.set("expire_at_ms", std::to_string(to_ms(*expires_at)));
    }
    return {};
  }

  const model::Keyspace& m_keyspace;
  std::string m_ns;
  Lie m_lie;
  std::set<std::string> m_queues;
};

class ToyRebuild final : public Rebuild {
 public:
  ToyRebuild(std::string ns, Lie lie) : m_ns(std::move(ns)), m_lie(lie) {}

  Result<void> add(const Record& record, model::KeySink& sink) override {
    if (m_lie == Lie::fails) {
      return make_error(ErrorCode::corrupt, "the toy is broken");
    }
    const auto id = model::QueueId::parse(codec::json_text(record.fields.find("queue").value_or("")).value_or(""));
    if (!id) {
      return make_error(ErrorCode::corrupt, "not a toy queue");
    }
    return record.section == Section::queues ? add_queue(id->name, record, sink) : add_job(id->name, record, sink);
  }

  Result<void> finish(model::KeySink& sink) override {
    if (m_lie == Lie::ghost_key) {
      const ItemBlock items = one("boo");
      return sink.write({.key = m_ns + ":ghost", .expires_at = {}, .items = &items});
    }
    return {};
  }

  [[nodiscard]] std::optional<model::LoadStage> stage(std::string_view key) const override {
    if (!key.starts_with(m_ns + ":")) {
      return std::nullopt;
    }
    return key.find(":job:") != std::string_view::npos ? model::LoadStage::body : model::LoadStage::counter;
  }

 private:
  static ItemBlock one(std::string_view item) {
    ItemBlock items;
    items.push(item);
    return items;
  }

  Result<void> add_queue(const std::string& queue, const Record& record, model::KeySink& sink) {
    QSNAP_ASSIGN(const auto states, codec::array_elements(record.fields.find("verbatim").value_or("[]")));
    auto& verbatim = m_verbatim[queue];
    for (const std::string& state : states) {
      verbatim.insert(codec::json_text(state).value_or(""));
    }
    if (verbatim.contains("queues")) {
      return {};
    }
    const ItemBlock items = one(queue);
    return sink.write({.stage = model::LoadStage::structure,
                       .key = m_ns + std::string{k_queues},
                       .type = RedisType::set,
                       .expires_at = {},
                       .items = &items});
  }

  Result<void> add_job(const std::string& queue, const Record& record, model::KeySink& sink) {
    const std::string id = codec::json_to_bytes(record.volatiles.find("id").value_or("")).value_or("");
    const std::string state = codec::json_text(record.fields.find("state").value_or("")).value_or("");
    QSNAP_TRY(write_body(queue, id, record, sink));
    if (m_lie != Lie::ignores_verbatim && m_verbatim[queue].contains(state)) {
      return {};
    }
    if (state == "waiting") {
      const bool wrong = m_lie == Lie::wrong_order || m_lie == Lie::ignores_verbatim;
      const ItemBlock items = one(id);
      return sink.write({.stage = model::LoadStage::structure,
                         .key = queue_key(m_ns, queue, "list"),
                         .type = RedisType::list,
                         .expires_at = {},
                         .items = &items,
                         .end = wrong ? model::KeyWrite::ListEnd::right : model::KeyWrite::ListEnd::left});
    }
    if (state == "done" && m_lie == Lie::forgets_a_key) {
      return {};
    }
    return write_score(state == "late" ? m_ns + std::string{k_late} : queue_key(m_ns, queue, "done"),
                       state == "late" ? queue + '/' + id : id, record, sink);
  }

  Result<void> write_score(const std::string& key, const std::string& member, const Record& record,
                           model::KeySink& sink) {
    ItemBlock items = one(member);
    const bool wrong = m_lie == Lie::wrong_score && member == "3";
    items.push(wrong ? "17" : record.volatiles.find("score_at_ms").value_or("0"));
    return sink.write(
        {.stage = model::LoadStage::structure, .key = key, .type = RedisType::zset, .expires_at = {}, .items = &items});
  }

  Result<void> write_body(const std::string& queue, const std::string& id, const Record& record, model::KeySink& sink) {
    const auto hash = record.fields.find("hash");
    if (!hash) {
      return {};
    }
    QSNAP_ASSIGN(const auto elements, codec::array_elements(*hash));
    ItemBlock items;
    for (const std::string& element : elements) {
      items.push(codec::json_to_bytes(element).value_or(""));
    }
    if (m_lie == Lie::drops_a_field && id == "2") {
      items = one("only");
      items.push("this");
    }
    std::optional<Instant> expires_at;
    if (const auto ms = record.volatiles.find("expire_at_ms"); ms && m_lie != Lie::forgets_expiry) {
      expires_at = instant_from_ms(parse_integer(*ms).value_or(0));
    }
    const std::string key = queue_key(m_ns, queue, "job:" + id);
    const model::KeyWrite write{.key = key, .type = RedisType::hash, .expires_at = expires_at, .items = &items};
    if (m_lie == Lie::writes_twice && id == "2") {
      QSNAP_TRY(sink.write(write));
    }
    return sink.write(write);
  }

  std::string m_ns;
  Lie m_lie;
  std::map<std::string, std::set<std::string>> m_verbatim;  ///< states by queue
};

class ToyAdapter final : public Adapter {
 public:
  explicit ToyAdapter(Lie lie) : m_lie(lie) {}

  [[nodiscard]] std::string_view name() const override { return "toy"; }

  Result<std::vector<std::unique_ptr<Reading>>> detect(const model::Keyspace& keyspace) const override {
    std::set<std::string> namespaces;
    for (KeyId key = 0; key < keyspace.size(); ++key) {
      const std::string_view name = keyspace.name(key);
      if (const std::size_t at = name.find(k_queue); at != std::string_view::npos && name.starts_with("toy")) {
        namespaces.emplace(name.substr(0, at));
      }
    }
    std::vector<std::unique_ptr<Reading>> readings;
    for (const std::string& ns : namespaces) {
      readings.push_back(std::make_unique<ToyReading>(keyspace, ns, m_lie));
    }
    return readings;
  }
  Result<std::unique_ptr<Reading>> reading(const model::Keyspace& keyspace,
                                           std::string_view name_space) const override {
    return std::unique_ptr<Reading>{std::make_unique<ToyReading>(keyspace, std::string{name_space}, m_lie)};
  }

  [[nodiscard]] std::unique_ptr<Rebuild> rebuild(std::string_view name_space) const override {
    return std::make_unique<ToyRebuild>(std::string{name_space}, m_lie);
  }

 private:
  Lie m_lie;
};

}  // namespace

std::unique_ptr<Adapter> make_toy_adapter(Lie lie) {
  return std::make_unique<ToyAdapter>(lie);
}

AdapterList toy_adapters(Lie lie) {
  AdapterList list;
  list.push_back(make_toy_adapter(lie));
  return list;
}

}  // namespace qsnap::frameworks::test
