// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <string>
#include <string_view>
#include <unit/driver/scratch_file.hpp>

#include <doctest/doctest.h>

#include <qsnap/driver/pkt_line.hpp>

namespace qsnap::driver {

namespace {

using testing::scratch_file;

ErrorCode error_of(std::string_view bytes) {
  const auto file = scratch_file(bytes);
  const auto packet = PacketReader{file.get()}.next();
  REQUIRE_FALSE(packet.has_value());
  return packet.error().code;
}

}  // namespace

TEST_SUITE("driver::PacketReader") {
  TEST_CASE("hands out what git frames") {
    const auto file = scratch_file("0009hello0004000a\xff\n\nxyz0000");
    PacketReader reader{file.get()};
    CHECK(reader.next()->content == "hello");
    CHECK(reader.next()->content.empty());
    CHECK(reader.next()->content == "\xff\n\nxyz");
    CHECK(reader.next()->kind == PacketKind::flush);
    CHECK(reader.next()->kind == PacketKind::end_of_input);
  }

  TEST_CASE("refuses what is no packet") {
    for (const std::string_view bytes :
         {"0", "000", "zzzz", "-001", "0x04", "0001", "0002", "0003", "0005", "0009hell", "ffff", "fff1"}) {
      CAPTURE(bytes);
      CHECK(error_of(bytes) == ErrorCode::corrupt);
    }
    CHECK(error_of("fff1" + std::string(70'000, 'x')) == ErrorCode::corrupt);
  }
}

TEST_SUITE("driver::PacketWriter") {
  TEST_CASE("writes what the reader reads, long contents in packets as long as git allows") {
    const auto file = scratch_file();
    PacketWriter writer{file.get()};
    const std::string bytes(k_packet_bytes + 1, 'b');
    REQUIRE(writer.line("status=success").has_value());
    REQUIRE(writer.content(bytes).has_value());
    REQUIRE(writer.content("").has_value());
    REQUIRE(writer.flush().has_value());
    std::rewind(file.get());
    PacketReader reader{file.get()};
    CHECK(reader.next()->content == "status=success\n");
    CHECK(reader.next()->content.size() == k_packet_bytes);
    CHECK(reader.next()->content == "b");
    CHECK(reader.next()->kind == PacketKind::flush);
    CHECK(reader.next()->kind == PacketKind::end_of_input);
  }
}

}  // namespace qsnap::driver
