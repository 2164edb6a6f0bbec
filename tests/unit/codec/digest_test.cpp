// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <doctest/doctest.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>

namespace qsnap::codec {

TEST_SUITE("codec::Sha256") {
  TEST_CASE("agrees with FIPS 180-4") {
    CHECK(to_hex(sha256("")) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(to_hex(sha256("abc")) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(to_hex(sha256(std::string(1'000'000, 'a'))) ==
          "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  }

  TEST_CASE("may be asked in between and goes on") {
    Sha256 digest;
    CHECK(digest.digest() == sha256(""));
    digest.update("a");
    CHECK(digest.digest() == sha256("a"));
    digest.update("bc");
    CHECK(digest.digest() == sha256("abc"));
    CHECK(digest.digest() == sha256("abc"));
  }

  TEST_CASE("gives a digest and begins anew") {
    Sha256 digest;
    for (const std::string_view text :
         {"abc", "", "a longer text than one block of sixty-four bytes has room for, so to say"}) {
      digest.update(text);
      const auto taken = digest.take();
      CHECK(std::string{taken.data(), taken.size()} == sha256(text));
    }
  }

  TEST_CASE("keeps its state when moved") {
    Sha256 digest;
    digest.update("ab");
    Sha256 moved = std::move(digest);
    moved.update("c");
    CHECK(moved.digest() == sha256("abc"));
  }
}

TEST_SUITE("codec::sha1") {
  TEST_CASE("names a blob as Git does") {
    // printf hello | git hash-object --stdin
    constexpr std::array<std::string_view, 2> blob = {std::string_view{"blob 5\0", 7}, "hello"};
    CHECK(to_hex(sha1(blob)) == "b6fc4c620b67d95f953a5c1c1230aaab5db5a1b0");
    CHECK(to_hex(sha1({})) == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
  }
}

TEST_SUITE("codec::xxh") {
  TEST_CASE("agrees with the published values for seed 0") {
    CHECK(xxh3("") == 0x2d06800538d394c2ULL);
    CHECK(xxh64("") == 0xef46db3751d8e999ULL);
    CHECK(xxh64("abc") == 0x44bc2cf5ad770999ULL);
    CHECK(xxh3("abc") == 0x78af5f94892f3950ULL);
  }
}

}  // namespace qsnap::codec
