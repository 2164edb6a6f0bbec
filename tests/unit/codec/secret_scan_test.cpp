// SPDX-License-Identifier: Apache-2.0
#include <unit/codec/container_support.hpp>

#include <doctest/doctest.h>

#include <qsnap/codec/secret_scan.hpp>
#include <qsnap/model/redaction.hpp>

using namespace qsnap;
using namespace qsnap::codec;
using Paths = std::vector<std::string>;

namespace {

SecretScan scan_of(model::RedactionRules rules = model::default_redaction(), PathRules allowed = {}) {
  auto key = RedactionKey::parse("a key that nobody keeps");
  REQUIRE(key);
  return SecretScan{{std::move(rules), {}, *key}, std::move(allowed)};
}

Paths find(const SecretScan& scan, const model::Record& record) {
  const auto found = scan.find(record);
  REQUIRE(found);
  return *found;
}

model::Record job(std::string payload) {
  return testing::job("bullmq:bull:mail", "waiting", "1", std::move(payload));
}

}  // namespace

TEST_SUITE("qsnap::codec::SecretScan") {
  TEST_CASE("finds by name and by value, and says where, not what") {
    const SecretScan scan = scan_of();
    CHECK(find(scan, job(R"({"a":{"password":"x"},"to":"ann@example.org","n":[1,{"apiKey":7}]})")) ==
          Paths{".payload.a.password", ".payload.n[1].apiKey", ".payload.to"});
    CHECK(find(scan, job(R"({"a":1,"text":"nothing here"})")).empty());
    CHECK(find(scan, job(R"("token=abc")")) == Paths{".payload"});
  }

  TEST_CASE("leaves tokens of any key alone") {
    CHECK(find(scan_of(), job(R"({"password":"qsnap-redacted-01234567-0123456789abcdef"})")).empty());
  }

  TEST_CASE("names that are secrets themselves are not told") {
    const Paths found = find(scan_of(), job(R"({"ann@example.org":{"x":1}})"));
    REQUIRE(found.size() == 1);
    CHECK(found.front().find("ann@") == std::string::npos);
    CHECK(found.front().starts_with(".payload"));
  }

  TEST_CASE("names of parts of keys, and ids") {
    model::Record key = testing::key_record("session", R"(["ann@example.org"])");
    CHECK(find(scan_of(), key) == Paths{".items[0]"});
    key.fields.set("part", "2");
    CHECK(find(scan_of(), key) == Paths{".parts[2].items[0]"});
    CHECK(find(scan_of(), testing::job("bullmq:bull:mail", "waiting", "ann@example.org", "1")) ==
          Paths{".volatile.id"});
  }

  TEST_CASE("what is allowed by path is none, for the records that the rule is about") {
    const PathRules allowed = [](const model::Record& record) -> PathTest {
      if (record.fields.find("state") != "\"waiting\"") {
        return {};
      }
      return [](std::string_view path) { return path == ".payload.token"; };
    };
    const SecretScan scan = scan_of(model::default_redaction(), allowed);
    CHECK(find(scan, job(R"({"token":"a","password":"b"})")) == Paths{".payload.password"});
    CHECK(find(scan, testing::job("bullmq:bull:mail", "failed", "1", R"({"token":"a"})")) == Paths{".payload.token"});
  }

  TEST_CASE("payloads that are no JSON are looked into as text, whatever strict says") {
    model::RedactionRules strict = model::default_redaction();
    strict.opaque = model::OpaquePayload::refuse;
    model::Record record = job(R"("x password=hunter2 y")");
    record.fields.set("enc", "\"text\"");
    CHECK(find(scan_of(strict), record) == Paths{".payload"});
    record.fields.set("payload", R"("plain")");
    CHECK(find(scan_of(strict), record).empty());
  }

  TEST_CASE("a packed backtrace, which redaction empties unseen, is none") {
    model::Record record = job("1");
    record.volatiles.set("stacktrace", R"("eJyLjgUAARUAuR==")");
    CHECK(find(scan_of(), record).empty());
  }

  TEST_CASE("looks at the metadata, too") {
    model::Metadata metadata = testing::sample_metadata();
    CHECK(scan_of().find(metadata).empty());
    metadata.description = "of ann@example.org";
    metadata.tags = {"bob@example.org"};
    CHECK(scan_of().find(metadata) == Paths{"description", "tags"});
  }
}
