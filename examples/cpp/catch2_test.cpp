#include <cstdlib>

#include <qsnap/catch2.hpp>

#include "shop.hpp"

using namespace std::chrono_literals;

TEST_CASE("a customer of the shop") {
  qsnap::Session queues;  // this repository, the Redis of QSNAP_REDIS_URL
  Shop shop{std::getenv("QSNAP_REDIS_URL")};
  shop.clear();

  SECTION("signs up") {
    shop.sign_up("ada@example.com");
    QSNAP_CHECK(queues);
  }
  SECTION("pays") {
    shop.pay(1);
    QSNAP_REQUIRE(queues, "test-cases/catch2/paid", {.within = 1s});
  }
}
