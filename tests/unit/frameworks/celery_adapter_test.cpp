// SPDX-License-Identifier: Apache-2.0
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/celery/celery.hpp>

#include "adapter_contract.hpp"

namespace {

using namespace std::string_literals;
using qsnap::frameworks::AdapterList;
using qsnap::frameworks::KeyRole;
using qsnap::model::RedisType;
using qsnap::test::compose;
using qsnap::test::Document;
using Key = qsnap::model::MemoryKeyspace::Key;
using Strings = std::vector<std::string>;

const AdapterList& celery() {
  static const AdapterList list = [] {
    AdapterList adapters;
    adapters.push_back(qsnap::frameworks::make_celery_adapter());
    return adapters;
  }();
  return list;
}

std::string fixture(std::string_view name) {
  return fmt::format("{}/tests/fixtures/{}.keys", QSNAP_SOURCE_DIR, name);
}

std::vector<Key> real_data() {
  return qsnap::test::read_keys_file(fixture("celery5"));
}

Key make_key(std::string name, RedisType type, const Strings& items) {
  Key key{std::move(name), type, std::nullopt, {}};
  for (const std::string& item : items) {
    key.items.push(item);
  }
  return key;
}

constexpr std::string_view k_id = "0e4b5d1c-7c0f-4e62-9d43-6a1f8f0e1a01";
constexpr std::string_view k_other = "7fa2fc86-9b0f-4a60-9b47-1c7e78f5f040";

/// A message as kombu writes it, with any headers and body.
std::string message(std::string_view headers, std::string_view body, std::string_view properties = R"("priority": 0)") {
  return fmt::format(
      R"({{"body": "{}", "content-encoding": "utf-8", "content-type": "application/json", "headers": {{{}}}, )"
      R"("properties": {{"correlation_id": "{}", "reply_to": "r", "delivery_mode": 2, "delivery_info": )"
      R"({{"exchange": "", "routing_key": "mail"}}, {}, "body_encoding": "base64", "delivery_tag": "t"}}}})",
      qsnap::to_base64(body), headers, k_id, properties);
}

std::string headers(std::string_view eta = "null", std::string_view id = k_id) {
  return fmt::format(
      R"("lang": "py", "task": "mail.send", "id": "{}", "shadow": null, "eta": {}, "expires": null, "group": null, )"
      R"("group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "{}", "parent_id": null, )"
      R"("argsrepr": "[1]", "kwargsrepr": "{{}}", "origin": "gen1@host", "ignore_result": false)",
      id, eta, id);
}

constexpr std::string_view k_body = R"([[1], {}, {"callbacks": null, "errbacks": null, "chain": null, "chord": null}])";

std::vector<Key> one_task(std::string_view json) {
  return {make_key("mail", RedisType::list, {std::string{json}})};
}

/// The only job's record as a line.
std::string line_of(const std::vector<Key>& keys) {
  return qsnap::test::check_round_trip(keys, celery()).lines_with(R"("state":)");
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_SUITE("qsnap::frameworks celery") {
  // tests/fixtures/make/make-celery-fixture prints what kombu (sizes of queues, over all priorities; unacked) and
  // AsyncResult (states) count: celery 3, emails 3, payments 5, held 2; unacked 6, of which 2 have an ETA; FAILURE 2,
  // PROGRESS 1, RETRY 2, STARTED 2, SUCCESS 7.
  TEST_CASE("a state of Celery 5.2 comes back, and its jobs are counted as Celery counts them") {
    const Document document = qsnap::test::check_round_trip(real_data(), celery());
    CHECK(document.jobs_by_state() == std::map<std::string, int>{{"celery:: chord", 1},
                                                                 {"celery:: chord-returned", 1},
                                                                 {"celery:: group", 1},
                                                                 {"celery::celery waiting", 3},
                                                                 {"celery::emails failure", 2},
                                                                 {"celery::emails result", 1},
                                                                 {"celery::emails success", 7},
                                                                 {"celery::emails waiting", 3},
                                                                 {"celery::held waiting", 2},
                                                                 {"celery::hold reserved", 4},
                                                                 {"celery::hold scheduled", 2},
                                                                 {"celery::hold started", 2},
                                                                 {"celery::payments retry", 2},
                                                                 {"celery::payments waiting", 5}});
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].version == "5.1-5.2");
    CHECK(document.verbatim == std::map<std::string, KeyRole>{{"_kombu.binding.celery", KeyRole::data},
                                                              {"_kombu.binding.celery.pidbox", KeyRole::derived}});
    CHECK(document.lines_with(R"("form":"raw")").empty());
    CHECK(document.lines_with(R"("order":)").empty());
    CHECK(document.lines_with(R"(_order":)").empty());
  }

  // Sent by Celery 5.6.2 with kombu 5.6.2 and no result backend: add(0, 0), (1, 1), (2, 2) with priorities 0, 3 and 6,
  // one more with a countdown, one that expires, and a chain.
  TEST_CASE("messages of Celery 5.6 come back") {
    const Document document = qsnap::test::check_round_trip(qsnap::test::read_keys_file(fixture("celery56")), celery());
    CHECK(document.jobs_by_state() == std::map<std::string, int>{{"celery::celery waiting", 6}});
    CHECK(document.frameworks.at(0).version == "5.3+");
    CHECK(document.lines_with(R"("form":"raw")").empty());
    CHECK(document.lines_with(R"(_order":)").empty());
    CHECK(contains(document.lines_with(R"("eta":true)"), R"("due_at_iso":"2026-)"));
  }

  TEST_CASE("two runs of one scenario have one fingerprint") {
    const auto again = qsnap::test::read_keys_file(fixture("celery5-again"));
    const Document one = compose(real_data(), celery()), other = compose(again, celery());
    CHECK(one.text() != other.text());
    CHECK(one.fingerprint() == other.fingerprint());
  }

  TEST_CASE("a changed argument, one more retry, another state and another time of waiting change the fingerprint") {
    const auto fingerprint = [](std::string_view text) { return compose(one_task(text), celery()).fingerprint(); };
    const std::string plain = fingerprint(message(headers(), k_body));
    std::string retried = headers();
    retried.replace(retried.find(R"("retries": 0)"), 12, R"("retries": 1)");
    CHECK(fingerprint(message(retried, k_body)) != plain);
    CHECK(fingerprint(message(headers(), R"([[2], {}, {"chord": null}])")) != plain);
    CHECK(fingerprint(message(headers(R"("2026-11-20T10:00:00.5+00:00")"), k_body)) != plain);
    CHECK(fingerprint(message(headers(R"("2026-11-20T10:00:00.5+00:00")"), k_body)) ==
          fingerprint(message(headers(R"("2027-01-01T10:00:00+00:00")"), k_body)));
    CHECK(fingerprint(message(headers("null", k_other), k_body)) == plain);
    CHECK(fingerprint(message(headers("null", "chosen"), k_body)) != plain);
    const std::string taken = fmt::format(R"([{}, "", "mail"])", message(headers(), k_body));
    CHECK(compose({make_key("unacked", RedisType::hash, {"t", taken})}, celery()).fingerprint() != plain);
  }

  TEST_CASE("a task is shown with its name, arguments and retries; what Celery always writes is not") {
    const std::string line = line_of(one_task(message(headers(), k_body)));
    CHECK(line ==
          R"({"enc":"json-py","name":"mail.send","object_enc":"json-py","payload":[[1],{},{"callbacks":null,)"
          R"("errbacks":null,"chain":null,"chord":null}],"queue":"celery::mail","retry_count":0,"state":"waiting",)"
          R"("volatile":{"args_repr":"[1]","delivery_tag":"t","id":"0e4b5d1c-7c0f-4e62-9d43-6a1f8f0e1a01",)"
          R"("origin":"gen1@host","reply_to":"r"}})"
          "\n");
  }

  TEST_CASE("the right end of a list runs next, and priorities follow each other") {
    const auto task = [](std::string_view name) {
      std::string text = headers();
      text.replace(text.find("mail.send"), 9, name);
      return message(text, k_body);
    };
    const Document document =
        qsnap::test::check_round_trip({make_key("mail", RedisType::list, {task("second"), task("first")}),
                                       make_key("mail\x06\x16"
                                                "3",
                                                RedisType::list, {task("third")})},
                                      celery());
    Strings names;
    for (const auto& record : document.records) {
      if (const auto name = record.fields.find("name")) {
        names.push_back(std::string{*name} + std::string{record.fields.find("priority_step").value_or("")});
      }
    }
    CHECK(names == Strings{R"("first")", R"("second")", R"("third"3)"});
  }

  TEST_CASE("ids inside of a canvas are noise, and what stands around them is not") {
    const auto body = [](std::string_view task_id, std::string_view argument, std::string_view option) {
      return fmt::format(R"([[1], {{"options": {{"task_id": "{0}"}}}}, {{"chain": [{{"task": "add", "args": ["{1}"], )"
                         R"("kwargs": {{}}, "options": {{"{2}": "{0}", "reply_to": "{0}"}}, "immutable": false}}]}}])",
                         task_id, argument, option);
    };
    const std::string line = line_of(one_task(message(headers(), body(k_id, k_other, "task_id"))));
    CHECK(contains(line, R"({"task":"add","args":["7fa2fc86-9b0f-4a60-9b47-1c7e78f5f040"],"kwargs":{},)"
                         R"("options":{"task_id":"#1","reply_to":"#1"},"immutable":false})"));
    CHECK(contains(line, R"([[1],{"options":{"task_id":"0e4b5d1c-7c0f-4e62-9d43-6a1f8f0e1a01"}})"));
    CHECK(contains(line, R"("payload_ids":["0e4b5d1c-7c0f-4e62-9d43-6a1f8f0e1a01"])"));
    // Such a number that was there before stays what it was.
    CHECK(contains(line_of(one_task(message(headers(), body("#1", "x", "task_id")))), R"("reply_to":"#1")"));
    CHECK(contains(line_of(one_task(message(headers(), body("\\u00e9", "x", "task_id")))), R"("reply_to":"é")"));
  }

  TEST_CASE("bodies of other serializers are kept in theirs") {
    const std::string pickle = "\x80\x04\x95\x05\0\0\0\0\0\0\0}\x94.\x94."s;
    CHECK(contains(line_of(one_task(message(headers(), pickle))), R"("codec":"pickle","enc":"base64")"));
    CHECK(contains(line_of(one_task(message(headers(), "\x93\x90\x80\xc0"))), R"("codec":"msgpack")"));
    CHECK(contains(line_of(one_task(message(headers(), "- [1]\n- {}\n"))), R"("payload":"- [1]\n- {}\n")"));
  }

  TEST_CASE("what a worker took tells its queue, when, and whether it waits for its time") {
    const std::string now = fmt::format(R"([{}, "", "mail"])", message(headers(), k_body));
    const std::string later =
        fmt::format(R"([{}, "", "mail"])", message(headers(R"("2026-11-20T10:00:00.5+00:00")"), k_body));
    const std::vector<Key> keys = {
        make_key("unacked", RedisType::hash, {"a", now, "b", later}),
        make_key("unacked_index", RedisType::zset, {"a", "1795168770.1719503", "b", "1795168771.5"})};
    const Document document = qsnap::test::check_round_trip(keys, celery());
    CHECK(document.jobs_by_state() ==
          std::map<std::string, int>{{"celery::mail reserved", 1}, {"celery::mail scheduled", 1}});
    CHECK(contains(document.lines_with(R"("reserved")"), R"("delivered_at_s":1795168770.1719503)"));
    CHECK(contains(document.lines_with(R"("scheduled")"), R"("due_at_iso":"2026-11-20T10:00:00.5+00:00")"));
    const auto moved = qsnap::test::rebuild(document, celery(), std::chrono::milliseconds{86'400'250});
    REQUIRE(moved.size() == 2);
    CHECK(contains(moved[0].items[3], R"("eta": "2026-11-21T10:00:00.7+00:00")"));
    CHECK(moved[1].items[1] == "1795255170.4219503");
    CHECK(moved[1].items[3] == "1795255171.750");
  }

  TEST_CASE("an index without its message, or a message of no queue, loses nothing") {
    const std::string now = fmt::format(R"([{}, "", "mail"])", message(headers(), k_body));
    for (const std::string& value : {now, "[1]"s, "x"s, fmt::format(R"([{}, "", null])", message(headers(), k_body))}) {
      const std::vector<Key> keys = {make_key("unacked", RedisType::hash, {"a", now, "b", value}),
                                     make_key("unacked_index", RedisType::zset, {"a", "1", "c", "2"})};
      CHECK(qsnap::test::describe(qsnap::test::rebuild(compose(keys, celery()), celery())) ==
            qsnap::test::describe(keys));
    }
  }

  TEST_CASE("results that are not extended, of any status or no JSON come back") {
    const auto result = [](std::string_view status, std::string_view value) {
      return fmt::format(R"({{"status": "{}", "result": {}, "traceback": null, "children": [], "date_done": null, )"
                         R"("task_id": "{}"}})",
                         status, value, k_id);
    };
    const auto line = [](const std::string& value) {
      return line_of({make_key(fmt::format("celery-task-meta-{}", k_id), RedisType::string, {value}),
                      make_key("mail", RedisType::list, {message(headers(), k_body)})});
    };
    CHECK(contains(line(result("SUCCESS", "[1]")), R"("queue":"celery::","result":[1],"state":"success")"));
    CHECK(contains(line(result("PROGRESS", "3")), R"("state":"result","status":"PROGRESS")"));
    CHECK(contains(line(result("FAILURE", R"({"exc_type": "E", "exc_message": ["m"], "exc_module": "x"})")),
                   R"("error":"m","error_class":"E","error_module":"x")"));
    CHECK(contains(line(result("FAILURE", R"({"exc_type": "E", "exc_message": ["m", 1], "exc_module": "x"})")),
                   R"("error":["m",1])"));
    CHECK(contains(line(result("RETRY", R"({"exc_type": "E", "exc_message": "m", "exc_module": "x"})")),
                   R"("state":"retry")"));
    CHECK(contains(line(result("FAILURE", "null")), R"("state":"failure")"));
    CHECK(contains(line("\x80\x04N."), R"("codec":"pickle")"));
  }

  TEST_CASE("what the tasks of a chord returned keeps its order and its ids apart") {
    const std::string name = fmt::format("celery-taskset-meta-{}", k_other);
    const std::string first = fmt::format(R"([1, "{}", "SUCCESS", {{"a": "\u00e9"}}])", k_id);
    const std::vector<Key> keys = {
        make_key("celery-task-meta-x", RedisType::string, {R"({"status": "SUCCESS", "result": 1, "task_id": "x"})"}),
        make_key(name + ".j", RedisType::zset, {first, "0"}), make_key(name + ".s", RedisType::string, {"3"}),
        make_key(name + ".t", RedisType::string, {"1"})};
    const Document document = qsnap::test::check_round_trip(keys, celery());
    CHECK(contains(document.text(), R"("returned":[{"index":"0","mark":1,"result":{"a":"é"},"state":"SUCCESS"}])"));
    CHECK(document.verbatim.empty());
    std::vector<Key> as_list = keys;
    as_list[1] = make_key(name + ".j", RedisType::list, {first, first});
    CHECK(qsnap::test::check_round_trip(as_list, celery()).verbatim.empty());
  }

  TEST_CASE("namespaces are what stands in front of names, whatever it ends with") {
    std::vector<Key> keys = real_data();
    for (const Key& key : real_data()) {
      keys.push_back(key);
      keys.back().name = "shop." + key.name;
    }
    const Document document = qsnap::test::check_round_trip(keys, celery());
    REQUIRE(document.frameworks.size() == 2);
    CHECK(document.frameworks[1].name_space == "shop.");
    CHECK(document.jobs_by_state()["celery::emails waiting"] == 3);
    CHECK(document.jobs_by_state()["celery:shop.:emails waiting"] == 3);
    CHECK_FALSE(document.jobs_by_state().contains("celery::shop.emails waiting"));
  }

  TEST_CASE("a system without jobs is told by its bindings, and lists of others are left alone") {
    const std::string binding = "mail\x06\x16\x06\x16mail";
    CHECK(compose({make_key("_kombu.binding.mail", RedisType::set, {binding})}, celery()).frameworks.size() == 1);
    CHECK(compose({make_key("_kombu.binding.mail", RedisType::set, {"x"})}, celery()).frameworks.empty());
    CHECK(compose({make_key("mail", RedisType::list, {R"({"body": "x", "properties": {}})"})}, celery())
              .frameworks.empty());
    const Document document =
        qsnap::test::check_round_trip({make_key("mail", RedisType::list, {message(headers(), k_body)}),
                                       make_key("other", RedisType::list, {R"({"class": "Mail"})"})},
                                      celery());
    CHECK(document.verbatim == std::map<std::string, KeyRole>{{"other", KeyRole::data}});
  }

  TEST_CASE("no other framework's state is taken for Celery's") {
    int looked_at = 0;
    for (const auto& file : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
      const std::string name = file.path().filename().string();
      if (name.ends_with(".keys") && !name.starts_with("celery")) {
        CAPTURE(name);
        CHECK(compose(qsnap::test::read_keys_file(file.path().string()), celery()).frameworks.empty());
        ++looked_at;
      }
    }
    CHECK(looked_at >= 3);
  }

  TEST_CASE("versions are told by the headers that they added") {
    const auto version = [](const std::string& text) {
      return compose(one_task(text), celery()).frameworks.at(0).version;
    };
    const std::string with_stamps =
        headers() + R"(, "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {})";
    CHECK(version(message(with_stamps, k_body)) == "5.3+");
    CHECK(version(message(headers(), k_body)) == "5.1-5.2");
    CHECK(version(message(R"("task": "x", "id": "y", "group_index": null)", k_body)) == "4.4-5.0");
    CHECK(version(message(R"("task": "x", "id": "y")", k_body)) == "4.0-4.3");
    CHECK(contains(line_of(one_task(message(with_stamps, k_body))),
                   R"("headers":{"replaced_task_nesting":0,"stamped_headers":null,"stamps":{}})"));
  }

  TEST_CASE("a damaged state comes back byte for byte") {
    qsnap::test::check_damaged(real_data(), celery(), 71, 400);
  }
}

}  // namespace
