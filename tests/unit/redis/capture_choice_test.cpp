// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/redis/capture_choice.hpp>

using namespace qsnap::redis;
using qsnap::ErrorCode;

namespace {

using Order = std::vector<CaptureMode>;

/// A primary with default settings and some keys.
ServerFacts facts_with(std::uint64_t keys) {
  ServerFacts facts;
  facts.keys = keys;
  facts.diskless_sync = DisklessSync{true, std::chrono::seconds{5}};
  return facts;
}

const Order k_freeze_alone{CaptureMode::freeze};
const Order k_freeze_first{CaptureMode::freeze, CaptureMode::fork};
const Order k_fork_first{CaptureMode::fork, CaptureMode::freeze};

}  // namespace

TEST_SUITE("qsnap::redis::choose_capture") {
  TEST_CASE("takes freeze for ordinary sizes, and fork for very many keys") {
    CHECK(choose_capture(facts_with(0)).order == k_freeze_first);
    CHECK(choose_capture(facts_with(100'108)).order == k_freeze_first);
    CHECK(choose_capture(facts_with(1'000'108)).order == k_fork_first);
  }

  TEST_CASE("takes fork where a few large keys hold everything, and says which key and what the wait is for") {
    ServerFacts facts = facts_with(9);
    facts.largest = LargestKey{"queue:default", 26'000'000};
    const CaptureChoice choice = choose_capture(facts);
    CHECK(choice.order == k_fork_first);
    REQUIRE(choice.reasons.size() == 2);
    CHECK(choice.reasons[0].find("queue:default takes 24.8 MiB") != std::string::npos);
    CHECK(choice.reasons[1].find("5 s") != std::string::npos);
  }

  TEST_CASE("takes freeze where the largest of few keys is small") {
    ServerFacts facts = facts_with(9);
    facts.largest = LargestKey{"queue:default", 1'000'000};
    CHECK(choose_capture(facts).order == k_freeze_first);
  }

  TEST_CASE("never forks where SYNC would write the server's dump.rdb, or where it does not know") {
    ServerFacts facts = facts_with(1'000'000);
    facts.diskless_sync->on = false;
    CHECK(choose_capture(facts).order == k_freeze_alone);
    facts.diskless_sync.reset();
    CHECK(choose_capture(facts).order == k_freeze_alone);
  }

  TEST_CASE("never forks a replica without its primary") {
    ServerFacts facts = facts_with(1'000'000);
    facts.orphan = true;
    const CaptureChoice choice = choose_capture(facts);
    CHECK(choice.order == k_freeze_alone);
    CHECK(choice.reasons.front().find("replica") != std::string::npos);
  }

  TEST_CASE("takes freeze where only some prefixes are wanted, unless a key among them is large") {
    ServerFacts facts = facts_with(1'000'000);
    facts.narrow = true;
    CHECK(choose_capture(facts).order == k_freeze_first);
    facts.largest = LargestKey{"retry", 50'000'000};
    CHECK(choose_capture(facts).order == k_fork_first);
  }

  TEST_CASE("takes fork where the server forks at once and is not too large, but not for a handful of keys") {
    ServerFacts facts = facts_with(100'108);
    facts.diskless_sync->delay = std::chrono::seconds{0};
    CHECK(choose_capture(facts).order == k_freeze_first);  // how large it is, it does not tell
    facts.memory_bytes = 200'000'000;
    CHECK(choose_capture(facts).order == k_fork_first);
    CHECK(choose_capture(facts).reasons.size() == 1);
    facts.memory_bytes = 20'000'000'000;
    CHECK(choose_capture(facts).order == k_freeze_first);
    facts = facts_with(100);
    facts.diskless_sync->delay = std::chrono::seconds{0};
    facts.memory_bytes = 2'000'000;
    CHECK(choose_capture(facts).order == k_freeze_first);
  }

  TEST_CASE("takes freeze where the server tells nothing") {
    CHECK(choose_capture(ServerFacts{}).order == k_freeze_alone);
    ServerFacts facts = facts_with(1);
    facts.keys.reset();
    CHECK(choose_capture(facts).order == k_freeze_first);
  }

  TEST_CASE("goes on to the next mode for rights, settings and hot keys, not for damage, loss or cancelling") {
    for (const ErrorCode code : {ErrorCode::redis_denied, ErrorCode::redis_protocol, ErrorCode::inconsistent,
                                 ErrorCode::unsupported_version, ErrorCode::refused}) {
      CHECK(may_fall_back(code));
    }
    for (const ErrorCode code : {ErrorCode::redis_unreachable, ErrorCode::corrupt, ErrorCode::cancelled, ErrorCode::io,
                                 ErrorCode::limit_exceeded, ErrorCode::internal}) {
      CHECK_FALSE(may_fall_back(code));
    }
  }
}

TEST_SUITE("qsnap::redis::ServerInfo") {
  TEST_CASE("reads keys, role and children out of INFO") {
    const ServerInfo info{
        "# Replication\r\nrole:slave\r\nmaster_link_status:down\r\n# Persistence\r\nrdb_bgsave_in_progress:1\r\n"
        "latest_fork_usec:812\r\n# Keyspace\r\ndb0:keys=100108,expires=100,avg_ttl=0\r\ndb3:keys=x\r\n"};
    CHECK(info.keys(0) == 100'108);
    CHECK(info.keys(1) == 0);
    CHECK_FALSE(info.keys(3).has_value());
    CHECK(info.is_orphan());
    CHECK(info.has_child());
    CHECK(info.number("latest_fork_usec") == 812);
    CHECK_FALSE(info.number("role").has_value());
  }

  TEST_CASE("a database with fields that expire is refused, for typed reads do not see when") {
    const ServerInfo info{
        "# Keyspace\r\ndb0:keys=3,expires=0,avg_ttl=0,subexpiry=2\r\ndb1:keys=3,expires=0,avg_ttl=0,subexpiry=0\r\n"
        "db2:keys=3,expires=0,avg_ttl=0,keys_with_volatile_items=1\r\ndb4:keys=3,expires=0,avg_ttl=0\r\n"};
    CHECK(info.hashes_with_expiring_fields(0) == 2);
    CHECK(check_expiring_fields(info, 0).error().code == ErrorCode::unsupported_version);
    CHECK(check_expiring_fields(info, 2).error().message.find("database 2 has 1 hashes") != std::string::npos);
    for (const std::uint32_t database : {1U, 3U, 4U}) {
      CHECK(check_expiring_fields(info, database).has_value());
    }
  }

  TEST_CASE("knows nothing where INFO is not allowed") {
    const ServerInfo info{""};
    CHECK(check_expiring_fields(info, 0).has_value());
    CHECK_FALSE(info.keys(0).has_value());
    CHECK_FALSE(info.is_orphan());
    CHECK_FALSE(info.has_child());
  }
}
