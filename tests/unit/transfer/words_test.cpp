// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <qsnap/transfer/manifest.hpp>
#include <qsnap/transfer/protocol.hpp>
#include <qsnap/transfer/store_location.hpp>

using namespace qsnap;
using namespace qsnap::transfer;

namespace {

const std::string k_id(64, 'a'), k_other(64, 'b');

}  // namespace

TEST_CASE("a manifest reads back as it was written") {
  const Manifest manifest{k_id, 7, {{k_other, 4}, {k_id, 3}}};
  const std::string text = format_manifest(manifest);
  const auto read = parse_manifest(text);
  REQUIRE(read);
  CHECK(*read == manifest);
  CHECK(format_manifest(*read) == text);
  REQUIRE(parse_manifest(format_manifest({k_id, 0, {}})));
}

TEST_CASE("a manifest that is cut or changed anywhere is refused, or is another manifest") {
  const Manifest manifest{k_id, 7, {{k_other, 4}, {k_id, 3}}};
  const std::string text = format_manifest(manifest);
  for (std::size_t end = 0; end < text.size(); ++end) {
    CHECK_FALSE(parse_manifest(text.substr(0, end)));
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string changed = text;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    if (const auto read = parse_manifest(changed)) {
      CHECK(*read != manifest);
      CHECK(format_manifest(*read) == changed);
    }
  }
}

TEST_CASE("a manifest's sizes are bounded and make the object") {
  const auto with = [](std::string_view size, std::string_view chunk) {
    return "version git-qsnap-lfs/1\noid sha256:" + k_id + "\nsize " + std::string{size} + "\n" + std::string{chunk};
  };
  const std::string id = "u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7u7s ";
  REQUIRE(parse_manifest(with("5", id + "5\n")));
  for (const std::string& chunk :
       {id + "4\n", id + "-5\n", id + "05\n", id + "0\n", id + "5", id + "9000000\n", std::string{"zz 5\n"},
        std::string{"\n"}, id + "5\n" + id + "18446744073709551615\n"}) {
    CHECK_FALSE(parse_manifest(with("5", chunk)));
  }
  CHECK_FALSE(parse_manifest(with("99999999999999", id + "5\n")));
  const auto later = parse_manifest("version git-qsnap-lfs/2\n");
  REQUIRE_FALSE(later);
  CHECK(later.error().code == ErrorCode::unsupported_version);
}

TEST_CASE("places are told apart as scp and git do") {
  const auto parse = [](std::string_view text) { return parse_store_location(text, "/base"); };
  CHECK(*parse("/srv/store") == StoreLocation{"", {}, "/srv/store"});
  CHECK(*parse("store") == StoreLocation{"", {}, "/base/store"});
  CHECK(*parse("./a:b") == StoreLocation{"", {}, "/base/a:b"});
  CHECK(*parse("me@host:store") == StoreLocation{"me@host", {}, "store"});
  CHECK(*parse("ssh://me@host:2222/srv/x") == StoreLocation{"me@host", 2222, "/srv/x"});
  CHECK(format_store_location(*parse("ssh://me@host:2222/srv/x")) == "ssh://me@host:2222/srv/x");
  CHECK(format_store_location(*parse("ssh://host/srv/x")) == "host:/srv/x");
}

TEST_CASE("a host or a path that ssh or rsync could take for something else is refused") {
  for (const std::string_view text :
       {"", "-oProxyCommand=x:/y", "ssh://-oProxyCommand=x/y", "ssh://a@-b/y", "ho st:/x", "h;touch:/x",
        "host:", "host:-x", "ssh://host", "ssh://host/", "ssh://host:0/x", "ssh://host:99999/x", "ssh://host:x/y",
        "https://host/x", "::x", "a@b@c:/x", "host:/x\n", "$(x):/y"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_store_location(text, "/base"));
  }
}

TEST_CASE("requests of git-lfs are understood") {
  const auto init = parse_request(R"({"event":"init","operation":"upload","remote":"origin","concurrent":false})");
  REQUIRE(init);
  CHECK(init->kind == RequestKind::init);
  CHECK(init->remote == "origin");
  const auto upload =
      parse_request(R"({"event":"upload","oid":")" + k_id + R"(","size":12,"path":"/a \"b\" \u00e4","action":null})");
  REQUIRE(upload);
  CHECK(upload->object_id == k_id);
  CHECK(upload->bytes == 12);
  CHECK(upload->path == "/a \"b\" ä");
  CHECK(parse_request(R"({"event":"terminate"})")->kind == RequestKind::terminate);
}

TEST_CASE("anything else is refused, whatever it is") {
  const std::string object = R"("oid":")" + k_id + '"';
  const std::array lines = {std::string{},
                            std::string{"null"},
                            std::string{"[]"},
                            std::string{"{"},
                            std::string{R"({"event":"delete"})"},
                            std::string{R"({"event":["init"]})"},
                            std::string{R"({"event":"download","oid":"../../etc/passwd","size":1})"},
                            std::string{R"({"event":"download","oid":"AA"})"},
                            "{\"event\":\"download\"," + object + R"(,"size":-1})",
                            "{\"event\":\"download\"," + object + R"(,"size":1e400})",
                            "{\"event\":\"download\"," + object + R"(,"size":99999999999999999999})",
                            "{\"event\":\"upload\"," + object + R"(,"size":1})",
                            std::string(100000, '['),
                            R"({"event":")" + std::string(k_most_request_bytes, 'x') + "\"}"};
  for (const std::string& line : lines) {
    CAPTURE(line.substr(0, 80));
    CHECK_FALSE(parse_request(line));
  }
}

TEST_CASE("answers are one line of JSON, whatever an error says") {
  const Error error = make_error(ErrorCode::not_found, "no \x1b[31m\xff\n\"file\"", {"do this"});
  CHECK(init_answer({}) == "{}\n");
  CHECK(init_answer(error) == "{\"error\":{\"code\":2,\"message\":\"no ?[31m? \\\"file\\\"; try: do this\"}}\n");
  CHECK(complete_answer("id", std::string{}) == "{\"event\":\"complete\",\"oid\":\"id\"}\n");
  CHECK(complete_answer("id", std::string{"/x"}) == "{\"event\":\"complete\",\"oid\":\"id\",\"path\":\"/x\"}\n");
  CHECK(progress_answer("id", 5, 3) ==
        "{\"event\":\"progress\",\"oid\":\"id\",\"bytesSoFar\":5,\"bytesSinceLast\":3}\n");
}
