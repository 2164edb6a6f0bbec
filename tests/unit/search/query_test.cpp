// SPDX-License-Identifier: Apache-2.0
#include <qsnap/search/pattern.hpp>

#include "search_support.hpp"

using namespace qsnap;
using namespace qsnap::search;
using namespace qsnap::search::testing;

namespace {

/// What was found: "payload.reason: «declined»"; "no" where the record has it not.
std::string found(const std::vector<std::string>& words, const model::Record& record) {
  const auto query = parse_query(words);
  REQUIRE(query);
  const auto hits = match_record(*query, record, BackwardsReader{});
  REQUIRE(hits);
  if (!*hits) {
    return "no";
  }
  std::string text;
  for (const Hit& hit : **hits) {
    text += (text.empty() ? "" : " | ") + hit.path + ":";
    for (const Mark& mark : hit.excerpt.marks) {
      text += " " + hit.excerpt.text.substr(mark.begin, mark.size);
    }
  }
  return text;
}

model::Record sample() {
  model::Record record =
      job("bullmq:bull:mail", "failed", "send-welcome",
          R"({"reason":"The card was DECLINED\nby bank","items":[{"sku":"A-1"},{"sku":"A-2"}],"n":12.50})");
  record.fields.set("error", R"("gateway timeout")");
  record.volatiles.set("id", R"("17")");
  return record;
}

}  // namespace

TEST_CASE("words are found whole, whatever their case, in the line that has them") {
  CHECK(found({"declined"}, sample()) == "payload.reason: DECLINED");
  CHECK(found({"decline"}, sample()) == "no");
  CHECK(found({"decl*"}, sample()) == "payload.reason: DECL");
  CHECK(found({"card was declined"}, sample()) == "payload.reason: card was DECLINED");
  CHECK(found({"card declined"}, sample()) == "no");
  CHECK(found({"card", "declined"}, sample()) == "payload.reason: card DECLINED");
  CHECK(found({"by"}, sample()) == "payload.reason: by");
  CHECK(found({"nby"}, sample()) == "no");
  CHECK(found({"welcome"}, sample()) == "name: welcome");
  CHECK(found({"12.50"}, sample()) == "payload.n: 12.50");
  CHECK(found({"17"}, sample()) == "id: 17");
}

TEST_CASE("names of members are found, numbers of elements are not, and how a payload is written is no word") {
  CHECK(found({"sku"}, sample()) == "payload.items[0].sku:");
  CHECK(found({"json"}, sample()) == "no");
  CHECK(found({"payload"}, sample()) == "no");
  CHECK(found({"0"}, sample()) == "no");
}

TEST_CASE("a field is searched alone; a queue and a state are named as a whole") {
  CHECK(found({"name:welcome"}, sample()) == "name: welcome");
  CHECK(found({"name:timeout"}, sample()) == "no");
  CHECK(found({"error:timeout", "id:17"}, sample()) == "error: timeout | id: 17");
  CHECK(found({"queue:mail", "state:failed"}, sample()).empty());
  CHECK(found({"queue:bullmq:bull:mail"}, sample()).empty());
  CHECK(found({"queue:bull"}, sample()) == "no");
  CHECK(found({"queue:ma*"}, sample()).empty());
  CHECK(found({"state:fail"}, sample()) == "no");
  CHECK(found({"http://x"}, sample()) == "no");
}

TEST_CASE("a payload is searched as it is decoded") {
  model::Record record = job("q:q:q", "waiting", "n", R"("devil")");
  record.fields.set("codec", R"("upside-down")");
  CHECK(found({"lived"}, record) == "payload: lived");
  CHECK(found({"devil"}, record) == "no");
}

TEST_CASE("nothing, and a field without a value, is no query") {
  CHECK_FALSE(parse_query(std::vector<std::string>{}));
  CHECK_FALSE(parse_query({""}));
  CHECK_FALSE(parse_query({"\"\""}));
  CHECK_FALSE(parse_query({"name:"}));
  CHECK_FALSE(parse_query({"in:"}));
  CHECK(parse_query({"*"}));
}

TEST_CASE("an excerpt is short, holds the first mark, and never cuts a character") {
  std::string text;
  for (int i = 0; i < 1000; ++i) {
    text += "é ";
  }
  text += "needle";
  const Excerpt excerpt = excerpt_of(text, {{text.size() - 6, 6}});
  CHECK(excerpt.text.size() < 500);
  CHECK(excerpt.cut_front);
  CHECK_FALSE(excerpt.cut_end);
  REQUIRE(excerpt.marks.size() == 1);
  CHECK(excerpt.text.substr(excerpt.marks[0].begin, excerpt.marks[0].size) == "needle");
  CHECK(excerpt.text.starts_with("é") != excerpt.text.starts_with(" "));
  const Excerpt of_long_mark = excerpt_of(text, {{0, text.size()}});
  CHECK(of_long_mark.marks[0].size == of_long_mark.text.size());
}

TEST_CASE("a pattern finds bytes, in any case if wanted, and a hostile one ends with an error") {
  const auto find = [](std::string_view pattern, PatternKind kind, PatternCase letters, std::string_view text) {
    const auto compiled = Pattern::compile(pattern, kind, letters);
    REQUIRE(compiled);
    const auto mark = compiled->find(text);
    REQUIRE(mark);
    return *mark ? fmt::format("{}+{}", (*mark)->begin, (*mark)->size) : "no";
  };
  CHECK(find("b+", PatternKind::expression, PatternCase::sensitive, "abbc") == "1+2");
  CHECK(find("b+", PatternKind::fixed, PatternCase::sensitive, "abbc") == "no");
  CHECK(find("É", PatternKind::fixed, PatternCase::ignored, "caf\xC3\xA9") == "3+2");
  CHECK(find("c", PatternKind::expression, PatternCase::sensitive, "\xFF\xFE c") == "3+1");
  CHECK(find("", PatternKind::expression, PatternCase::sensitive, "a") == "0+0");
  const auto broken = Pattern::compile("(", PatternKind::expression, PatternCase::sensitive);
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == ErrorCode::usage);
  const auto hostile = Pattern::compile("^(a+)+$", PatternKind::expression, PatternCase::sensitive);
  REQUIRE(hostile);
  CHECK_FALSE(hostile->find(std::string(5000, 'a') + "c"));
}
