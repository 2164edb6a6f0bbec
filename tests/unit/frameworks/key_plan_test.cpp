// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/frameworks/adapter.hpp>

namespace qsnap::frameworks {

TEST_SUITE("frameworks::KeyPlan") {
  TEST_CASE("starts as verbatim data that belongs to nobody") {
    const KeyPlan plan{2};
    CHECK(plan.size() == 2);
    CHECK_FALSE(plan[1].modelled);
    CHECK(plan[1].role == KeyRole::data);
    CHECK(plan[1].owner == 0);
    CHECK(plan.queue_of(1).empty());
  }

  TEST_CASE("planning again starts clean but for what was forced") {
    KeyPlan plan{2};
    plan.plan_as(1);
    CHECK(plan.model(0));
    CHECK(plan.model(1));
    plan.assign_queue(0, "toy:toy:a");
    plan.force_verbatim(1);
    CHECK_FALSE(plan[1].modelled);
    plan.restart();
    CHECK_FALSE(plan[0].modelled);
    CHECK(plan.queue_of(0).empty());
    CHECK(plan.queues().empty());
    plan.plan_as(1);
    CHECK(plan.model(0));
    CHECK_FALSE(plan.model(1));
    CHECK(plan[1].owner == 1);
  }

  TEST_CASE("the first reading that plans a key owns it") {
    KeyPlan plan{1};
    plan.plan_as(1);
    CHECK(plan.model(0));
    plan.plan_as(2);
    CHECK_FALSE(plan.model(0));
    plan.keep(0, KeyRole::lock);
    plan.assign_queue(0, "toy:toy:b");
    CHECK(plan[0].modelled);
    CHECK(plan[0].role == KeyRole::data);
    CHECK(plan.queue_of(0).empty());
  }

  TEST_CASE("keys of one queue share it") {
    KeyPlan plan{3};
    plan.plan_as(1);
    plan.assign_queue(0, "toy:toy:a");
    plan.assign_queue(1, "toy:toy:b");
    plan.assign_queue(2, "toy:toy:a");
    CHECK(plan[0].queue == plan[2].queue);
    CHECK(plan.queue_of(1) == "toy:toy:b");
    CHECK(plan.queues() == std::vector<std::string>{"toy:toy:a", "toy:toy:b"});
  }
}

TEST_SUITE("frameworks::KeyRole") {
  TEST_CASE("words and roles are one to one") {
    for (const KeyRole role : {KeyRole::data, KeyRole::derived, KeyRole::lock}) {
      CHECK(parse_key_role(to_text(role)) == role);
    }
    CHECK_FALSE(parse_key_role("Data"));
  }
}

}  // namespace qsnap::frameworks
