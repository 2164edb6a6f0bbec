// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <functional>

#include <doctest/doctest.h>

#include <qsnap/base/cursor.hpp>
#include <qsnap/base/limits.hpp>

#include "container_support.hpp"

namespace qsnap::codec {

namespace {

using testing::assemble;
using testing::HandMadeChunk;
using testing::honest_chunk;
using testing::must_read;
using testing::sample_records;
using testing::take_apart;
using testing::write;

constexpr std::array k_encodings = {Encoding::packed, Encoding::stored};

/// Refused with one of the codes that a broken file has.
bool is_refusal(const Result<std::string>& document) {
  return !document &&
         (document.error().code == ErrorCode::corrupt || document.error().code == ErrorCode::unsupported_version ||
          document.error().code == ErrorCode::limit_exceeded);
}

/// Opening a container made of `chunks` after `change`.
Result<SnapshotReader> open_changed(Encoding encoding, const std::function<void(std::vector<HandMadeChunk>&)>& change) {
  auto chunks = take_apart(write(sample_records(), encoding).bytes);
  change(chunks);
  return testing::open(assemble(chunks, encoding));
}

/// A sound file with the payload of its index put through `change`, and a checksum that fits.
std::string with_index(const std::string& file, const std::function<void(std::string&)>& change) {
  const auto tail = decode_index_tail(std::string_view{file}.substr(file.size() - k_index_tail_bytes));
  REQUIRE(tail.has_value());
  const std::size_t begin = file.size() - tail->frame_bytes();
  std::string payload = file.substr(begin + k_skippable_header_bytes, tail->payload_bytes);
  change(payload);
  std::string out = file.substr(0, begin + 4);
  append_u32(out, static_cast<std::uint32_t>(payload.size() + k_index_tail_bytes));
  out += payload;
  append_u32(out, static_cast<std::uint32_t>(payload.size()));
  append_u64(out, xxh64(payload));
  return out + "QSND";
}

/// 128 KiB of one byte in 4 bytes, as often as it takes: a frame of zstd's own that expands 32,768 times.
std::string bomb_frame(std::uint64_t raw_bytes) {
  std::string frame;
  append_u32(frame, 0xFD2FB528);
  frame += static_cast<char>(0xE0);  // content size in eight bytes, single segment, no checksum
  append_u64(frame, raw_bytes);
  constexpr std::uint64_t k_block = 128 * limits::k_kib;
  for (std::uint64_t left = raw_bytes; left > 0;) {
    const std::uint64_t bytes = std::min(left, k_block);
    left -= bytes;
    const auto header = static_cast<std::uint32_t>(bytes << 3U | 1U << 1U | (left == 0 ? 1U : 0U));
    for (unsigned shift = 0; shift < 24; shift += 8) {
      frame += static_cast<char>((header >> shift) & 0xFFU);
    }
    frame += 'a';
  }
  return frame;
}

void check_refused(const Result<SnapshotReader>& reader, ErrorCode code, std::string_view message) {
  REQUIRE_FALSE(reader.has_value());
  CHECK(reader.error().code == code);
  CHECK(reader.error().message == message);
}

}  // namespace

TEST_SUITE("codec: a damaged container") {
  TEST_CASE("cut off at any length is refused") {
    for (const Encoding encoding : k_encodings) {
      const std::string sound = write(sample_records(), encoding).bytes;
      for (std::size_t length = 0; length < sound.size(); ++length) {
        const auto document = testing::read_document(sound.substr(0, length));
        if (!is_refusal(document)) {
          FAIL_CHECK("length ", length);
        }
      }
    }
  }

  TEST_CASE("with any bit flipped is refused, or is the same document") {
    for (const Encoding encoding : k_encodings) {
      const std::string sound = write(sample_records(), encoding).bytes;
      const std::string expected = must_read(sound);
      for (std::size_t bit = 0; bit < sound.size() * 8; ++bit) {
        std::string bytes = sound;
        bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << (bit % 8)));
        const auto document = testing::read_document(std::move(bytes));
        const bool is_same = document && *document == expected;
        if (!is_same && !is_refusal(document)) {
          FAIL_CHECK("bit ", bit);
        }
      }
    }
  }

  TEST_CASE("with anything in front, between or behind is refused") {
    const std::string sound = write(sample_records(), Encoding::packed).bytes;
    const std::string skippable{"\x50\x2A\x4D\x18\x00\x00\x00\x00", 8};
    for (const std::size_t at : {std::size_t{0}, k_header_frame_bytes, sound.size()}) {
      std::string bytes = sound;
      bytes.insert(at, skippable);
      CHECK(is_refusal(testing::read_document(bytes)));
    }
    CHECK(is_refusal(testing::read_document(sound + sound)));
  }
}

TEST_SUITE("codec: the header") {
  TEST_CASE("of a later format version is refused by name, whatever else it says") {
    std::string bytes = write(sample_records(), Encoding::packed).bytes;
    bytes[16] = 7;
    check_refused(testing::open(bytes), ErrorCode::unsupported_version, "format version 7, this program reads 1");
    bytes[4] = 99;  // its header frame may be longer, too
    bytes[18] = 99;
    check_refused(testing::open(bytes.substr(0, 40)), ErrorCode::unsupported_version,
                  "format version 7, this program reads 1");
  }

  TEST_CASE("has one allowed value in every byte") {
    const std::string sound = write(sample_records(), Encoding::packed).bytes;
    for (const std::size_t byte : {4U, 16U, 18U, 19U, 20U, 21U, 22U, 23U, 24U, 27U}) {
      CAPTURE(byte);
      std::string bytes = sound;
      bytes[byte] = static_cast<char>(bytes[byte] ^ (byte == 16 ? 1 : 2));  // version 0; unknown flags
      check_refused(testing::open(bytes), ErrorCode::corrupt, "the header is damaged");
    }
  }
}

TEST_SUITE("codec: an index") {
  TEST_CASE("with anything but its one spelling is refused, though its checksum fits") {
    const std::string sound = write(sample_records(), Encoding::packed).bytes;
    REQUIRE(must_read(with_index(sound, [](std::string&) {})) == must_read(sound));
    const std::vector<std::function<void(std::string&)>> changes = {
        [](std::string& payload) { payload += 'x'; },
        [](std::string& payload) { payload.pop_back(); },
        [](std::string& payload) { payload.clear(); },
        [](std::string& payload) { payload[0] = 'q'; },
        [](std::string& payload) { payload[4] = 2; },
        [](std::string& payload) { payload.back() = static_cast<char>(payload.back() ^ 1); },
        // One name more, which no chunk uses: the count of names stands behind magic, version and fingerprint.
        [](std::string& payload) {
          payload[40] = static_cast<char>(payload[40] + 1);
          payload.insert(41, "\x01z");
        },
        // An empty name.
        [](std::string& payload) {
          payload[40] = static_cast<char>(payload[40] + 1);
          payload.insert(41, 1, '\0');
        },
        // More names, or more bytes of a name, than there are.
        [](std::string& payload) { payload.replace(40, 1, "\xff\xff\xff\xff\x0f"); },
        [](std::string& payload) { payload.replace(41, 1, "\xff\xff\xff\xff\x0f"); },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
      CAPTURE(i);
      const auto reader = testing::open(with_index(sound, changes[i]));
      REQUIRE_FALSE(reader.has_value());
      CHECK(reader.error().code == ErrorCode::corrupt);
    }
  }

  TEST_CASE("whose sections are not those of a document is refused") {
    const std::vector<std::function<void(std::vector<HandMadeChunk>&)>> changes = {
        [](auto& chunks) { chunks.erase(chunks.begin()); },
        [](auto& chunks) { chunks.pop_back(); },
        [](auto& chunks) { chunks.erase(chunks.begin() + 3); },
        [](auto& chunks) { std::swap(chunks[2], chunks[3]); },
        [](auto& chunks) { chunks.insert(chunks.begin(), chunks.front()); },
        [](auto& chunks) { chunks.push_back(chunks.back()); },
        [](auto& chunks) { chunks.insert(chunks.begin() + 1, chunks[1]); },  // an empty section twice
        [](auto& chunks) { chunks[0].entry.records = 1; },
        [](auto& chunks) { chunks.back().entry.records = 1; },
        [](auto& chunks) { chunks.clear(); },
        [](auto& chunks) {
          chunks.insert(chunks.begin() + 1,
                        honest_chunk(ChunkKind::conflicts, "\"conflicts\":[\n", 0, Encoding::packed));
        },
    };
    for (std::size_t i = 0; i < changes.size(); ++i) {
      CAPTURE(i);
      const auto reader = open_changed(Encoding::packed, changes[i]);
      REQUIRE_FALSE(reader.has_value());
      CHECK(reader.error().code == ErrorCode::corrupt);
    }
  }

  TEST_CASE("that lies about lengths and counts is refused before anything is read") {
    struct Lie {
      std::function<void(ChunkEntry&)> tell;
      ErrorCode code;
    };
    const std::vector<Lie> lies = {
        {[](ChunkEntry& chunk) { chunk.raw_bytes = 0; }, ErrorCode::corrupt},
        {[](ChunkEntry& chunk) { chunk.records = chunk.raw_bytes; }, ErrorCode::corrupt},
        {[](ChunkEntry& chunk) { chunk.records = ~std::uint64_t{0}; }, ErrorCode::corrupt},
        {[](ChunkEntry& chunk) { chunk.frame_bytes = stored_frame_bytes(chunk.raw_bytes) + 1; }, ErrorCode::corrupt},
        {[](ChunkEntry& chunk) { chunk.frame_bytes = ~std::uint64_t{0}; }, ErrorCode::corrupt},
        {[](ChunkEntry& chunk) { chunk.frame_bytes += 1; }, ErrorCode::corrupt},
        {[](ChunkEntry& chunk) { chunk.raw_bytes = limits::k_chunk_bytes + 1; }, ErrorCode::limit_exceeded},
        {[](ChunkEntry& chunk) { chunk.raw_bytes = limits::k_record_bytes + 1; }, ErrorCode::limit_exceeded},
    };
    for (std::size_t i = 0; i < lies.size(); ++i) {
      CAPTURE(i);
      const auto reader = open_changed(Encoding::packed, [&](auto& chunks) { lies[i].tell(chunks[3].entry); });
      REQUIRE_FALSE(reader.has_value());
      CHECK(reader.error().code == lies[i].code);
    }
  }

  TEST_CASE("that is over the limits of a document is refused") {
    const auto chunk = honest_chunk(ChunkKind::jobs, "{}\n", 1, Encoding::packed);
    ContainerIndex index;
    index.fingerprint = std::string(32, 'f');
    index.chunks.assign(k_max_chunks + 1, chunk.entry);
    const auto encoded = encode_index(index, Encoding::packed);
    REQUIRE_FALSE(encoded.has_value());
    CHECK(encoded.error().code == ErrorCode::limit_exceeded);
    index.chunks.assign(100, chunk.entry);
    for (ChunkEntry& entry : index.chunks) {
      entry.raw_bytes = limits::k_record_bytes;
    }
    const auto too_large = encode_index(index, Encoding::packed);
    REQUIRE_FALSE(too_large.has_value());
    CHECK(too_large.error().code == ErrorCode::limit_exceeded);
  }

  TEST_CASE("that claims to be larger than any index is refused unread") {
    std::string bytes = write(sample_records(), Encoding::packed).bytes;
    bytes.replace(bytes.size() - k_index_tail_bytes, 4, "\xff\xff\xff\xff");
    const auto reader = testing::open(bytes);
    REQUIRE_FALSE(reader.has_value());
    CHECK(reader.error().code == ErrorCode::limit_exceeded);
  }
}

TEST_SUITE("codec: a frame that expands too far") {
  TEST_CASE("is refused by its claim") {
    const std::uint64_t raw_bytes = 600 * limits::k_mib;
    HandMadeChunk bomb;
    bomb.entry.kind = ChunkKind::jobs;
    bomb.entry.digest = std::string(32, 'd');
    bomb.entry.raw_bytes = raw_bytes;
    bomb.entry.records = 1;
    bomb.frame = bomb_frame(raw_bytes);
    bomb.entry.frame_bytes = bomb.frame.size();
    REQUIRE(bomb.frame.size() < 20'000);
    const auto reader = open_changed(Encoding::packed, [&](auto& chunks) { chunks[3] = bomb; });
    check_refused(reader, ErrorCode::limit_exceeded,
                  fmt::format("a chunk of {} bytes claims to expand to {}", bomb.frame.size(), raw_bytes));
  }

  TEST_CASE("is refused before it is decoded, where the index claims little and the frame much") {
    HandMadeChunk bomb;
    bomb.entry.kind = ChunkKind::jobs;
    bomb.entry.digest = std::string(32, 'd');
    bomb.entry.raw_bytes = 20'000;
    bomb.entry.records = 1;
    bomb.frame = bomb_frame(600 * limits::k_mib);
    bomb.entry.frame_bytes = bomb.frame.size();
    const auto reader = open_changed(Encoding::packed, [&](auto& chunks) { chunks[3] = bomb; });
    REQUIRE(reader.has_value());
    const auto raw = reader->raw_chunk(3);
    REQUIRE_FALSE(raw.has_value());
    CHECK(raw.error().message == "chunk 3: the zstd frame does not hold as many bytes as the index says");
  }
}

TEST_SUITE("codec: the text round the records") {
  TEST_CASE("has to be exactly what the format says") {
    struct Case {
      std::string raw;
      std::uint64_t records;
      bool is_sound;
    };
    const std::string opening = "],\n\"jobs\":[\n";
    const Case cases[] = {
        {opening + "{\"a\":1},\n{\"b\":2}\n", 2, true},
        {opening, 0, true},
        {opening + "{\"a\":1},\n{\"b\":2}\n", 1, false},
        {opening + "{\"a\":1},\n{\"b\":2}\n", 3, false},
        {opening + "{\"a\":1},\n{\"b\":2},\n", 2, false},
        {opening + "{\"a\":1}\n{\"b\":2}\n", 2, false},
        {opening + "{\"a\":1},\n{\"b\":2}", 2, false},
        {opening + "{\"a\":1},\n\n{\"b\":2}\n", 2, false},
        {opening + " {\"a\":1}\n", 1, false},
        {opening + "[1]\n", 1, false},
        {opening + "{\"a\":1}\n\n", 1, false},
        {opening + "}\n", 1, false},
        {"\"jobs\":[\n{\"a\":1}\n", 1, false},
        {"],\n\"keys\":[\n{\"a\":1}\n", 1, false},
        {"{\"a\":1}\n", 1, false},
    };
    const ChunkPlace place{ChunkKind::queues, ChunkKind::jobs, ChunkKind::workers};
    for (const Case& c : cases) {
      CAPTURE(c.raw);
      CAPTURE(c.records);
      const auto lines = split_records(c.raw, place, c.records);
      CHECK(lines.has_value() == c.is_sound);
      CHECK((!lines || lines->size() == c.records));
    }
  }

  TEST_CASE("inside a section every record has a comma") {
    const ChunkPlace place{ChunkKind::jobs, ChunkKind::jobs, ChunkKind::jobs};
    CHECK(split_records("{\"a\":1},\n{\"b\":2},\n", place, 2).has_value());
    CHECK_FALSE(split_records("{\"a\":1},\n{\"b\":2}\n", place, 2).has_value());
  }

  TEST_CASE("a document that does not begin with version and metadata cannot be opened") {
    for (const std::string_view head : {"{\"qsnap\":2,\n\"metadata\":{},\n", "{\"qsnap\":1,\n\"metadata\":{}\n",
                                        "{\"qsnap\":1,\n\"metadata\":{},\n\n", "{}",
                                        "{\"qsnap\":1,\n\"metadata\":{},\n", "{\"qsnap\":1,\n\"metadata\":,\n"}) {
      CAPTURE(head);
      const auto reader = open_changed(Encoding::packed,
                                       [&](auto& chunks) { testing::replace_text(chunks[0], head, Encoding::packed); });
      REQUIRE_FALSE(reader.has_value());
      CHECK(reader.error().code == ErrorCode::corrupt);
    }
  }
}

}  // namespace qsnap::codec
