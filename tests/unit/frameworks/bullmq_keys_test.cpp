// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <doctest/doctest.h>

#include <qsnap/frameworks/bullmq/keys.hpp>

namespace qsnap::frameworks::bullmq {

TEST_SUITE("qsnap::frameworks::bullmq keys") {
  TEST_CASE("a key is known by its suffix") {
    struct Case {
      const char* suffix;
      KeyKind kind;
      const char* id;
    };
    const Case cases[] = {
        {"meta", KeyKind::meta, ""},
        {"id", KeyKind::id_counter, ""},
        {"pc", KeyKind::priority_counter, ""},
        {"wait", KeyKind::structure, ""},
        {"waiting-children", KeyKind::structure, ""},
        {"failed", KeyKind::structure, ""},
        {"repeat", KeyKind::schedulers, ""},
        {"marker", KeyKind::marker, ""},
        {"limiter", KeyKind::lease, ""},
        {"stalled-check", KeyKind::lease, ""},
        {"events", KeyKind::derived, ""},
        {"metrics:completed", KeyKind::derived, ""},
        {"metrics:failed:data", KeyKind::derived, ""},
        {"de:a:b", KeyKind::dedup, "a:b"},
        {"dn:x", KeyKind::dedup_next, "x"},
        {"17", KeyKind::body, "17"},
        {"waiting", KeyKind::body, "waiting"},
        {"17:lock", KeyKind::lock, "17"},
        {"17:logs", KeyKind::logs, "17"},
        {"17:dependencies", KeyKind::pending_children, "17"},
        {"17:processed", KeyKind::processed_children, "17"},
        {"17:failed", KeyKind::failed_children, "17"},
        {"17:unsuccessful", KeyKind::unsuccessful_children, "17"},
        {"repeat:daily:1795228200000", KeyKind::body, "repeat:daily:1795228200000"},
        {"repeat:daily:1795228200000:lock", KeyKind::lock, "repeat:daily:1795228200000"},
        {"", KeyKind::body, ""},
    };
    for (const Case& c : cases) {
      CAPTURE(c.suffix);
      const KeyParts parts = parse_suffix(c.suffix);
      CHECK(parts.kind == c.kind);
      CHECK(parts.id == c.id);
    }
  }

  TEST_CASE("states stand in byte order of their words, each at its own place") {
    CHECK(std::is_sorted(k_states.begin(), k_states.end(),
                         [](const StateInfo& a, const StateInfo& b) { return a.word < b.word; }));
    for (const StateInfo& info : k_states) {
      CHECK(&info_of(info.state) == &info);
      CHECK(parse_state(info.word) == info.state);
    }
    CHECK_FALSE(parse_state("wait"));
  }

  TEST_CASE("counters, UUIDs and scheduled ids are generated, anything else was chosen") {
    for (const char* id : {"1", "0017", "06410b1e-4e54-4433-a2dd-8018e7edc41d", "repeat:a:1", "repeat:"}) {
      CAPTURE(id);
      CHECK(is_generated_id(id));
    }
    for (const char* id : {"1a", "tenant-42/photo é", "06410b1e-4e54-4433-a2dd-8018e7edc41", "-1",
                           "06410b1e-4e54-4433-a2dd-8018e7edc41g", "06410b1e_4e54-4433-a2dd-8018e7edc41d"}) {
      CAPTURE(id);
      CHECK_FALSE(is_generated_id(id));
    }
  }

  TEST_CASE("a scheduled id is taken apart at its last colon, and only if it can be put together again") {
    const auto parts = parse_scheduled_id("repeat:a:b:1795228200000");
    REQUIRE(parts);
    CHECK(parts->scheduler == "a:b");
    CHECK(parts->slot_ms == "1795228200000");
    CHECK(scheduled_id(parts->scheduler, parts->slot_ms) == "repeat:a:b:1795228200000");
    for (const char* id : {"repeat:17", "repeat:a:", "repeat:a:017", "repeat:a:-1", "repeat:a:1x", "other:a:1", ""}) {
      CAPTURE(id);
      CHECK_FALSE(parse_scheduled_id(id));
    }
    CHECK(parse_scheduled_id("repeat::1"));
  }

  TEST_CASE("a full key names a queue and a job of the prefix") {
    const auto address = parse_job_key("a:b", "a:b:mail:repeat:x:1");
    REQUIRE(address);
    CHECK(address->queue == "mail");
    CHECK(address->id == "repeat:x:1");
    for (const char* key : {"a:b", "a:b:", "a:b:mail", "a:b:mail:", "a:c:mail:1", "a:bc:mail:1", ""}) {
      CAPTURE(key);
      CHECK_FALSE(parse_job_key("a:b", key));
    }
  }
}

}  // namespace qsnap::frameworks::bullmq
