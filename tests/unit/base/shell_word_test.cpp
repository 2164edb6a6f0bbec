// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/base/shell_word.hpp>

TEST_SUITE_BEGIN("qsnap::shell_word");

namespace qsnap {

TEST_CASE("a word stays as it is as long as no shell sees more in it") {
  CHECK(shell_word("feature/x-1.0_a") == "feature/x-1.0_a");
  CHECK(shell_word("") == "''");
  CHECK(shell_word("two words") == "'two words'");
  CHECK(shell_word("$(touch x); `y`") == "'$(touch x); `y`'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("~") == "'~'");
  CHECK(shell_word("größe") == "'größe'");
}

}  // namespace qsnap

TEST_SUITE_END();
