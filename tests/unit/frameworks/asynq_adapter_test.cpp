// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/frameworks/asynq/asynq.hpp>
#include <qsnap/frameworks/decode/wire.hpp>
#include <qsnap/frameworks/layout/ids.hpp>

#include "adapter_contract.hpp"

namespace qsnap::frameworks {

namespace {

using decode::WireWriter;
using model::ItemBlock;
using model::RedisType;
using test::Document;
using Key = model::MemoryKeyspace::Key;
using Keys = std::vector<Key>;
using Counts = std::map<std::string, int>;

const AdapterList& asynq_alone() {
  static const AdapterList list = [] {
    AdapterList one;
    one.push_back(make_asynq_adapter());
    return one;
  }();
  return list;
}

/// Some tasks of every state that Asynq 0.24 wrote, cut out of a larger state.
Keys fixture() {
  return test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/asynq024.keys");
}

Key make_key(std::string name, RedisType type, const std::vector<std::string>& items) {
  Key key;
  key.name = std::move(name);
  key.type = type;
  for (const std::string& item : items) {
    key.items.push(item);
  }
  return key;
}

/// A message as Go's encoder writes it: type, payload, id and queue; then what the caller adds.
WireWriter message(std::string_view queue, std::string_view id) {
  WireWriter out;
  out.bytes(1, "mail:send").bytes(2, R"({"to":"ana"})").bytes(3, id).bytes(4, queue);
  return out;
}

constexpr std::string_view k_id = "0613d0ca-8823-4485-8ee2-1e8a95df7e58";

/// One pending task.
Keys one_task(std::string msg, const std::string& id = std::string{k_id}) {
  return {make_key("asynq:queues", RedisType::set, {"q"}), make_key("asynq:{q}:pending", RedisType::list, {id}),
          make_key("asynq:{q}:t:" + id, RedisType::hash,
                   {"msg", std::move(msg), "pending_since", "1795168774798740335", "state", "pending"})};
}

Key& key_named(Keys& keys, std::string_view name) {
  const auto at = std::find_if(keys.begin(), keys.end(), [&](const Key& key) { return key.name == name; });
  REQUIRE(at != keys.end());
  return *at;
}

/// Another UUID for each UUID, wherever it stands; sorted the other way round, too.
std::string other_uuids(std::string text) {
  constexpr std::size_t k_length = 36;
  constexpr std::string_view k_digits = "0123456789abcdef", k_others = "fedcba9876543210";
  for (std::size_t at = 0; at + k_length <= text.size(); ++at) {
    if (layout::is_uuid(std::string_view{text}.substr(at, k_length))) {
      for (std::size_t i = at; i < at + k_length; ++i) {
        const std::size_t digit = k_digits.find(text[i]);
        text[i] = digit == std::string_view::npos ? text[i] : k_others[digit];
      }
      at += k_length - 1;
    }
  }
  return text;
}

/// Items as the server would order them.
ItemBlock server_order(RedisType type, std::vector<std::string> items) {
  if (type == RedisType::set) {
    std::sort(items.begin(), items.end());
  }
  std::vector<std::pair<double, std::string>> members;
  for (std::size_t i = 0; type == RedisType::zset && i < items.size(); i += 2) {
    members.emplace_back(std::stod(items[i + 1]), items[i] + '\n' + items[i + 1]);
  }
  std::sort(members.begin(), members.end());
  ItemBlock block;
  for (const auto& [score, member] : members) {
    const std::size_t end = member.find('\n');
    block.push(member.substr(0, end));
    block.push(member.substr(end + 1));
  }
  for (std::size_t i = 0; type != RedisType::zset && i < items.size(); ++i) {
    block.push(items[i]);
  }
  return block;
}

/// The same scenario, run again: other ids, other times.
Keys again(const Document& document) {
  Keys keys = test::rebuild(document, asynq_alone(), std::chrono::hours{3});
  for (Key& key : keys) {
    key.name = other_uuids(key.name);
    std::vector<std::string> items;
    for (std::size_t i = 0; i < key.items.size(); ++i) {
      items.push_back(other_uuids(std::string{key.items[i]}));
    }
    key.items = server_order(key.type, std::move(items));
  }
  return keys;
}

}  // namespace

TEST_SUITE("asynq adapter") {
  TEST_CASE("a state that Asynq 0.24 wrote is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(fixture(), asynq_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name_space == "asynq");
    CHECK(document.frameworks[0].version == "0.23-0.26");
    CHECK(document.lines_with(R"("form":"raw")").empty());
    CHECK(document.lines_with(R"("fields":)").empty());
    // Counters of what was processed and failed, in all and by day, and what servers and schedulers say of themselves.
    for (const auto& [key, role] : document.verbatim) {
      CAPTURE(key);
      CHECK(role == KeyRole::derived);
    }
    CHECK(document.verbatim.size() == 16);
  }

  TEST_CASE("tasks are counted as the Inspector of Asynq's Go client counts them") {
    CHECK(test::compose(fixture(), asynq_alone()).jobs_by_state() == Counts{{"asynq:asynq:critical pending", 4},
                                                                            {"asynq:asynq:default pending", 3},
                                                                            {"asynq:asynq:default scheduled", 3},
                                                                            {"asynq:asynq:done completed", 2},
                                                                            {"asynq:asynq:failing retry", 2},
                                                                            {"asynq:asynq:grouped aggregating", 3},
                                                                            {"asynq:asynq:hold active", 3},
                                                                            {"asynq:asynq:hold pending", 2},
                                                                            {"asynq:asynq:newsletter pending", 2},
                                                                            {"asynq:asynq:poison archived", 2}});
  }

  TEST_CASE("a task's message becomes members, and the unique lock is the task's") {
    const Document document = test::compose(fixture(), asynq_alone());
    const std::string unique = document.lines_with(R"("id":"pay/10-é")");
    for (const std::string_view member :
         {R"("name":"critical:payment")", R"("max_retries":5)", R"("unique_lock":true)",
          R"("unique_key":"asynq:{critical}:unique:critical:payment:)", R"("unique_lock_expires_at_ms":)",
          R"("pending_since_at_ns":)", R"("enc":"json")"}) {
      CAPTURE(member);
      CHECK(unique.find(member) != std::string::npos);
    }
    const std::string retry = document.lines_with(R"("state":"retry")");
    for (const std::string_view member :
         {R"("error":"décodage impossible: dial tcp: i/o timeout (failing:)", R"("retry_count":1)",
          R"("due_at_s":1795172373)", R"("last_failed_at_s":1795168773)"}) {
      CAPTURE(member);
      CHECK(retry.find(member) != std::string::npos);
    }
    CHECK(document.lines_with(R"("state":"active")").find(R"("lease_expires_at_s":1795168809)") != std::string::npos);
    CHECK(document.lines_with(R"("state":"completed")").find(R"("result":{"accepted":true)") != std::string::npos);
    CHECK(document.lines_with(R"("group":"tenant-0")").find(R"("group_key":"tenant-0")") != std::string::npos);
    CHECK(document.lines_with(R"("paused":true)").find(R"("queue":"asynq:asynq:newsletter")") != std::string::npos);
  }

  TEST_CASE("a message with everything that 0.26 can write is told apart, and comes back") {
    WireWriter header_b, header_a;
    header_b.bytes(1, "b").bytes(2, "");
    header_a.bytes(1, "a").bytes(2, "1");
    WireWriter all = message("q", k_id);
    all.varint(5, 25).varint(6, 2).bytes(7, "no").varint(8, 1800).varint(9, 1795168800).bytes(10, "asynq:{q}:unique:x");
    all.varint(11, 1795168700).varint(12, 60).varint(13, 1795168701).bytes(14, "tenant");
    all.bytes(15, header_b.message()).bytes(15, header_a.message()).varint(16, 7).bytes(99, "later");
    Keys keys = one_task(all.message());
    Key& hash = keys.back();
    hash.items = {};
    for (const std::string_view item :
         {std::string_view{"msg"}, std::string_view{all.message()}, std::string_view{"state"},
          std::string_view{"pending"}, std::string_view{"unique_key"}, std::string_view{"asynq:{q}:unique:x"}}) {
      hash.items.push(item);
    }
    const Document document = test::check_round_trip(keys, asynq_alone());
    CHECK(document.frameworks[0].version == "0.26");
    const std::string line = document.lines_with(R"("state":"pending")");
    for (const std::string_view member :
         {R"("headers":{"a":"1","b":""})", R"("headers_order":["b","a"])", R"("timeout_s":1800)", R"("retention_s":60)",
          R"("group":"tenant")", R"("message_rest":)", R"("deadline_at_s":1795168800)"}) {
      CAPTURE(member);
      CHECK(line.find(member) != std::string::npos);
    }
    CHECK(line.find(R"("fields")") == std::string::npos);
    CHECK(line.find(R"("absent_fields")") == std::string::npos);
  }

  TEST_CASE("a message that Go would not have written is kept as it is, the rest is not") {
    WireWriter twice = message("q", k_id), empty = message("q", k_id), unsorted;
    twice.varint(5, 1).varint(5, 2);
    empty.varint(5, 0);
    unsorted.bytes(3, k_id).bytes(4, "q").bytes(1, "x");
    const std::array<std::string, 6> odd = {twice.message(),
                                            empty.message(),
                                            unsorted.message(),
                                            message("q", "other").message(),
                                            message("other", k_id).message(),
                                            message("q", k_id).message() + '\x08'};
    for (const std::string& msg : odd) {
      Keys keys = fixture();
      for (Key& key : one_task(msg)) {
        if (key.name != "asynq:queues") {
          keys.push_back(std::move(key));
        }
      }
      const Document document = test::check_round_trip(keys, asynq_alone());
      CHECK(document.lines_with(R"("queue":"asynq:asynq:q")").find(R"("fields":{"msg":)") != std::string::npos);
      CHECK(document.lines_with(R"("form":"raw")").empty());
    }
  }

  TEST_CASE("a lock that another task holds is kept apart") {
    WireWriter msg = message("q", k_id);
    msg.bytes(10, "asynq:{q}:unique:x");
    Keys keys = one_task(msg.message());
    keys.push_back(make_key("asynq:{q}:unique:x", RedisType::string, {"another"}));
    const Document document = test::compose(keys, asynq_alone());
    CHECK(test::describe(test::rebuild(document, asynq_alone())) == test::describe(keys));
    CHECK(document.verbatim == std::map<std::string, KeyRole>{{"asynq:{q}:unique:x", KeyRole::data}});
    CHECK(document.lines_with("unique_lock").empty());
    CHECK(document.lines_with(R"("absent_fields":["unique_key"])") != "");
  }

  TEST_CASE("the set of groups follows from the tasks, and is kept where it does not") {
    Keys keys = fixture();
    CHECK(!test::compose(keys, asynq_alone()).verbatim.contains("asynq:{grouped}:groups"));
    // While a server aggregates, its set of tasks is no group.
    key_named(keys, "asynq:{grouped}:g:tenant-1").name = "asynq:{grouped}:g:tenant-1:" + std::string{k_id};
    key_named(keys, "asynq:{grouped}:groups").items = {};
    key_named(keys, "asynq:{grouped}:groups").items.push("tenant-0");
    keys.push_back(make_key("asynq:{grouped}:aggregation_sets", RedisType::zset,
                            {"asynq:{grouped}:g:tenant-1:" + std::string{k_id}, "1795168999"}));
    const Document document = test::check_round_trip(keys, asynq_alone());
    CHECK(document.verbatim.at("asynq:{grouped}:groups") == KeyRole::data);
    CHECK(document.verbatim.at("asynq:{grouped}:aggregation_sets") == KeyRole::data);
    CHECK(document.lines_with(R"("verbatim":["groups"])") != "");
    CHECK(document.lines_with(R"("state":"aggregating")").find(R"("group":"tenant-1")") != std::string::npos);
  }

  TEST_CASE("the fingerprint sees payloads, retries and states, and neither ids nor times") {
    const Document document = test::compose(fixture(), asynq_alone());
    const std::string same = document.fingerprint();
    const Keys other = again(document);
    CHECK(test::describe(other) != test::describe(fixture()));
    CHECK(test::check_round_trip(other, asynq_alone()).fingerprint() == same);

    const auto of_task = [](WireWriter msg) {
      return test::compose(one_task(msg.take()), asynq_alone()).fingerprint();
    };
    const std::string plain = of_task(message("q", k_id));
    WireWriter payload, retried = message("q", k_id);
    payload.bytes(1, "mail:send").bytes(2, R"({"to":"zoe"})").bytes(3, k_id).bytes(4, "q");
    retried.varint(6, 1);
    CHECK(of_task(payload) != plain);
    CHECK(of_task(retried) != plain);
    Keys moved = one_task(message("q", k_id).take());
    key_named(moved, "asynq:{q}:pending").name = "asynq:{q}:active";
    CHECK(test::compose(moved, asynq_alone()).fingerprint() != plain);
    const std::string chosen = "invoice-7";
    CHECK(test::compose(one_task(message("q", chosen).take(), chosen), asynq_alone()).fingerprint() != plain);
  }

  TEST_CASE("a shift of time reaches into the message, in whole seconds") {
    WireWriter before = message("q", k_id), after = message("q", k_id);
    before.varint(9, 1795168800);
    after.varint(9, 1795168860);
    const Document document = test::compose(one_task(before.message()), asynq_alone());
    Keys shifted = test::rebuild(document, asynq_alone(), std::chrono::milliseconds{60'250});
    const ItemBlock& hash = key_named(shifted, "asynq:{q}:t:" + std::string{k_id}).items;
    CHECK(hash[1] == after.message());
    CHECK(hash[3] == "1795168835048740335");
  }

  TEST_CASE("it is found by what its keys hold, in every namespace") {
    Keys keys = fixture();
    for (Key& key : fixture()) {
      key.name = "b" + key.name;
      keys.push_back(std::move(key));
    }
    CHECK(test::compose(keys, asynq_alone()).frameworks.size() == 2);
    const Keys drained = {make_key("asynq:queues", RedisType::set, {"q"}),
                          make_key("asynq:{q}:processed", RedisType::string, {"7"})};
    CHECK(test::compose(drained, asynq_alone()).frameworks.size() == 1);
    const Keys alike = {make_key("x:queues", RedisType::set, {"q"}),
                        make_key("x:{q}:t:1", RedisType::hash, {"msg", "hello", "state", "pending"})};
    CHECK(test::compose(alike, asynq_alone()).frameworks.empty());
    for (const auto& file : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
      const std::string name = file.path().filename().string();
      if (name.ends_with(".keys") && !name.starts_with("asynq")) {
        CAPTURE(name);
        CHECK(test::compose(test::read_keys_file(file.path().string()), asynq_alone()).frameworks.empty());
      }
    }
  }

  TEST_CASE("whatever happens to a state, every byte comes back") {
    test::check_damaged(fixture(), asynq_alone(), 1, 300);
  }
}

}  // namespace qsnap::frameworks
