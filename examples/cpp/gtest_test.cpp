#include <cstdlib>

#include <qsnap/gtest.hpp>

#include "shop.hpp"

using namespace std::chrono_literals;

namespace {

class ShopTest : public testing::Test {
 protected:
  void SetUp() override { shop.clear(); }

  qsnap::Session queues;  // this repository, the Redis of QSNAP_REDIS_URL
  Shop shop{std::getenv("QSNAP_REDIS_URL")};
};

TEST_F(ShopTest, SignsUp) {
  shop.sign_up("ada@example.com");
  QSNAP_EXPECT(queues);
  shop.pay(1);
  QSNAP_EXPECT(queues);
}

TEST_F(ShopTest, StartsFromASnapshot) {
  shop.pay(1);
  ASSERT_TRUE(qsnap::as_expected(queues, "test-cases/gtest/paid"));
  shop.clear();
  const qsnap::Verdict loaded = queues.load("test-cases/gtest/paid");
  ASSERT_TRUE(loaded) << loaded.message;
  QSNAP_ASSERT(queues, "test-cases/gtest/paid", {.within = 1s});
}

}  // namespace
