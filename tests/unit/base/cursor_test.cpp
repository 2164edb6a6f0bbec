// SPDX-License-Identifier: Apache-2.0
#include <limits>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/cursor.hpp>

TEST_SUITE_BEGIN("qsnap::ByteCursor");

namespace qsnap {

TEST_CASE("what was appended is read back, and nothing behind the end") {
  std::string bytes;
  append_u16(bytes, 0xBEEF);
  append_u32(bytes, 0xDEADBEEF);
  append_u64(bytes, 0x0123456789ABCDEF);
  ByteCursor cursor{bytes};
  CHECK(*cursor.u16() == 0xBEEF);
  CHECK(*cursor.u32() == 0xDEADBEEF);
  CHECK(*cursor.u64() == 0x0123456789ABCDEF);
  CHECK(cursor.at_end());
  CHECK(cursor.u8().error().code == ErrorCode::corrupt);
  CHECK(cursor.bytes(1).error().code == ErrorCode::corrupt);
}

TEST_CASE("a failed read takes nothing") {
  ByteCursor cursor{"abc"};
  CHECK_FALSE(cursor.u32());
  CHECK(*cursor.bytes(3) == "abc");
}

TEST_CASE("a variable-length integer reads back") {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, std::uint64_t{300},
                                    std::uint64_t{1} << 63U, std::numeric_limits<std::uint64_t>::max()}) {
    std::string bytes;
    append_varint(bytes, value);
    ByteCursor cursor{bytes};
    const auto read = cursor.varint();
    REQUIRE(read);
    CHECK(*read == value);
    CHECK(cursor.at_end());
  }
}

TEST_CASE("a variable-length integer has one spelling and at most 64 bits") {
  const std::string_view bad[] = {std::string_view{"\x80\x00", 2},                  // padded zero
                                  std::string_view{"\x80", 1},                      // truncated
                                  "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x02",       // bit 64
                                  "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"};  // eleven bytes
  for (const std::string_view bytes : bad) {
    ByteCursor cursor{bytes};
    CHECK_FALSE(cursor.varint());
  }
}

}  // namespace qsnap
TEST_SUITE_END();
