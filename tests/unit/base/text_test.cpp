// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/text.hpp>

TEST_SUITE_BEGIN("qsnap::text");

namespace qsnap {

TEST_CASE("UTF-8 is accepted in its shortest form only") {
  for (const std::string_view good : {"", "a", "é", "李", "🚀", "\xF4\x8F\xBF\xBF", "\x7F"}) {
    CHECK_MESSAGE(is_utf8(good), to_hex(good));
  }
  const std::string_view bad[] = {"\x80",              // continuation alone
                                  "\xC3",              // truncated
                                  "\xC0\xAF",          // overlong '/'
                                  "\xE0\x80\xAF",      // overlong
                                  "\xED\xA0\x80",      // surrogate
                                  "\xF4\x90\x80\x80",  // above U+10FFFF
                                  "\xFF",
                                  "a\xFE"};
  for (const std::string_view text : bad) {
    CHECK_MESSAGE(!is_utf8(text), to_hex(text));
  }
}

TEST_CASE("hexadecimal text reads back as the bytes it was made of") {
  std::string all;
  for (int i = 0; i < 256; ++i) {
    all += static_cast<char>(i);
  }
  CHECK(from_hex(to_hex(all)) == all);
  for (const std::string_view bad : {"a", "0g", "AB", "0 "}) {
    CHECK_FALSE(from_hex(bad));
  }
}

TEST_CASE("an integer has one spelling") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-1") == -1);
  CHECK(parse_integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max());
  for (const std::string_view bad :
       {"", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "1e3", "9223372036854775808"}) {
    CHECK_MESSAGE(!parse_integer(bad), bad);
  }
}

TEST_CASE("a double's text reads back as the same bits") {
  const double values[] = {0.0,
                           -0.0,
                           1,
                           -1,
                           0.1,
                           1e-7,
                           7353254707200000.0,
                           9007199254740991.0,
                           1.7951687447801234e9,
                           5e-324,
                           1.7976931348623157e308,
                           std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity()};
  for (const double value : values) {
    const auto read = parse_double(format_double(value));
    REQUIRE_MESSAGE(read, format_double(value));
    CHECK_MESSAGE((*read == value && std::signbit(*read) == std::signbit(value)), format_double(value));
  }
  CHECK(format_double(7353254707200000.0) == "7353254707200000");
  CHECK(format_double(-0.0) == "-0");
  CHECK_FALSE(parse_double("nan"));
  CHECK_FALSE(parse_double("1x"));
}

}  // namespace qsnap
TEST_SUITE_END();
