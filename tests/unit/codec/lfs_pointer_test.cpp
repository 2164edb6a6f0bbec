// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/codec/lfs_pointer.hpp>

namespace qsnap::codec {

namespace {

const std::string k_id(64, 'a');
const std::string k_pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + k_id + "\nsize 12345\n";

TEST_CASE("a pointer is written as git-lfs writes it, and read back") {
  const LfsPointer pointer{k_id, 12345};
  CHECK(format_lfs_pointer(pointer) == k_pointer);
  const auto parsed = parse_lfs_pointer(k_pointer);
  REQUIRE(parsed.has_value());
  CHECK(*parsed == pointer);
}

TEST_CASE("what is cut, has more, or is spelt in another way is no pointer") {
  for (std::size_t length = 0; length < k_pointer.size(); ++length) {
    CAPTURE(length);
    CHECK_FALSE(parse_lfs_pointer(k_pointer.substr(0, length)).has_value());
  }
  CHECK_FALSE(parse_lfs_pointer(k_pointer + "\n").has_value());
  CHECK_FALSE(parse_lfs_pointer(k_pointer + "x y\n").has_value());
  const auto with = [](std::string_view what, std::string_view instead) {
    std::string text = k_pointer;
    return text.replace(text.find(what), what.size(), instead);
  };
  CHECK_FALSE(parse_lfs_pointer(with("12345", "-1")).has_value());
  CHECK_FALSE(parse_lfs_pointer(with("12345", "012345")).has_value());
  CHECK_FALSE(parse_lfs_pointer(with("12345", "99999999999999999999")).has_value());
  CHECK_FALSE(parse_lfs_pointer(with("aaa", "AAA")).has_value());
  CHECK_FALSE(parse_lfs_pointer(with("aaa", "../")).has_value());
  CHECK_FALSE(parse_lfs_pointer(with("spec/v1", "spec/v2")).has_value());
  CHECK_FALSE(parse_lfs_pointer(with("oid ", "ext-0-foo sha256:" + k_id + "\noid ")).has_value());
}

}  // namespace

}  // namespace qsnap::codec
