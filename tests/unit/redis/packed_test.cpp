// SPDX-License-Identifier: Apache-2.0
// The pieces of an RDB: checksum, compression, packed encodings. What they hold in real dumps, rdb_reader_test shows.
#include <random>
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/rdb/crc64.hpp>
#include <qsnap/redis/rdb/intset.hpp>
#include <qsnap/redis/rdb/listpack.hpp>
#include <qsnap/redis/rdb/lzf.hpp>
#include <qsnap/redis/rdb/ranked_elements.hpp>
#include <qsnap/redis/rdb/ziplist.hpp>
#include <qsnap/redis/rdb/zipmap.hpp>

namespace qsnap::redis {

namespace {

template <class Walk>
std::string walked(std::string_view blob) {
  Walk walk{blob};
  std::string out;
  while (const auto item = walk.next()) {
    out += fmt::format("{} ", *item);
  }
  return out + (walk.sound() ? "sound" : "damaged");
}

std::string expanded(std::string_view compressed, std::size_t size) {
  std::string out(size, '?');
  return lzf_expand(compressed, out) ? out : "damaged";
}

using namespace std::string_view_literals;

constexpr std::string_view k_listpack = "\x0d\x00\x00\x00\x02\x00\x81z\x02\xdf\xff\x02\xff"sv;
constexpr std::string_view k_ziplist = "\x11\x00\x00\x00\x0d\x00\x00\x00\x02\x00\x00\x01z\x03\xfe\x80\xff"sv;

}  // namespace

TEST_SUITE_BEGIN("qsnap::redis::packed");

TEST_CASE("the checksum is Redis's, however the bytes are split") {
  constexpr std::string_view k_text = "123456789";
  CHECK(crc64(0, k_text) == 0xe9c6d914c4b8d9ca);  // redis/src/crc64.c
  for (std::size_t at = 0; at <= k_text.size(); ++at) {
    CHECK(crc64(crc64(0, k_text.substr(0, at)), k_text.substr(at)) == 0xe9c6d914c4b8d9ca);
  }
}

TEST_CASE("LZF repeats what was written, also what it is just writing") {
  CHECK(expanded("\x02"
                 "abc"sv,
                 3) == "abc");
  CHECK(expanded("\x00"
                 "a\x60\x00"sv,
                 6) == "aaaaaa");
  CHECK(expanded("\x01"
                 "ab\xe0\x05\x01"sv,
                 16) == "abababababababab");
  std::string far(40, 'x');
  far.replace(0, 20, "01234567890123456789");
  CHECK(expanded("\x13"
                 "01234567890123456789\x20\x13\x10xxxxxxxxxxxxxxxxx"sv,
                 40) == "01234567890123456789" + std::string{"012"} + std::string(17, 'x'));
}

TEST_CASE("LZF that does not fit is damaged") {
  CHECK(expanded("\x02"
                 "abc"sv,
                 2) == "damaged");  // too long
  CHECK(expanded("\x02"
                 "abc"sv,
                 4) == "damaged");  // too short
  CHECK(expanded("\x02"
                 "ab"sv,
                 3) == "damaged");  // literals that are missing
  CHECK(expanded("\x00"
                 "a\x20\x01"sv,
                 4) == "damaged");  // from before the beginning
  CHECK(expanded("\x00"
                 "a\x60"sv,
                 6) == "damaged");  // no distance
  CHECK(expanded("\x00"
                 "a\xe0\x00"sv,
                 10) == "damaged");
  CHECK(expanded(""sv, 0) == "");
}

TEST_CASE("packed encodings are walked, and damage to their frame is seen") {
  CHECK(walked<ListpackWalk>(k_listpack) == "z -1 sound");
  CHECK(walked<ZiplistWalk>(k_ziplist) == "z -128 sound");
  CHECK(walked<IntsetWalk>("\x02\x00\x00\x00\x02\x00\x00\x00\xff\xff\x05\x00"sv) == "-1 5 sound");
  CHECK(walked<ZipmapWalk>("\x01\x01z\x01\x02vxx\xff"sv) == "z v sound");
  for (std::size_t size = 0; size < k_listpack.size(); ++size) {
    CHECK(walked<ListpackWalk>(k_listpack.substr(0, size)).ends_with("damaged"));
  }
  for (std::size_t size = 0; size < k_ziplist.size(); ++size) {
    CHECK(walked<ZiplistWalk>(k_ziplist.substr(0, size)).ends_with("damaged"));
  }
  CHECK(walked<ListpackWalk>("\x08\x00\x00\x00\x01\x00\x00\xff"sv) == "0 damaged");    // an entry without its end
  CHECK(walked<ListpackWalk>("\x07\x00\x00\x00\x01\x00\xff"sv) == "damaged");          // fewer than it says
  CHECK(walked<ListpackWalk>("\x09\x00\x00\x00\x01\x00\xf7\x01\xff"sv) == "damaged");  // an unknown encoding
  CHECK(walked<ListpackWalk>("\x0c\x00\x00\x00\x01\x00\xf0\xff\xff\xff\x7f\xff"sv) == "damaged");
  CHECK(walked<ZiplistWalk>("\x0d\x00\x00\x00\x0a\x00\x00\x00\x01\x00\x00\xff\xff"sv) == "damaged");
  CHECK(walked<IntsetWalk>("\x03\x00\x00\x00\x00\x00\x00\x00"sv) == "damaged");
  CHECK(walked<IntsetWalk>("\x02\x00\x00\x00\xff\xff\xff\xff\x00\x00"sv) == "damaged");
  CHECK(walked<ZipmapWalk>("\x01\x01z\xff"sv) == "z damaged");
}

TEST_CASE("members leave in Redis's order however they come") {
  auto spool = Spool::create();
  REQUIRE(spool);
  constexpr std::size_t k_members = 30'000;
  std::vector<std::pair<double, std::string>> members;
  std::mt19937_64 random{7};
  for (std::size_t i = 0; i < k_members; ++i) {
    const double score = i % 3 == 0 ? -0.0 : static_cast<double>(static_cast<std::int64_t>(random() % 2000)) - 1000.0;
    members.emplace_back(score, fmt::format("{}{}", std::string(300, 'm'), random()));
  }
  const auto in_order = [](const auto& a, const auto& b) { return ranks_before(a.first, a.second, b.first, b.second); };
  const auto read = [&](const std::vector<std::pair<double, std::string>>& given) {
    RankedElements elements{*spool};
    for (const auto& [score, member] : given) {
      REQUIRE(elements.add(member, score));
    }
    const auto parts = elements.finish();
    REQUIRE(parts);
    std::vector<std::string> items;
    for (const SpoolRef part : *parts) {
      const auto bytes = spool->read(part);
      REQUIRE(bytes);
      const auto block = model::ItemBlock::decode(*bytes);
      REQUIRE(block);
      for (std::size_t i = 0; i < block->size(); ++i) {
        items.emplace_back((*block)[i]);
      }
    }
    return items;
  };
  const std::vector<std::string> shuffled = read(members);
  std::sort(members.begin(), members.end(), in_order);
  std::vector<std::string> expected;
  for (const auto& [score, member] : members) {
    expected.push_back(member);
    expected.push_back(format_double(score));
  }
  CHECK((shuffled == expected));
  std::reverse(members.begin(), members.end());
  CHECK((read(members) == expected));
  std::swap(members[k_members - 1], members[k_members - 2]);  // Redis's order but for the last
  CHECK((read(members) == expected));
  CHECK(read({}).empty());
}

TEST_SUITE_END();

}  // namespace qsnap::redis
