// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/text.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/diff/key_items.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/line_index.hpp>
#include <qsnap/diff/order.hpp>

#include "fake_source.hpp"

using qsnap::diff::Hash128;
using qsnap::diff::KeyedHash;
using qsnap::diff::longest_increasing;

namespace {

std::string hex(const Hash128& hash) {
  std::string bytes;
  for (const std::uint64_t word : {hash.low, hash.high}) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      bytes += static_cast<char>(word >> shift & 0xFFU);
    }
  }
  return qsnap::to_hex(bytes);
}

}  // namespace

TEST_SUITE("diff::KeyedHash") {
  TEST_CASE("it is SipHash-2-4-128: the reference vectors come out") {
    const KeyedHash hash{0x0706050403020100ULL, 0x0f0e0d0c0b0a0908ULL};
    std::string input;
    const auto next = [&](std::size_t size) {
      while (input.size() < size) {
        input += static_cast<char>(input.size());
      }
      return hex(hash(input));
    };
    CHECK(hex(hash("")) == "a3817f04ba25a8e66df67214c7550293");
    CHECK(next(1) == "da87c1d86b99af44347659119b22fc45");
    CHECK(next(3) == "9c70b60c5267a94e5f33b6b02985ed51");
  }
  TEST_CASE("keys make hashes differ") {
    CHECK(KeyedHash{1, 2}("text") != KeyedHash{1, 3}("text"));
    CHECK(KeyedHash::with_random_key()("text") != KeyedHash::with_random_key()("text"));
  }
  TEST_CASE("parts cannot be shifted into each other") {
    std::string a, b;
    qsnap::diff::append_part(a, "ab");
    qsnap::diff::append_part(a, "c");
    qsnap::diff::append_part(b, "a");
    qsnap::diff::append_part(b, "bc");
    CHECK(a != b);
  }
}

TEST_SUITE("diff::longest_increasing") {
  TEST_CASE("small orders") {
    CHECK(longest_increasing({}).empty());
    CHECK(longest_increasing(std::vector<std::uint32_t>{1, 2, 3}) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(longest_increasing(std::vector<std::uint32_t>{9, 1, 2, 3}) == std::vector<std::uint32_t>{1, 2, 3});
    CHECK(longest_increasing(std::vector<std::uint32_t>{1, 2, 3, 0}) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(longest_increasing(std::vector<std::uint32_t>{3, 2, 1}).size() == 1);
    CHECK(longest_increasing(std::vector<std::uint32_t>{5, 5, 5}).size() == 1);
  }
  TEST_CASE("of equally small sets the one moved that changed otherwise") {
    using qsnap::diff::Standing;
    constexpr auto k_same = Standing::Otherwise::same, k_changed = Standing::Otherwise::changed;
    const auto moved = [](std::vector<Standing::Otherwise> otherwise, std::vector<std::uint32_t> after) {
      std::vector<Standing> list;
      for (std::uint32_t i = 0; i < after.size(); ++i) {
        list.push_back({i, after[i], 0, 0, otherwise[i]});
      }
      return qsnap::diff::out_of_order(list);
    };
    using Indices = std::vector<std::uint32_t>;
    CHECK(moved({k_changed, k_same}, {8, 3}) == Indices{0});
    CHECK(moved({k_same, k_changed}, {8, 3}) == Indices{1});
    CHECK(moved({k_same, k_changed, k_same}, {1, 2, 0}) == Indices{2});  // the smallest set, whoever changed
    CHECK(moved({k_changed, k_same, k_changed, k_same}, {2, 1, 4, 3}) == Indices{0, 2});
    CHECK(moved({k_same, k_changed, k_same, k_changed}, {2, 1, 4, 3}) == Indices{1, 3});
    CHECK(moved({k_changed, k_changed}, {0, 1}).empty());
  }
  TEST_CASE("a million elements take no quadratic time") {
    std::vector<std::uint32_t> values(1'000'000);
    for (std::uint32_t i = 0; i < values.size(); ++i) {
      values[i] = i * 2654435761U;
    }
    const auto start = std::chrono::steady_clock::now();
    const auto kept = longest_increasing(values);
    CHECK(std::is_sorted(kept.begin(), kept.end()));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{20});
  }
}

TEST_SUITE("diff::collect_lines") {
  TEST_CASE("equal lines cancel as a multiset, in document order") {
    qsnap::test::State before, after;
    before.jobs = {R"({"a":1})", R"({"a":1})", R"({"a":2})"};
    after.jobs = {R"({"a":3})", R"({"a":1})", R"({"a":2})", R"({"a":2})"};
    const qsnap::test::FakeSource left{before, 2}, right{after, 2};
    const auto lines = qsnap::diff::collect_lines(left, right, qsnap::model::Section::jobs, KeyedHash{1, 2}, {});
    REQUIRE(lines);
    REQUIRE(lines->equal.size() == 2);
    CHECK(lines->equal[0].before == 0);
    CHECK(lines->equal[0].after == 1);
    CHECK(lines->equal[1].before == 2);
    CHECK(lines->equal[1].after == 2);
    CHECK(lines->before_rest == std::vector<std::uint32_t>{1});
    CHECK(lines->after_rest == std::vector<std::uint32_t>{0, 3});
  }

  TEST_CASE("very many equal lines take no quadratic time") {
    qsnap::test::State before, after;
    before.jobs.assign(100'000, R"({"a":1})");
    after.jobs.assign(100'001, R"({"a":1})");
    after.jobs.front() = R"({"a":2})";
    const qsnap::test::FakeSource left{before, 5000}, right{after, 5000};
    const auto start = std::chrono::steady_clock::now();
    const auto lines = qsnap::diff::collect_lines(left, right, qsnap::model::Section::jobs, KeyedHash{1, 2}, {});
    REQUIRE(lines);
    CHECK(lines->before_rest.empty());
    CHECK(lines->after_rest == std::vector<std::uint32_t>{0});
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
  }

  TEST_CASE("chunks that changed their relative order are decoded, the longest run of the others is not") {
    qsnap::test::State before, after;
    before.jobs = {"1", "2", "3", "4"};
    after.jobs = {"4", "1", "2", "3"};
    const qsnap::test::FakeSource left{before, 1}, right{after, 1};
    const auto open = qsnap::diff::open_chunks(left, right, qsnap::model::Section::jobs);
    REQUIRE(open.before.size() == 1);
    CHECK(open.before[0].index == 3);
    CHECK(open.before[0].gap == 3);
    REQUIRE(open.after.size() == 1);
    CHECK(open.after[0].index == 0);
    CHECK(open.after[0].gap == 0);
  }
}

TEST_SUITE("diff::refs_by_meaning") {
  TEST_CASE("order is nothing, multiplicity is something") {
    const qsnap::test::MiniPayloadReader payloads;
    const auto text = [&](const char* json) { return *qsnap::diff::refs_by_meaning(json, payloads); };
    CHECK(text(R"([{"n":"a"},{"n":"b"}])") == text(R"([{"n":"b"},{"n":"a"}])"));
    CHECK(text(R"([{"n":"a"},{"n":"a"}])") != text(R"([{"n":"a"}])"));
    CHECK(text(R"([{"n":"a","r":"x"},{"n":"b","r":"y"}])") != text(R"([{"n":"a","r":"y"},{"n":"b","r":"x"}])"));
    CHECK(text("[]") != text(R"([{"n":"a"}])"));
  }
}
