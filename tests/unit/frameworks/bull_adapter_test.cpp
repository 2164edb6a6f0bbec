// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <string>
#include <vector>

#include <qsnap/frameworks/bull/bull.hpp>
#include <qsnap/frameworks/bullmq/bullmq.hpp>

#include "adapter_contract.hpp"

namespace qsnap::frameworks {

namespace {

using test::Document;
using Keys = std::vector<model::MemoryKeyspace::Key>;

const AdapterList& bull_alone() {
  static const AdapterList list = [] {
    AdapterList one;
    one.push_back(make_bull_adapter());
    return one;
  }();
  return list;
}

/// What Bull 4.16.5 wrote: completed, failed, retrying, paused, prioritized, delayed and repeated jobs, ten active
/// ones.
Keys fixture() {
  return test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/bull4.keys");
}

model::MemoryKeyspace::Key& key_named(Keys& keys, const std::string& name) {
  const auto at = std::find_if(keys.begin(), keys.end(), [&](const auto& key) { return key.name == name; });
  REQUIRE(at != keys.end());
  return *at;
}

/// The same hash with one field changed.
void set_field(model::MemoryKeyspace::Key& hash, std::string_view field, std::string_view value) {
  model::ItemBlock items;
  for (std::size_t i = 0; i < hash.items.size(); i += 2) {
    items.push(hash.items[i]);
    items.push(hash.items[i] == field ? value : hash.items[i + 1]);
  }
  hash.items = std::move(items);
}

}  // namespace

TEST_SUITE("bull adapter") {
  TEST_CASE("a state that Bull 4 wrote is modelled, and every byte comes back") {
    const Document document = test::check_round_trip(fixture(), bull_alone());
    REQUIRE(document.frameworks.size() == 1);
    CHECK(document.frameworks[0].name == "bull");
    CHECK(document.frameworks[0].name_space == "bull");
    std::map<std::string, int> roles;
    for (const auto& [key, role] : document.verbatim) {
      ++roles[std::string{to_text(role)}];
    }
    // Locks of the ten active jobs and a check of each of the three queues that had workers; the meta hash of the
    // paused queue.
    CHECK(roles == std::map<std::string, int>{{"data", 1}, {"lock", 13}});
  }

  TEST_CASE("jobs are counted as Queue.getJobCounts counted them") {
    CHECK(test::check_round_trip(fixture(), bull_alone()).jobs_by_state() ==
          std::map<std::string, int>{{"bull:bull:email active", 10},
                                     {"bull:bull:email completed", 1},
                                     {"bull:bull:images delayed", 1},
                                     {"bull:bull:images failed", 1},
                                     {"bull:bull:images waiting", 1},
                                     {"bull:bull:newsletter paused", 1},
                                     {"bull:bull:payments delayed", 1},
                                     {"bull:bull:payments waiting", 1},
                                     {"bull:bull:reports delayed", 2}});
  }

  TEST_CASE("a queue of BullMQ under the same prefix is left to BullMQ") {
    Keys keys = fixture();
    for (auto& key : test::read_keys_file(QSNAP_SOURCE_DIR "/tests/fixtures/bullmq6.keys")) {
      key.name.replace(key.name.find(':') + 1, 0, "mq-");
      keys.push_back(std::move(key));
    }
    AdapterList both;
    both.push_back(make_bull_adapter());
    both.push_back(make_bullmq_adapter());
    const Document document = test::compose(keys, both);
    CHECK(test::describe(test::rebuild(document, both)) == test::describe(keys));
    CHECK(document.frameworks.size() == 2);
    CHECK(document.lines_with("\"bull:bull:mq-").empty());
    CHECK(!document.lines_with("\"bullmq:bull:mq-").empty());
    CHECK(!document.lines_with("\"bull:bull:email").empty());
  }

  TEST_CASE("a shift of time moves the score of a delayed job, and keeps its tie-break") {
    const Document document = test::compose(fixture(), bull_alone());
    const auto score = [](const Keys& keys) {
      Keys copy = keys;
      return parse_integer(std::string{key_named(copy, "bull:images:delayed").items[1]}).value();
    };
    const auto shifted = test::rebuild(document, bull_alone(), std::chrono::milliseconds{5000});
    CHECK(score(shifted) - score(fixture()) == 5000 * 4096);
  }

  TEST_CASE("the fingerprint sees the payload, the retries and the state, and neither ids nor times") {
    const std::string same = test::compose(fixture(), bull_alone()).fingerprint();
    Keys later = fixture();
    set_field(key_named(later, "bull:payments:1"), "timestamp", "1795168700000");
    CHECK(test::compose(later, bull_alone()).fingerprint() == same);
    Keys payload = fixture();
    set_field(key_named(payload, "bull:payments:1"), "data", R"({"other":1})");
    CHECK(test::compose(payload, bull_alone()).fingerprint() != same);
    Keys retried = fixture();
    set_field(key_named(retried, "bull:payments:1"), "attemptsMade", "2");
    CHECK(test::compose(retried, bull_alone()).fingerprint() != same);
    Keys moved = fixture();
    key_named(moved, "bull:payments:wait").name = "bull:payments:active";
    CHECK(test::compose(moved, bull_alone()).fingerprint() != same);
  }

  TEST_CASE("whatever happens to a state, every byte comes back") {
    test::check_damaged(fixture(), bull_alone(), 1, 300);
  }
}

}  // namespace qsnap::frameworks
