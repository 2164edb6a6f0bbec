// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/glob.hpp>

using qsnap::glob_matches;
using qsnap::is_glob;

TEST_SUITE("base::glob") {
  TEST_CASE("a pattern without signs fits itself alone") {
    CHECK(glob_matches("mail", "mail"));
    CHECK_FALSE(glob_matches("mail", "mails"));
    CHECK_FALSE(glob_matches("mail", "mai"));
    CHECK_FALSE(glob_matches("mail", ""));
    CHECK(glob_matches("", ""));
    CHECK_FALSE(glob_matches("", "a"));
  }

  TEST_CASE("a star stands for any bytes, none of them included") {
    CHECK(glob_matches("*", ""));
    CHECK(glob_matches("mail*", "mail"));
    CHECK(glob_matches("*mail", "bulk-mail"));
    CHECK(glob_matches("a*b*c", "a-b-b-c"));
    CHECK(glob_matches("a*b*c", "abc"));
    CHECK_FALSE(glob_matches("a*b*c", "acb"));
    CHECK(glob_matches("**a**", "ba"));
    CHECK(glob_matches("*\xff*", "a\xff"));
  }

  TEST_CASE("a question mark stands for one character, however many bytes it has") {
    CHECK(glob_matches("mail-?", "mail-1"));
    CHECK(glob_matches("mail-?", "mail-\u20ac"));
    CHECK(glob_matches("?", "\xff"));
    CHECK_FALSE(glob_matches("mail-?", "mail-"));
    CHECK_FALSE(glob_matches("mail-?", "mail-12"));
    CHECK(glob_matches("*?", "a"));
    CHECK_FALSE(glob_matches("*?", ""));
  }

  TEST_CASE("a backslash takes a sign as it is") {
    CHECK(glob_matches("a\\*", "a*"));
    CHECK_FALSE(glob_matches("a\\*", "ab"));
    CHECK(glob_matches("a\\?", "a?"));
    CHECK(glob_matches("a\\\\", "a\\"));
    CHECK(glob_matches("a\\", "a\\"));
    CHECK(is_glob("a\\*"));
    CHECK(is_glob("a?"));
    CHECK_FALSE(is_glob("bullmq:bull:mail"));
  }

  TEST_CASE("many stars over a long text end soon") {
    std::string pattern;
    for (int i = 0; i < 300; ++i) {
      pattern += "*a";
    }
    CHECK_FALSE(glob_matches(pattern + "b", std::string(20'000, 'a')));
  }
}
