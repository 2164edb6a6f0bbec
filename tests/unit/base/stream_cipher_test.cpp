// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/stream_cipher.hpp>

TEST_SUITE_BEGIN("qsnap::StreamCipher");

namespace qsnap {

namespace {

/// What the cipher adds to the stream, from its front.
std::string key_stream(const StreamCipher& cipher, std::size_t count) {
  std::string zeros(count, '\0');
  cipher.apply(0, zeros);
  return zeros;
}

}  // namespace

TEST_CASE("any piece at any offset is encrypted as it is within the whole") {
  auto cipher = StreamCipher::create();
  REQUIRE(cipher);
  const std::string whole = key_stream(*cipher, 300);
  for (std::size_t offset = 0; offset < 64; ++offset) {
    for (const std::size_t count :
         {std::size_t{0}, std::size_t{1}, std::size_t{15}, std::size_t{16}, std::size_t{100}}) {
      std::string piece(count, '\0');
      cipher->apply(offset, piece);
      REQUIRE(piece == whole.substr(offset, count));
    }
  }
}

TEST_CASE("the stream does not repeat, also beyond four gigabytes of blocks") {
  auto cipher = StreamCipher::create();
  REQUIRE(cipher);
  std::vector<std::string> blocks;
  for (const std::uint64_t block : {0ULL, 1ULL, 255ULL, 256ULL, 65536ULL, 1ULL << 32U, 1ULL << 56U}) {
    std::string zeros(16, '\0');
    cipher->apply(block * 16, zeros);
    blocks.push_back(zeros);
  }
  std::sort(blocks.begin(), blocks.end());
  CHECK(std::adjacent_find(blocks.begin(), blocks.end()) == blocks.end());
}

TEST_CASE("encrypting twice gives back the text, and nobody else's key does") {
  auto cipher = StreamCipher::create();
  auto other = StreamCipher::create();
  REQUIRE((cipher && other));
  const std::string text = "a payload that is nobody's business";
  std::string bytes = text;
  cipher->apply(7, bytes);
  CHECK(bytes != text);
  std::string wrong = bytes;
  other->apply(7, wrong);
  CHECK(wrong != text);
  cipher->apply(7, bytes);
  CHECK(bytes == text);
}

TEST_CASE("several threads at once get what one thread gets") {
  auto cipher = StreamCipher::create();
  REQUIRE(cipher);
  const std::string whole = key_stream(*cipher, 4096);
  std::vector<std::size_t> wrong(4, 0);
  std::vector<std::thread> threads;
  for (std::size_t thread = 0; thread < wrong.size(); ++thread) {
    threads.emplace_back([&, thread] {
      for (std::size_t i = 0; i < 5000; ++i) {
        const std::size_t offset = (i * 31 + thread * 7) % 4000;
        std::string piece(96, '\0');
        cipher->apply(offset, piece);
        wrong[thread] += whole.substr(offset, 96) == piece ? 0U : 1U;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  CHECK(wrong == std::vector<std::size_t>(4, 0));
}

}  // namespace qsnap
TEST_SUITE_END();
