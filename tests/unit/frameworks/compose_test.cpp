// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/frameworks/compose.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/frameworks/verbatim.hpp>

#include "toy_adapter.hpp"

namespace qsnap::frameworks {

namespace {

using model::MemoryKeyspace;
using model::Record;
using model::RedisType;
using model::Section;
using qsnap::test::describe;
using qsnap::test::key_of;
using qsnap::test::Keys;
using test::Lie;
using test::toy_adapters;
using Texts = std::vector<std::string>;

const auto k_expiry = instant_from_ms(4'000'000'000'000);

/// Two queues in "toy", one in "toy2", and keys of nobody.
Keys toy_keys() {
  return {
      key_of("plain", RedisType::hash, {"a", "1"}),
      key_of("toy:late", RedisType::zset, {"mail/5", "300", "news/1", "400"}),
      key_of("toy:q:mail:done", RedisType::zset, {"2", "100", "3", "200"}),
      key_of("toy:q:mail:job:1", RedisType::hash, {"data", "{}", "name", "send"}),
      key_of("toy:q:mail:job:2", RedisType::hash, {"data", "\xff", "name", "send"}),
      key_of("toy:q:mail:job:3", RedisType::hash, {"name", "send"}, k_expiry),
      key_of("toy:q:mail:job:4", RedisType::hash, {"name", "send"}),
      key_of("toy:q:mail:job:5", RedisType::hash, {"name", "late"}),
      key_of("toy:q:mail:list", RedisType::list, {"gone", "4", "1"}),
      key_of("toy:q:mail:lock:1", RedisType::string, {"token"}),
      key_of("toy:q:news:job:1", RedisType::hash, {"name", "print"}),
      key_of("toy:q:news:job:2", RedisType::hash, {"name", "print"}),
      key_of("toy:q:news:list", RedisType::list, {"2"}),
      key_of("toy:queues", RedisType::set, {"mail", "news"}),
      key_of("toy2:q:mail:job:1", RedisType::hash, {"name", "send"}),
      key_of("toy2:q:mail:list", RedisType::list, {"1"}),
      key_of("toy2:queues", RedisType::set, {"mail"}),
  };
}

struct Document {
  std::vector<Record> records;
  model::Metadata metadata;
  int attempts = 0;
  Refuted refuted;
  std::vector<bool> selected;
};

Document compose_with(std::size_t threads, const model::Keyspace& keyspace, const AdapterList& adapters,
                      const Texts& queues) {
  Composer composer{keyspace, adapters};
  if (!queues.empty()) {
    const auto chosen = composer.select_queues(queues);
    REQUIRE(chosen);
  }
  std::vector<qsnap::test::CollectingSink> sinks;
  sinks.reserve(10);
  Document document;
  const auto begin = [&](const Composition& composition) -> Result<model::RecordSink*> {
    ++document.attempts;
    document.metadata.frameworks = composition.frameworks;
    return &sinks.emplace_back();
  };
  REQUIRE(composer.run(begin, threads));
  document.records = sinks.back().records;
  document.refuted = composer.refuted();
  document.selected = composer.selected();
  return document;
}

/// The document, which must be the same for any number of threads, as must be all that led to it.
Document compose(const model::Keyspace& keyspace, const AdapterList& adapters, const Texts& queues = {}) {
  const Document alone = compose_with(1, keyspace, adapters, queues);
  const Document shared = compose_with(4, keyspace, adapters, queues);
  CHECK(shared.records == alone.records);
  CHECK(shared.attempts == alone.attempts);
  CHECK(shared.refuted.keys == alone.refuted.keys);
  CHECK(shared.refuted.readings == alone.refuted.readings);
  return alone;
}

std::string rebuilt(const Document& document, const AdapterList& adapters) {
  const qsnap::test::FakeRecords source{document.records, document.metadata};
  qsnap::test::MemorySink sink;
  const auto dropped = rebuild_keys(source, {.exact = true, .shift = {}, .now = instant_from_ms(0)}, sink, adapters);
  REQUIRE(dropped);
  CHECK(dropped->dropped == Dropped{});
  return describe(sink.keys());
}

/// Names of the keys that are kept verbatim.
Texts verbatim_keys(const Document& document) {
  Texts names;
  for (const Record& record : document.records) {
    if (record.section == Section::keys) {
      names.push_back(parse_verbatim(record)->key);
    }
  }
  return names;
}

Texts members(const Document& document, Section section, std::string_view name) {
  Texts out;
  for (const Record& record : document.records) {
    if (record.section == section) {
      out.emplace_back(record.fields.find(name).value_or(""));
    }
  }
  return out;
}

/// A keyspace that cannot be read at one key.
class BrokenKeyspace final : public model::Keyspace {
 public:
  explicit BrokenKeyspace(Keys keys) : m_inner(std::move(keys)) {}
  [[nodiscard]] std::size_t size() const override { return m_inner.size(); }
  [[nodiscard]] std::string_view name(model::KeyId key) const override { return m_inner.name(key); }
  [[nodiscard]] RedisType type(model::KeyId key) const override { return m_inner.type(key); }
  [[nodiscard]] std::optional<Instant> expires_at(model::KeyId key) const override { return m_inner.expires_at(key); }
  Result<void> read(model::KeyId key, Direction direction, const BlockReader& reader) const override {
    if (name(key) == "toy:queues") {  // only the proof reads it
      return make_error(ErrorCode::io, "the disk is gone");
    }
    return m_inner.read(key, direction, reader);
  }

 private:
  MemoryKeyspace m_inner;
};

}  // namespace

TEST_SUITE("frameworks::Composer") {
  TEST_CASE("without adapters every key is verbatim, and any keyspace comes back identical") {
    const std::uint64_t seed = qsnap::test::property_seed();
    CAPTURE(seed);
    std::mt19937_64 random{seed};
    const AdapterList none;
    for (int round = 0; round < 10; ++round) {
      const Keys keys = qsnap::test::random_keys(random, 40);
      const MemoryKeyspace keyspace{keys};
      const Document document = compose(keyspace, none);
      CHECK(document.attempts == 1);
      CHECK(rebuilt(document, none) == describe(keyspace));
    }
  }

  TEST_CASE("an honest adapter is believed: only keys that it does not model are verbatim") {
    const MemoryKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters();
    const Document document = compose(keyspace, adapters);
    CHECK(document.attempts == 1);
    CHECK(verbatim_keys(document) == Texts{"plain", "toy:q:mail:lock:1"});
    CHECK(document.refuted.keys.empty());
    CHECK(document.refuted.readings.empty());
    CHECK(rebuilt(document, adapters) == describe(keyspace));
  }

  TEST_CASE("records come in document order: sections, then queues by the bytes of their texts") {
    const MemoryKeyspace keyspace{toy_keys()};
    const Document document = compose(keyspace, toy_adapters());
    CHECK(std::is_sorted(document.records.begin(), document.records.end(),
                         [](const Record& a, const Record& b) { return a.section < b.section; }));
    CHECK(members(document, Section::queues, "queue") ==
          Texts{R"("toy:toy2:mail")", R"("toy:toy:mail")", R"("toy:toy:news")"});
    const auto queues = members(document, Section::jobs, "queue");
    CHECK(std::is_sorted(queues.begin(), queues.end()));
    REQUIRE(document.metadata.frameworks.size() == 2);
    CHECK(document.metadata.frameworks[0].name_space == "toy");
    CHECK(document.metadata.frameworks[1].name_space == "toy2");
  }

  TEST_CASE("the same keyspace gives the same records") {
    const MemoryKeyspace keyspace{toy_keys()};
    CHECK(compose(keyspace, toy_adapters()).records == compose(keyspace, toy_adapters()).records);
  }

  TEST_CASE("an adapter that lies costs exactly the guilty keys, and nothing is lost") {
    struct Case {
      std::string_view what;
      Lie lie;
      Texts guilty;
    };
    const std::vector<Case> cases = {
        {"drops a field", Lie::drops_a_field, {"toy:q:mail:job:2"}},
        {"wrong order", Lie::wrong_order, {"toy:q:mail:list"}},
        {"wrong score", Lie::wrong_score, {"toy:q:mail:done"}},
        {"forgets a key", Lie::forgets_a_key, {"toy:q:mail:done"}},
        {"forgets expiry", Lie::forgets_expiry, {"toy:q:mail:job:3"}},
        {"writes twice", Lie::writes_twice, {"toy:q:mail:job:2"}},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      // News's job 2 is left out, so that each lie hits one key.
      Keys keys = toy_keys();
      std::erase_if(keys, [](const auto& key) { return key.name.starts_with("toy:q:news:job:2"); });
      const MemoryKeyspace keyspace{keys};
      const auto adapters = toy_adapters(c.lie);
      const Document document = compose(keyspace, adapters);
      CHECK(document.attempts == 2);
      Texts expected{"plain", "toy:q:mail:lock:1"};
      expected.insert(expected.end(), c.guilty.begin(), c.guilty.end());
      std::sort(expected.begin(), expected.end());
      CHECK(verbatim_keys(document) == expected);
      CHECK(document.refuted.keys.size() == c.guilty.size());
      CHECK(document.refuted.readings.empty());
      CHECK(rebuilt(document, adapters) == describe(keyspace));
    }
  }

  TEST_CASE("a reading that cannot be cured is kept verbatim as a whole") {
    struct Case {
      std::string_view what;
      Lie lie;
      int attempts;
    };
    const std::vector<Case> cases = {
        {"writes a key that is not there", Lie::ghost_key, 2},
        {"rebuilds what it was told to leave", Lie::ignores_verbatim, 3},
        {"its rebuild fails", Lie::fails, 3},
        {"its records name another namespace", Lie::foreign_records, 3},
    };
    for (const Case& c : cases) {
      CAPTURE(c.what);
      const MemoryKeyspace keyspace{toy_keys()};
      const auto adapters = toy_adapters(c.lie);
      const Document document = compose(keyspace, adapters);
      CHECK(document.attempts == c.attempts);
      CHECK_FALSE(document.refuted.readings.empty());
      CHECK(rebuilt(document, adapters) == describe(keyspace));
      // Roles survive: a lock is still known for what it is.
      const auto lock = std::find_if(document.records.begin(), document.records.end(), [](const Record& record) {
        return record.fields.find("key") == R"("toy:q:mail:lock:1")";
      });
      REQUIRE(lock != document.records.end());
      CHECK(lock->fields.find("role") == R"("lock")");
    }
  }

  TEST_CASE("a keyspace that cannot be read fails the run; it is no lie of the adapter") {
    const BrokenKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters();
    Composer composer{keyspace, adapters};
    qsnap::test::CollectingSink sink;
    const auto outcome = composer.run([&](const Composition&) -> Result<model::RecordSink*> { return &sink; });
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::io);
  }

  TEST_CASE("a sink that fails ends the run") {
    const MemoryKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters();
    Composer composer{keyspace, adapters};
    const auto outcome = composer.run(
        [](const Composition&) -> Result<model::RecordSink*> { return make_error(ErrorCode::io, "disk full"); });
    REQUIRE_FALSE(outcome);
    CHECK(outcome.error().code == ErrorCode::io);
  }
}

TEST_SUITE("frameworks::Composer::select_queues") {
  TEST_CASE("keeps the keys of the queue, and the records that rebuild nothing else") {
    const MemoryKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters();
    const Document document = compose(keyspace, adapters, {"toy:toy:mail"});
    for (model::KeyId key = 0; key < keyspace.size(); ++key) {
      CAPTURE(keyspace.name(key));
      CHECK(document.selected[key] == keyspace.name(key).starts_with("toy:q:mail:"));
    }
    CHECK(members(document, Section::queues, "queue") == Texts{R"("toy:toy:mail")"});
    // Job 5 is in the late set, which holds jobs of other queues, too: the record stays out, its body is verbatim.
    CHECK(members(document, Section::jobs, "state") ==
          Texts{R"("done")", R"("done")", R"("waiting")", R"("waiting")", R"("waiting")"});
    CHECK(verbatim_keys(document) == Texts{"toy:q:mail:job:5", "toy:q:mail:lock:1"});
    REQUIRE(document.metadata.frameworks.size() == 1);
    CHECK(document.metadata.frameworks.front().name_space == "toy");
  }

  TEST_CASE("what comes back are the selected keys, and the queue's name in the shared set") {
    const MemoryKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters();
    const Document document = compose(keyspace, adapters, {"toy:toy:mail"});
    Keys wanted = toy_keys();
    std::erase_if(wanted, [](const auto& key) { return !key.name.starts_with("toy:q:mail:"); });
    wanted.push_back(key_of("toy:queues", RedisType::set, {"mail"}));
    CHECK(rebuilt(document, adapters) == describe(wanted));
  }

  TEST_CASE("a name must mean one queue") {
    const MemoryKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters();
    Composer composer{keyspace, adapters};
    const auto ambiguous = composer.select_queues({"mail"});
    REQUIRE_FALSE(ambiguous);
    CHECK(ambiguous.error().code == ErrorCode::usage);
    CHECK(ambiguous.error().hints == Texts{"name one of toy:toy2:mail, toy:toy:mail"});
    const auto unknown = composer.select_queues({"nope"});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().code == ErrorCode::not_found);
    CHECK(composer.select_queues({"news", "toy:toy:news"}));
  }

  TEST_CASE("a lie inside the selection is found, too") {
    const MemoryKeyspace keyspace{toy_keys()};
    const auto adapters = toy_adapters(Lie::wrong_order);
    const Document document = compose(keyspace, adapters, {"toy:toy:mail"});
    CHECK(verbatim_keys(document) == Texts{"toy:q:mail:job:5", "toy:q:mail:list", "toy:q:mail:lock:1"});
  }
}

}  // namespace qsnap::frameworks
