// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/store/name.hpp>

using qsnap::ErrorCode;
using qsnap::store::parse_range;
using qsnap::store::parse_side;
using qsnap::store::Range;
using qsnap::store::Side;
using qsnap::store::SnapshotName;
using namespace std::string_literals;

namespace {

/// A text that is no name, and a word of the rule that says so.
struct BadName {
  std::string text;
  std::string_view rule;
};

std::vector<BadName> bad_names() {
  return {
      {"", "empty"},
      {"/", "empty"},
      {"//", "empty"},
      {"/x", "empty"},
      {"x/", "empty"},
      {"test-cases/", "empty"},
      {"test-cases//x", "empty"},
      {"/etc/passwd", "empty"},
      {".", "starts with"},
      {"..", "starts with"},
      {"...", "starts with"},
      {"../x", "starts with"},
      {"./x", "starts with"},
      {"test-cases/..", "starts with"},
      {"test-cases/../x", "starts with"},
      {"test-cases/../../../etc/passwd", "starts with"},
      {"test-cases/.", "starts with"},
      {"test-cases/.git", "starts with"},
      {".git/config", "starts with"},
      {".queue-snapshots", "starts with"},
      {"-x", "starts with"},
      {"--force", "starts with"},
      {"test-cases/-rf", "starts with"},
      {"_x", "starts with"},
      {"test-cases/_x", "starts with"},
      {"x.", "ends with '.'"},
      {"test-cases/x.", "ends with '.'"},
      {"test-cases/x./y", "ends with '.'"},
      {"a..", "ends with '.'"},
      {"x.lock", ".lock"},
      {"x.LOCK", ".lock"},
      {"test-cases/x.lock/y", ".lock"},
      {"x.qsnap", ".qsnap"},
      {"x.QSnap", ".qsnap"},
      {"test-cases/x.qsnap", ".qsnap"},
      {"test-cases/x.qsnap/y", ".qsnap"},
      {" ", "allowed"},
      {" x", "allowed"},
      {"x ", "allowed"},
      {"a b", "allowed"},
      {"a\tb", "allowed"},
      {"a\nb", "allowed"},
      {"a\0b"s, "allowed"},
      {"\0"s, "allowed"},
      {"a\\b", "allowed"},
      {"..\\x", "allowed"},
      {"C:\\x", "allowed"},
      {"HEAD:x", "allowed"},
      {"a*", "allowed"},
      {"a?", "allowed"},
      {"a[b]", "allowed"},
      {"~", "allowed"},
      {"~root/x", "allowed"},
      {"$HOME", "allowed"},
      {"$(id)", "allowed"},
      {"`id`", "allowed"},
      {"a;b", "allowed"},
      {"a|b", "allowed"},
      {"a&b", "allowed"},
      {"a'b", "allowed"},
      {"a\"b", "allowed"},
      {"a<b", "allowed"},
      {"a@{1}", "allowed"},
      {"a%2fb", "allowed"},
      {"a\x1b[31mb", "allowed"},
      {"a\x7f", "allowed"},
      {"a\xff", "allowed"},
      {"a\xc0\xaf", "allowed"},
      {"é", "allowed"},
      {"a\u202eb", "allowed"},
      {"a\u200bb", "allowed"},
      {"\uff0e\uff0e/x", "allowed"},
      {"baselines", "folder"},
      {"test-cases", "folder"},
      {"history", "folder"},
      {"live", "reserved"},
      {"sets", "reserved"},
      {"lfs", "reserved"},
      {"schemas", "reserved"},
      {"config", "reserved"},
      {"live/x", "reserved"},
      {"lfs/test-cases/x", "reserved"},
      {"sets/a", "missing"},
      {"sets//x", "empty"},
      {"sets/default/x", "default one"},
      {"sets/a/sets/b/x", "two sets"},
      {"sets/feature%2fx/x", "not how"},
      {"sets/%2E%2E/x", "\"..\""},
      {"sets/../x", "\"..\""},
      {"sets/a%0Ab/x", "control"},
      {"sets/a%2/x", "not how"},
      {"sets/feature%2Fx/live", "reserved"},
      {"mine/x", "starts with none"},
      {"Test-Cases/x", "starts with none"},
      {"baseline/x", "starts with none"},
      {"test-cases/a/b/c/d/e", "more than 5"},
      {"test-cases/a/b/c/d/e/f/g/h", "more than 5"},
      {std::string(101, 'a'), "longer"},
      {"test-cases/" + std::string(101, 'a'), "longer"},
      {std::string(1 << 20U, 'a'), "longer"},
  };
}

}  // namespace

TEST_SUITE("qsnap::store::SnapshotName") {
  TEST_CASE("takes what the rules allow, and a bare word is a test case") {
    const std::vector<std::pair<std::string, std::string>> names = {
        {"x", "test-cases/x"},
        {"checkout-flow", "test-cases/checkout-flow"},
        {"0", "test-cases/0"},
        {"v1.2_rc-3", "test-cases/v1.2_rc-3"},
        {"lively", "test-cases/lively"},
        {"Live", "test-cases/Live"},
        {"x.locked", "test-cases/x.locked"},
        {"a..b", "test-cases/a..b"},
        {"baselines/dev", "baselines/dev"},
        {"test-cases/live", "test-cases/live"},
        {"test-cases/baselines", "test-cases/baselines"},
        {"history/2026-11-20T100000Z", "history/2026-11-20T100000Z"},
        {"history/a/b/c/d", "history/a/b/c/d"},
        {std::string(100, 'a'), "test-cases/" + std::string(100, 'a')},
        {"sets/feature%2Fx/a", "sets/feature%2Fx/test-cases/a"},
        {"sets/release/baselines/dev", "sets/release/baselines/dev"},
    };
    for (const auto& row : names) {
      const std::string& text = row.first;  // clang 14 cannot capture structured bindings
      const std::string& expected = row.second;
      CAPTURE(text);
      const auto name = SnapshotName::parse(text);
      REQUIRE(name.has_value());
      CHECK(name->text() == expected);
      CHECK(name->relative_path() == expected + ".qsnap");
      CHECK(*SnapshotName::parse(name->text()) == *name);
    }
  }

  TEST_CASE("refuses everything else as a usage error that names the rule") {
    const std::vector<BadName> names = bad_names();
    REQUIRE(names.size() >= 60);
    for (const BadName& bad : names) {
      const std::string text = bad.text.substr(0, 120);
      CAPTURE(text);
      const auto name = SnapshotName::parse(bad.text);
      REQUIRE_FALSE(name.has_value());
      CHECK(name.error().code == ErrorCode::usage);
      CAPTURE(name.error().message);
      CHECK(name.error().message.find(bad.rule) != std::string::npos);
    }
  }

  TEST_CASE("suggests the home that was left out") {
    const auto name = SnapshotName::parse("checkout/failed");
    REQUIRE_FALSE(name.has_value());
    CHECK(name.error().hints == std::vector<std::string>{"test-cases/checkout/failed"});
  }
}

TEST_SUITE("qsnap::store::parse_side") {
  TEST_CASE("tells live, names, files and revisions apart") {
    struct Row {
      std::string text;
      Side::Kind kind;
      std::string name;
      std::string revision;
      std::string file;
    };
    const std::vector<Row> rows = {
        {"live", Side::Kind::live, "", "", ""},
        {"-", Side::Kind::input, "", "", ""},
        {"x", Side::Kind::name, "test-cases/x", "", ""},
        {"baselines/x", Side::Kind::name, "baselines/x", "", ""},
        {"./x", Side::Kind::file, "", "", "./x"},
        {"../x", Side::Kind::file, "", "", "../x"},
        {"/tmp/x", Side::Kind::file, "", "", "/tmp/x"},
        {"x.qsnap", Side::Kind::file, "", "", "x.qsnap"},
        {"a/b/c.qsnap", Side::Kind::file, "", "", "a/b/c.qsnap"},
        {"./a:b.qsnap", Side::Kind::file, "", "", "./a:b.qsnap"},
        {"HEAD:x", Side::Kind::revision, "test-cases/x", "HEAD", ""},
        {"main~2:history/x", Side::Kind::revision, "history/x", "main~2", ""},
        {"origin/main:x", Side::Kind::revision, "test-cases/x", "origin/main", ""},
        {"HEAD^{/fix: it}:x", Side::Kind::revision, "test-cases/x", "HEAD^{/fix: it}", ""},
        {":/message:x", Side::Kind::revision, "test-cases/x", ":/message", ""},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      const auto side = parse_side(row.text);
      REQUIRE(side.has_value());
      CHECK(side->kind == row.kind);
      CHECK(side->text == row.text);
      CHECK(side->name == row.name);
      CHECK(side->revision == row.revision);
      CHECK(side->file == row.file);
    }
  }

  TEST_CASE("refuses what is none of them") {
    for (const std::string& text : {""s, ":x"s, "HEAD:"s, "HEAD:x.qsnap"s, "HEAD:./x"s, "HEAD:../x"s, "HEAD:live"s,
                                    "HEAD\0:x"s, "a b"s, "lfs/x"s, ".."s}) {
      CAPTURE(text);
      const auto side = parse_side(text);
      REQUIRE_FALSE(side.has_value());
      CHECK(side.error().code == ErrorCode::usage);
    }
  }
}

TEST_SUITE("qsnap::store::parse_range") {
  TEST_CASE("reads two revisions as Git writes them") {
    struct Row {
      std::string text;
      Range::Start start;
      std::string before;
      std::string after;
    };
    const std::vector<Row> rows = {
        {"a..b", Range::Start::before, "a", "b"},
        {"origin/main...HEAD", Range::Start::merge_base, "origin/main", "HEAD"},
        {"main..", Range::Start::before, "main", "HEAD"},
        {"..topic", Range::Start::before, "HEAD", "topic"},
        {"main...", Range::Start::merge_base, "main", "HEAD"},
        {"v1.2..v1.3", Range::Start::before, "v1.2", "v1.3"},
        {"HEAD^{/fix: it}..HEAD", Range::Start::before, "HEAD^{/fix: it}", "HEAD"},
        {"test-cases/x..y", Range::Start::before, "test-cases/x", "y"},
    };
    for (const Row& row : rows) {
      CAPTURE(row.text);
      const auto range = parse_range(row.text);
      REQUIRE(range.has_value());
      CHECK(range->start == row.start);
      CHECK(range->before == row.before);
      CHECK(range->after == row.after);
    }
  }

  TEST_CASE("leaves files, names and sides alone") {
    for (const std::string& text : {""s, "x"s, "."s, ".."s, "live"s, "HEAD~1"s, "../x"s, "./a..b"s, "/tmp/a..b"s,
                                    "a..b.qsnap"s, "HEAD:a..b"s, "HEAD:x"s}) {
      CAPTURE(text);
      CHECK_FALSE(parse_range(text).has_value());
    }
  }
}
