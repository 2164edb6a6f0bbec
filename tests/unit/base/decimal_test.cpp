// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/decimal.hpp>

using qsnap::Decimal;

namespace {

Decimal number(const std::string& text) {
  const auto value = Decimal::parse(text);
  REQUIRE_MESSAGE(value, text);
  return *value;
}

}  // namespace

TEST_SUITE("Decimal") {
  TEST_CASE("it reads what JSON calls a number, and nothing else") {
    for (const char* text : {"0", "-0", "7", "-7", "10", "0.5", "-0.05", "1e3", "1E+3", "25e-1", "1e007",
                             "179769313486231570000000000000000000000", "5e-324", "1.7976931348623157e308"}) {
      CHECK_MESSAGE(Decimal::parse(text), text);
    }
    for (const char* text :
         {"",    "-",   "+1",  "01",  ".5",  "1.",        "1e",    "1e+",    "0x1",     "1 ",
          " 1",  "1,5", "NaN", "nan", "inf", "-Infinity", "\"1\"", "1e1101", "1e-1101", "1e999999999999999999999",
          "true"}) {
      CHECK_FALSE_MESSAGE(Decimal::parse(text), text);
    }
    CHECK_FALSE(Decimal::parse(std::string(2000, '9')));
    CHECK(Decimal::parse("0e999999999") == Decimal{});
  }

  TEST_CASE("equal numbers are equal, however they are written") {
    CHECK(number("1") == number("1.0"));
    CHECK(number("100") == number("1e2"));
    CHECK(number("0.1") == number("1e-1"));
    CHECK(number("-0.0") == number("0"));
    CHECK(number("9223372036854775807") != number("9223372036854775808"));
    CHECK(number("9007199254740993") != number("9007199254740992"));
  }

  TEST_CASE("differences, products and orders are exact") {
    struct Case {
      const char* a;
      const char* b;
      const char* difference;
      const char* product;
    };
    const Case cases[] = {
        {"3", "2", "1", "6"},
        {"2", "3", "-1", "6"},
        {"-2", "3", "-5", "-6"},
        {"-2", "-3", "1", "6"},
        {"0", "5", "-5", "0"},
        {"5", "0", "5", "0"},
        {"0.3", "0.1", "0.2", "0.03"},
        {"1e20", "1", "99999999999999999999", "1e20"},
        {"9223372036854775808", "9223372036854775807", "1", "85070591730234615856620279821087277056"},
        {"999", "-1", "1000", "-999"},
        {"12.5", "12.5", "0", "156.25"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.a);
      CAPTURE(c.b);
      CHECK(number(c.a) - number(c.b) == number(c.difference));
      CHECK(number(c.a) * number(c.b) == number(c.product));
      CHECK((number(c.a) < number(c.b)) == (number(c.difference) < Decimal{}));
    }
    CHECK(number("-5").magnitude() == number("5"));
    CHECK(number("5").shifted(-3) == number("0.005"));
  }

  TEST_CASE("integers come and go whole") {
    for (const std::int64_t value : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1000}, INT64_MAX, INT64_MIN}) {
      CHECK(Decimal{value}.integer() == value);
      CHECK(Decimal{value} == number(std::to_string(value)));
    }
    CHECK_FALSE(number("0.5").integer());
    CHECK_FALSE(number("9223372036854775808").integer());
    CHECK_FALSE(number("1e300").integer());
  }
}
