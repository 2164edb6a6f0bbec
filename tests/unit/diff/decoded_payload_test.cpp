// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/compare.hpp>

#include "fake_source.hpp"

namespace qsnap::diff {

namespace {

/// Knows one codec: "upper" is JSON in capitals behind an exclamation mark. Strings like that are decoded without one.
class UpperReader final : public model::PayloadReader {
 public:
  [[nodiscard]] Result<std::string> sorted(std::string_view json) const override { return m_reader.sorted(json); }
  [[nodiscard]] Result<std::vector<Leaf>> leaves(std::string_view json) const override { return m_reader.leaves(json); }
  [[nodiscard]] Result<std::vector<model::Field>> members(std::string_view json) const override {
    return m_reader.members(json);
  }
  [[nodiscard]] std::optional<std::string> bytes(std::string_view json) const override { return m_reader.bytes(json); }

  [[nodiscard]] Result<std::string> decoded(std::string_view payload, std::string_view enc,
                                            std::string_view codec) const override {
    const bool is_upper = payload.starts_with("\"!") && payload.ends_with('"');
    if (codec.empty()) {
      return is_upper ? lower(payload) : std::string{payload};
    }
    CHECK(enc == "text");
    return is_upper && codec == "upper" ? Result<std::string>{lower(payload)}
                                        : make_error(ErrorCode::corrupt, "not in capitals");
  }
  [[nodiscard]] std::string summary(std::string_view payload, std::string_view /*enc*/) const override {
    return fmt::format("{} bytes", payload.size());
  }

 private:
  /// "!['A', 1]" → ["a",1]
  static std::string lower(std::string_view payload) {
    std::string json;
    for (const char c : payload.substr(2, payload.size() - 3)) {
      if (c != ' ') {
        json += c == '\'' ? '"' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
      }
    }
    return json;
  }

  test::MiniPayloadReader m_reader;
};

std::string job(int id, const std::string& payload, const std::string& codec = "upper") {
  const std::string member = codec.empty() ? "" : fmt::format(R"("codec":"{}",)", codec);
  return fmt::format(R"({{{}"enc":"text","name":"send","payload":{},"queue":"rq:rq:mail","state":"waiting",)"
                     R"("volatile":{{"created_at_ms":1000,"id":"{}"}}}})",
                     member, payload, id);
}

std::vector<std::string> changes_of(const std::string& before, const std::string& after,
                                    const std::string& ignored = "") {
  config::Config config;
  if (!ignored.empty()) {
    config.ignore.push_back(*config::PathPattern::parse(ignored));
  }
  test::State old_state, new_state;
  old_state.jobs = {before};
  new_state.jobs = {after};
  const auto changes =
      compare(test::FakeSource{old_state}, test::FakeSource{new_state}, config, UpperReader{}, Progress{});
  REQUIRE(changes);
  std::vector<std::string> lines;
  for (const Change& change : changes->list) {
    std::string& line = lines.emplace_back(to_text(change.kind));
    for (const FieldChange& field : change.fields) {
      line += fmt::format(" {}:{}=>{}", field.path, field.before.value_or("-"), field.after.value_or("-"));
    }
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_SUITE("qsnap::diff: payloads in a codec") {
  TEST_CASE("a change is told by its path in the decoded value") {
    CHECK(changes_of(job(1, R"("!{'A':[1,2]}")"), job(1, R"("!{'A':[1,3]}")")) ==
          Lines{"payload_changed .payload.a[1]:2=>3"});
    CHECK(changes_of(job(1, R"("!{'A':1}")"), job(1, R"("!{'A':1}")")) == Lines{});
  }

  TEST_CASE("the same value in other bytes is told as that") {
    CHECK(changes_of(job(1, R"("!['A']")"), job(1, R"("![ 'A' ]")")) ==
          Lines{R"(payload_changed .payload:"8 bytes"=>"same value, other bytes")"});
  }

  TEST_CASE("what cannot be decoded differs by its summary") {
    CHECK(changes_of(job(1, R"("x")"), job(1, R"("xyz")")) ==
          Lines{R"(payload_changed .payload:"3 bytes"=>"5 bytes")"});
    CHECK(changes_of(job(1, R"("![1]")"), job(1, R"("![1]2")", "other")).size() == 1);
  }

  TEST_CASE("an ignore rule reaches into the decoded value") {
    CHECK(changes_of(job(1, R"("!{'A':1,'B':1}")"), job(1, R"("!{'A':2,'B':1}")"), "jobs.payload.a") == Lines{});
    CHECK(changes_of(job(1, R"("!{'A':1,'B':1}")"), job(1, R"("!{'A':2,'B':2}")"), "jobs.payload.a") ==
          Lines{"payload_changed .payload.b:1=>2"});
    // Without the ignored leaf it is the same job, whatever its id.
    CHECK(changes_of(job(1, R"("!{'A':1,'B':1}")"), job(2, R"("!{'A':2,'B':1}")"), "jobs.payload.a") == Lines{});
  }

  TEST_CASE("jobs with other ids are matched by what they decode to") {
    CHECK(changes_of(job(1, R"("!{'A':1,'B':2,'C':3,'D':4}")"), job(2, R"("!{'A':1,'B':2,'C':3,'D':5}")")) ==
          Lines{"payload_changed .payload.d:4=>5"});
  }

  TEST_CASE("a string inside of a payload without a codec is looked into") {
    const auto with = [](const std::string& text) { return job(1, fmt::format(R"({{"c":"{}","n":1}})", text), ""); };
    CHECK(changes_of(with("!{'A':1}"), with("!{'A':2}")) == Lines{"payload_changed .payload.c.a:1=>2"});
    CHECK(changes_of(with("!{'A':1}"), with("!{ 'A':1}")) ==
          Lines{R"(payload_changed .payload.c:"!{'A':1}"=>"same value, other bytes")"});
    CHECK(changes_of(with("!{'A':1}"), with("plain")) == Lines{R"(payload_changed .payload.c:"!{'A':1}"=>"plain")"});
    CHECK(changes_of(with("!{'A':1}"), with("!{'A':2}"), "jobs.payload.c.a") == Lines{});
  }
}

}  // namespace qsnap::diff
