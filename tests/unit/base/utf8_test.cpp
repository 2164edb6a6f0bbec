// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>

TEST_SUITE_BEGIN("qsnap::utf8");

namespace qsnap {

TEST_CASE("every character that is appended reads back, from the first to the last of each length") {
  for (const char32_t point :
       {U'\0', U'a', U'\x7F', U'\x80', U'\u07FF', U'\u0800', U'\uFFFF', U'\U00010000', U'\U0010FFFF'}) {
    std::string text;
    append_utf8(text, point);
    const auto read = decode_utf8(text);
    REQUIRE(read);
    CHECK(read->value == point);
    CHECK(read->bytes == text.size());
  }
}

TEST_CASE("a place inside of a character is moved to where it begins") {
  const std::string_view text = "aé🚀";
  CHECK(count_characters(text) == 3);
  const std::size_t starts[] = {0, 1, 1, 3, 3, 3, 3, 7, 7};
  for (std::size_t at = 0; at < std::size(starts); ++at) {
    CHECK(character_start(text, at) == starts[at]);
  }
  CHECK(character_start("", 4) == 0);
}

}  // namespace qsnap

TEST_SUITE_END();
