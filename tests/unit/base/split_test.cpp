// SPDX-License-Identifier: Apache-2.0
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/split.hpp>

TEST_SUITE_BEGIN("qsnap::split");

namespace qsnap {

using namespace std::string_view_literals;

TEST_CASE("a text is split at what ends its parts, whether the last part ends or not") {
  CHECK(split("", ',').empty());
  CHECK(split("a,b,", ',') == std::vector{"a"sv, "b"sv});
  CHECK(split("a,b", ',') == std::vector{"a"sv, "b"sv});
  CHECK(split(",,b", ',') == std::vector{""sv, ""sv, "b"sv});
  CHECK(split("a\0b\nc\0"sv, '\0') == std::vector{"a"sv, "b\nc"sv});
}

}  // namespace qsnap

TEST_SUITE_END();
