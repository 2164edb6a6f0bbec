// SPDX-License-Identifier: Apache-2.0
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/spool.hpp>

TEST_SUITE_BEGIN("qsnap::Spool");

namespace qsnap {

TEST_CASE("runs are read back in any order, also the ones still in the buffer") {
  auto spool = Spool::create();
  REQUIRE(spool);
  std::vector<SpoolRef> refs;
  const auto text = [](std::size_t i) { return std::string(i * 37 % 5000, static_cast<char>('a' + i % 26)); };
  for (std::size_t i = 0; i < 2000; ++i) {
    auto ref = spool->append(text(i));
    REQUIRE(ref);
    refs.push_back(*ref);
  }
  for (std::size_t i = refs.size(); i-- > 0;) {
    auto bytes = spool->read(refs[i]);
    REQUIRE(bytes);
    REQUIRE(*bytes == text(i));
  }
  auto more = spool->append("after reading");
  REQUIRE(more);
  CHECK(*spool->read(*more) == "after reading");
}

}  // namespace qsnap
TEST_SUITE_END();
