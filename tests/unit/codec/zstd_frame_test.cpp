// SPDX-License-Identifier: Apache-2.0
#include <random>

#include <doctest/doctest.h>

#include <qsnap/base/cursor.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/zstd_frame.hpp>

namespace qsnap::codec {

namespace {

std::string encode(Encoding encoding, std::string_view raw) {
  FrameEncoder encoder{encoding};
  auto frame = encoder.encode(raw, 0);
  REQUIRE(frame.has_value());
  return std::string{*frame};
}

std::string noise(std::size_t bytes) {
  std::mt19937_64 random{42};
  std::string out(bytes, '\0');
  for (char& byte : out) {
    byte = static_cast<char>(random());
  }
  return out;
}

/// A frame that zstd takes, of one block that says "this byte, so many times": 17 bytes for up to 128 KiB.
std::string run_length_frame(std::uint64_t claimed, std::uint32_t block_bytes) {
  std::string frame;
  append_u32(frame, 0xFD2FB528);
  frame += static_cast<char>(0xE0);  // content size in eight bytes, single segment, no checksum
  append_u64(frame, claimed);
  const std::uint32_t header = block_bytes << 3U | 1U << 1U | 1U;
  for (unsigned shift = 0; shift < 24; shift += 8) {
    frame += static_cast<char>((header >> shift) & 0xFFU);
  }
  return frame + 'a';
}

}  // namespace

TEST_SUITE("codec::FrameEncoder") {
  TEST_CASE("a stored frame has the bytes that the format says") {
    CHECK(to_hex(encode(Encoding::stored, "{}\n")) == "28b52ffda4030000001900007b7d0abad3119c");
  }

  TEST_CASE("frames of every size come back, and no frame is longer than the stored one") {
    FrameDecoder decoder;
    const std::string bytes = noise(3 * 128 * limits::k_kib + 1);
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{255}, std::size_t{256}, std::size_t{70'000}, 128 * limits::k_kib - 1,
          128 * limits::k_kib, 128 * limits::k_kib + 1, bytes.size()}) {
      CAPTURE(size);
      const std::string raw = bytes.substr(0, size);
      const std::string stored = encode(Encoding::stored, raw);
      const std::string packed = encode(Encoding::packed, raw);
      CHECK(stored.size() == stored_frame_bytes(size));
      CHECK(packed.size() <= stored.size());  // noise does not get shorter, headers may
      const auto decoded = decoder.decode(stored, size);
      REQUIRE(decoded.has_value());
      CHECK(*decoded == raw);
    }
  }

  TEST_CASE("text is packed, and one encoder makes the same frame again and again") {
    std::string raw;
    for (int i = 0; i < 2'000; ++i) {
      raw += "{\"queue\":\"bullmq:bull:mail\",\"n\":" + std::to_string(i) + "},\n";
    }
    FrameEncoder encoder{Encoding::packed};
    const auto first = encoder.encode(raw, 0);
    REQUIRE(first.has_value());
    const std::string packed{*first};
    CHECK(packed.size() * 4 < raw.size());
    REQUIRE(encoder.encode("something else", 0).has_value());
    const auto again = encoder.encode(raw, 0);
    REQUIRE(again.has_value());
    CHECK(*again == packed);
    const auto decoded = FrameDecoder{}.decode(packed, raw.size());
    REQUIRE(decoded.has_value());
    CHECK(*decoded == raw);
  }

  TEST_CASE("a large chunk that would expand further than a reader allows is stored") {
    const std::string raw(3 * limits::k_mib, 'a');
    const std::string frame = encode(Encoding::packed, raw);
    CHECK(frame.size() == stored_frame_bytes(raw.size()));
    const std::string fits(limits::k_mib, 'a');
    CHECK(encode(Encoding::packed, fits).size() < 1'000);
  }
}

TEST_SUITE("codec::FrameDecoder") {
  TEST_CASE("what is not exactly one frame of exactly that content is refused") {
    const std::string frame = encode(Encoding::packed, "hello hello hello hello");
    const std::string skippable = std::string{"\x50\x2A\x4D\x18\x00\x00\x00\x00", 8};
    FrameDecoder decoder;
    REQUIRE(decoder.decode(frame, 23).has_value());
    CHECK_FALSE(decoder.decode(frame, 22).has_value());
    CHECK_FALSE(decoder.decode(frame, 24).has_value());
    CHECK_FALSE(decoder.decode(frame + frame, 46).has_value());
    CHECK_FALSE(decoder.decode(frame + "x", 23).has_value());
    CHECK_FALSE(decoder.decode(frame.substr(0, frame.size() - 1), 23).has_value());
    CHECK_FALSE(decoder.decode(skippable, 0).has_value());
    CHECK_FALSE(decoder.decode("", 0).has_value());
    CHECK_FALSE(decoder.decode("abc", 3).has_value());
  }

  TEST_CASE("a frame that claims more than it holds is corrupt") {
    FrameDecoder decoder;
    REQUIRE(decoder.decode(run_length_frame(1000, 1000), 1000).has_value());
    const auto decoded = decoder.decode(run_length_frame(1001, 1000), 1001);
    REQUIRE_FALSE(decoded.has_value());
    CHECK(decoded.error().code == ErrorCode::corrupt);
  }

  TEST_CASE("what a frame may claim grows with its size and has an end") {
    CHECK(max_raw_bytes(0) == limits::k_mib);
    CHECK(max_raw_bytes(1000) == limits::k_mib + 1000 * limits::k_expansion);
    CHECK(max_raw_bytes(limits::k_record_bytes) == limits::k_record_bytes);
    CHECK(max_raw_bytes(~std::uint64_t{0}) == limits::k_record_bytes);
  }
}

}  // namespace qsnap::codec
