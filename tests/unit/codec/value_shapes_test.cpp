// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/codec/redaction_token.hpp>
#include <qsnap/codec/secret_names.hpp>
#include <qsnap/codec/value_shapes.hpp>

TEST_SUITE_BEGIN("qsnap::codec value shapes");

namespace qsnap::codec {

namespace {

using model::Shape;

std::vector<std::string> found(std::string_view text, std::vector<Shape> shapes) {
  std::vector<std::string> runs;
  for (const Span span : find_shapes(text, shapes)) {
    runs.emplace_back(text.substr(span.begin, span.end - span.begin));
  }
  return runs;
}

using Runs = std::vector<std::string>;

}  // namespace

TEST_CASE("e-mail addresses are found in longer texts, and words that only look like some are not") {
  const auto emails = [](std::string_view text) { return found(text, {Shape::email}); };
  CHECK(emails("mail to <ada.lovelace+x@mail.example.co.uk>, now") == Runs{"ada.lovelace+x@mail.example.co.uk"});
  CHECK(emails("bull:mail:bob@example.com:lock") == Runs{"bob@example.com"});
  CHECK(emails("ask bob@example.com.") == Runs{"bob@example.com"});
  CHECK(emails("?to=bob%40example.com&x=1") == Runs{"bob%40example.com"});
  CHECK(emails("jos\xc3\xa9@ex\xc3\xa4mple.com") == Runs{"jos\xc3\xa9@ex\xc3\xa4mple.com"});
  CHECK(emails("bob@example.com4111 bob@example.com.7") == Runs{"bob@example.com", "bob@example.com"});
  CHECK(emails("a@b.io,c@d.org") == Runs{"a@b.io", "c@d.org"});
  for (const std::string_view near : {"user@localhost", "@example.com", "bob@", "a @ b.com", "pkg@1.2.3", "logo@2x.png",
                                      "bob@.com", "bob@example.c", "100% 40 of", "@", ""}) {
    CAPTURE(near);
    CHECK(emails(near).empty());
  }
}

TEST_CASE("card numbers pass Luhn and begin like an issuer's") {
  const auto cards = [](std::string_view text) { return found(text, {Shape::card}); };
  CHECK(cards("4111111111111111") == Runs{"4111111111111111"});
  CHECK(cards("paid with 4111 1111 1111 1111.") == Runs{"4111 1111 1111 1111"});
  CHECK(cards("order 12 5500-0000-0000-0004, thanks") == Runs{"5500-0000-0000-0004"});
  CHECK(cards("amex 3400 000000 00009") == Runs{"3400 000000 00009"});
  CHECK(cards("key:4111111111111111:x") == Runs{"4111111111111111"});
  for (const std::string_view near : {
           "4111111111111112",                  // Luhn fails
           "411111111111111",                   // too short
           "1700000000000",                     // an instant in milliseconds
           "1795168757535323",                  // in microseconds
           "9111111111111111",                  // nobody's first digit
           "4111111111111111.5",                // a fraction
           "0.4111111111111111",                //
           "x4111111111111111",                 // within a word
           "4111111111111111a",                 //
           "41111111111111114111111111111111",  // a longer number
           "7373786931200000",                  // a score of BullMQ
       }) {
    CAPTURE(near);
    CHECK(cards(near).empty());
  }
}

TEST_CASE("JSON web tokens have three or five parts") {
  const auto jwts = [](std::string_view text) { return found(text, {Shape::jwt}); };
  const std::string jws = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  CHECK(jwts("Bearer " + jws + " x") == Runs{jws});
  CHECK(jwts("jwt_" + jws) == Runs{jws});
  CHECK(jwts("eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.") == Runs{"eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0."});
  CHECK(jwts("eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d") == Runs{"eyJhbGciOiJSU0EtT0FFUCJ9.a.b.c.d"});
  CHECK(jwts("eyJhbGciOiJIUzI1NiJ9").empty());
  CHECK(jwts("eyJhbGciOiJIUzI1NiJ9.only").empty());
  CHECK(jwts("xeyJhbGciOiJIUzI1NiJ9.a.b").empty());
  CHECK(jwts("eyJ.a.b").empty());
}

TEST_CASE("access keys of AWS, PEM blocks and passwords in URLs") {
  CHECK(found("id=AKIAIOSFODNN7EXAMPLE;", {Shape::aws_key}) == Runs{"AKIAIOSFODNN7EXAMPLE"});
  for (const std::string_view near : {"AKIAIOSFODNN7EXAMPL", "AKIAIOSFODNN7EXAMPLEX", "akiaiosfodnn7example",
                                      "XAKIAIOSFODNN7EXAMPLE", "AKIAiosfodnn7EXAMPLE"}) {
    CAPTURE(near);
    CHECK(found(near, {Shape::aws_key}).empty());
  }
  const std::string pem = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
  CHECK(found("key: " + pem + "\nrest", {Shape::pem}) == Runs{pem});
  CHECK(found("-----BEGIN PRIVATE KEY-----\ncut o", {Shape::pem}) == Runs{"-----BEGIN PRIVATE KEY-----\ncut o"});
  CHECK(found("---- BEGIN ----", {Shape::pem}).empty());
  CHECK(found("redis://app:s3cr3t@db.example:6379/0", {Shape::url_password}) == Runs{"s3cr3t"});
  CHECK(found("https://example.com:8080/a@b", {Shape::url_password}).empty());
  CHECK(found("https://user@example.com/", {Shape::url_password}).empty());
}

TEST_CASE("each shape can be switched off, and hits that overlap are one") {
  const std::string text = "amqp://u:pw@mq.example.com bob@example.com 4111111111111111";
  CHECK(found(text, {}).empty());
  CHECK(found(text, {Shape::card}) == Runs{"4111111111111111"});
  CHECK(found("amqp://u:pw@mq.example.com", {Shape::email, Shape::url_password}) == Runs{"pw@mq.example.com"});
}

TEST_CASE("a token is no secret") {
  const std::string token = TokenMaker{*RedactionKey::parse("a key for these tests")}.token("x");
  REQUIRE(token.size() == k_token_bytes);
  CHECK(is_token(token));
  CHECK(found(token, {model::k_shapes.begin(), model::k_shapes.end()}).empty());
  CHECK(found("u:" + token + "@example.com", {model::k_shapes.begin(), model::k_shapes.end()}).empty());
}

TEST_CASE("tokens depend on the secret and on the key") {
  const RedactionKey key = *RedactionKey::parse("a passphrase of mine"),
                     other = *RedactionKey::parse("another passphrase");
  const TokenMaker maker{key};
  CHECK(maker.token("x") == maker.token("x"));
  CHECK(maker.token("x") != maker.token("y"));
  CHECK(maker.token("x") != TokenMaker{other}.token("x"));
  CHECK(key.id() != other.id());
  CHECK(maker.token("x").find(key.id()) != std::string::npos);
}

TEST_CASE("a key has sixteen bytes at least") {
  CHECK_FALSE(RedactionKey::parse("short"));
  CHECK_FALSE(RedactionKey::parse("0123456789abcde"));
  CHECK_FALSE(RedactionKey::parse("0123456789ABCDEF0123"));  // hexadecimal: ten bytes
  CHECK(RedactionKey::parse(" 0123456789abcdef0123456789abcdef \n"));
  CHECK(RedactionKey::parse("correct horse battery"));
  CHECK(RedactionKey::parse(" correct horse battery\n")->id() == RedactionKey::parse("correct horse battery")->id());
}

TEST_CASE("names end with a listed one, whatever the case and what joins their words") {
  const std::vector<std::string> list = {"password", "api_key", "pwd", "token"};
  const SecretNames names{list};
  for (const std::string_view name : {"password", "PASSWORD", "userPassword", "user_password", "X-Api-Key", "apikey",
                                      "stripeApiKey", "pwd", "dbPwd", "db_pwd", "csrftoken", "access.token"}) {
    CAPTURE(name);
    CHECK(names.contains(name));
  }
  for (const std::string_view name : {"passwords", "passwordless", "cpwd", "key", "tokens", "token_count", "", "_"}) {
    CAPTURE(name);
    CHECK_FALSE(names.contains(name));
  }
}

TEST_CASE("values behind secret names are found in texts of no grammar") {
  const std::vector<std::string> list = {"password", "token", "authorization", "cookie"};
  const SecretNames names{list};
  const auto values = [&](std::string_view text) {
    Runs runs;
    for (const Span span : names.find_values(text)) {
      runs.emplace_back(text.substr(span.begin, span.end - span.begin));
    }
    return runs;
  };
  CHECK(values("login failed: password=hunter2 for ada") == Runs{"hunter2"});
  CHECK(values("GET /x?token=abc&y=1") == Runs{"abc"});
  CHECK(values(R"({"password": "a b", "x": 1)") == Runs{"a b"});
  CHECK(values(R"({\"password\":\"a b\",)") == Runs{"a b"});
  CHECK(values("{:password=>\"a b\"}") == Runs{"a b"});
  CHECK(values("password: 'a b'") == Runs{"a b"});
  CHECK(values("Authorization: Bearer abc.def\nHost: x") == Runs{"abc.def"});
  CHECK(values("password = x, token = y") == Runs{"x", "y"});
  CHECK(values("authorization: bearer abc") == Runs{"abc"});
  CHECK(values("Authorization: ApiKey abc\r\nHost: x") == Runs{"ApiKey abc"});
  CHECK(values("curl -H 'Cookie: a=b; sid=c' x") == Runs{"a=b; sid=c"});
  CHECK(values(R"(password="it\"s mine" x)") == Runs{R"(it\"s mine)"});
  CHECK(values(R"({\"password\":\"it\\\"s\",)") == Runs{R"(it\\\"s)"});
  CHECK(values(R"(password="C:\\" x)") == Runs{"C:"});
  CHECK(values("{'password': u'a b', 'token': b'c'}") == Runs{"a b", "c"});
  CHECK(values("password == \"a b\"; token := 'c'") == Runs{"a b", "c"});
  CHECK(values("password=token=\"a b\"") == Runs{"token=", "a b"});
  CHECK(values("bull:token:5").empty());
  CHECK(values("password").empty());
  CHECK(values("password=").empty());
  CHECK(values("tokens=3 key=4").empty());
}

TEST_CASE("a text that is nothing but the beginnings of secrets takes no longer than any other") {
  constexpr std::size_t k_repeats = 400'000;
  std::string names, headers, jwts;
  for (std::size_t i = 0; i < k_repeats; ++i) {
    names += "password=";
    headers += "cookie: ";
    jwts += "-eyJ";
  }
  const std::vector<std::string> list = {"password", "cookie"};
  CHECK(SecretNames{list}.find_values(names).size() == 1);
  CHECK(SecretNames{list}.find_values(headers).size() == 1);
  CHECK(found(jwts + "AAAAA." + std::string(k_repeats, 'B'), {Shape::jwt}).empty());
  CHECK(found(jwts + "AAAAA." + std::string(k_repeats, 'B') + ".C", {Shape::jwt}).size() == 1);
}

}  // namespace qsnap::codec
TEST_SUITE_END();
