#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <cstdlib>

#include <qsnap/doctest.hpp>

#include "shop.hpp"

using namespace std::chrono_literals;

TEST_SUITE("shop") {
  TEST_CASE("a customer signs up") {
    qsnap::Session queues;  // this repository, the Redis of QSNAP_REDIS_URL
    Shop shop{std::getenv("QSNAP_REDIS_URL")};
    shop.clear();
    shop.sign_up("ada@example.com");
    QSNAP_CHECK(queues);

    SUBCASE("and pays") {
      shop.pay(1);
      QSNAP_CHECK(queues, {.within = 1s});
    }
    SUBCASE("twice") {
      shop.sign_up("ada@example.com");
      QSNAP_REQUIRE(queues, "test-cases/doctest/signs-up-twice");
    }
  }
}
