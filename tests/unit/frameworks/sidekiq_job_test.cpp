// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/codec/record_json.hpp>
#include <qsnap/frameworks/sidekiq/job.hpp>

#include "sidekiq_support.hpp"

namespace {

using qsnap::ErrorCode;
using qsnap::codec::format_record;
using qsnap::frameworks::sidekiq::get_score;
using qsnap::frameworks::sidekiq::job_element;
using qsnap::frameworks::sidekiq::job_place;
using qsnap::frameworks::sidekiq::job_record;
using qsnap::frameworks::sidekiq::set_score;
using qsnap::model::Record;
using qsnap::model::Section;
using qsnap::test::take;

Record record_of(std::string_view element, std::string_view queue = "low") {
  return job_record(job_place("sidekiq::" + std::string{queue}, queue, "waiting"), element);
}

Record parse(std::string_view line) {
  return take(qsnap::codec::parse_record(Section::jobs, line));
}

TEST_SUITE("qsnap::frameworks::sidekiq job") {
  TEST_CASE("a job of Sidekiq 6 is split into meaning and noise") {
    const std::string element =
        R"({"retry":25,"queue":"low","tags":["é"],"class":"Resize","args":[{"n":9007199254740993,"f":1e-7}],)"
        R"("jid":"b75f9abb00cfa983170a2150","created_at":1795168754.7141597,"enqueued_at":1795168754.7141948,)"
        R"("error_message":"boom","error_class":"NoMethodError","failed_at":1795168754.9875965,"retry_count":0,)"
        R"("error_backtrace":"eJy1\n"})";
    const Record record = record_of(element);
    CHECK(format_record(record) ==
          R"({"enc":"json","error":"boom","error_class":"NoMethodError","max_retries":25,"name":"Resize",)"
          R"("opts":{"tags":["é"]},"payload":[{"n":9007199254740993,"f":1e-7}],"queue":"sidekiq::low","retry_count":0,)"
          R"("state":"waiting","volatile":{"created_at_s":1795168754.7141597,"enqueued_at_s":1795168754.7141948,)"
          R"("failed_at_s":1795168754.9875965,"id":"b75f9abb00cfa983170a2150",)"
          R"("order":["retry","queue","tags","class","args","jid","created_at","enqueued_at","error_message",)"
          R"("error_class","failed_at","retry_count","error_backtrace"],"stacktrace":"eJy1\n"}})");
    CHECK(take(job_element(record, "low")) == element);
  }

  TEST_CASE("a job of Sidekiq 8 counts milliseconds, and a chosen jid is part of its meaning") {
    const std::string element = R"({"class":"A","args":[],"jid":"nightly","created_at":1795168754714,"retry":true})";
    const Record record = record_of(element);
    CHECK(format_record(record) ==
          R"({"enc":"json","id":"nightly","max_retries":true,"name":"A","payload":[],"queue":"sidekiq::low",)"
          R"("state":"waiting","volatile":{"created_at_ms":1795168754714,)"
          R"("order":["class","args","jid","created_at","retry"]}})");
    CHECK(take(job_element(record, "low")) == element);
  }

  TEST_CASE("every element comes back byte for byte") {
    const std::string deep = std::string(100, '[') + std::string(100, ']');
    const std::string deeper = std::string(126, '[') + std::string(126, ']');
    const std::vector<std::string> elements = {
        R"({"class":"A","args":[],"jid":"x"})",
        R"({"jid":"x","args":[],"class":"A","queue":"low"})",
        R"({"queue":"other","class":"A","args":[],"jid":"x"})",
        R"({"queue":null,"class":"A","args":[],"jid":"x"})",
        R"({"class":"A","args":{"not":"a list"},"jid":"x","":1,"opts":{},"form":"raw","body":"missing","id":3})",
        R"({"class":"A","args":[],"jid":"x","error_message":null,"retry":"often","retry_count":{},"created_at":"now"})",
        R"({"class":"A","args":[],"jid":"x","created_at":1e3,"failed_at":-1,"at":0.5,"retried_at":1795168754714.5})",
        R"({"class":"A","args":[],"jid":"x","created_at":0,"created_at_s":7,"created_at_ms":8,"enqueued_at":00})",
        R"({"class":"A","args":[],"jid":"x","created_at":1795168754714,"enqueued_at":17951687547140000000000})",
        R"({"class": "A", "args": ["\u00e9"], "jid": "x"})",
        R"({"class":"A\/B","args":["\u00e9"],"jid":"x"})",
        R"({"class":"A", "args":[],"jid":"x"})",
        R"({"class":"A","args":["\u003cb\u003e"],"jid":"x"})",
        R"({"class":"A","class":"B","args":[],"jid":"x"})",
        R"({"class":"A","args":[],"jid":7})",
        R"({"class":"A","jid":"x"})",
        R"({"class":"A","args":)" + deep + R"(,"jid":"x"})",
        R"({"class":"A","args":[],"jid":"x","tags":)" + deeper + "}",
        R"(["class","A"])",
        "17",
        "",
        "not json",
        "\xff\x00 bytes",
    };
    for (const std::string& element : elements) {
      CAPTURE(element);
      const Record record = record_of(element);
      CHECK(take(job_element(record, "low")) == element);
      // A record must also come back from its line: that is what a load reads.
      CHECK(take(job_element(parse(format_record(record)), "low")) == element);
    }
  }

  TEST_CASE("other writers' JSON styles keep the members readable") {
    const Record record = record_of(R"({"class": "A", "args": [1, "\u00e9"], "jid": "x"})");
    CHECK(record.fields.find("name") == R"("A")");
    CHECK(record.fields.find("payload") == R"([1,"é"])");
    CHECK(record.fields.find("enc") == R"("json-py")");
  }

  TEST_CASE("what is no job is kept as a whole") {
    CHECK(format_record(record_of("17")) ==
          R"({"enc":"json","form":"raw","payload":17,"queue":"sidekiq::low","state":"waiting"})");
    CHECK(format_record(record_of("not json")) ==
          R"({"enc":"text","form":"raw","payload":"not json","queue":"sidekiq::low","state":"waiting"})");
  }

  TEST_CASE("a queue whose name is not text never hides the job's own queue") {
    const std::string element = R"({"queue":"","class":"A","args":[],"jid":"x"})";
    const Record record = record_of(element, "\xff");
    CHECK(record.fields.find("opts") == R"({"queue":""})");
    CHECK(take(job_element(record, "\xff")) == element);
  }

  TEST_CASE("edited records have an element, too") {
    struct Case {
      std::string_view why, line, element;
    };
    const std::vector<Case> cases = {
        {"written by hand", R"({"name":"A","opts":{"tags":[1]},"payload":[],"queue":"sidekiq::low","state":"waiting"})",
         R"({"queue":"low","tags":[1],"class":"A","args":[]})"},
        {"with its retries", R"({"max_retries":5,"name":"A","payload":[],"queue":"sidekiq::low","state":"waiting"})",
         R"({"retry":5,"queue":"low","class":"A","args":[]})"},
        {"a member was added, another removed",
         R"({"error":"e","name":"A","payload":[],"queue":"sidekiq::low","state":"waiting",)"
         R"("volatile":{"order":["class","queue","jid","args","args"]}})",
         R"({"class":"A","queue":"low","args":[],"error_message":"e"})"},
        {"one member in two places",
         R"({"name":"A","opts":{"class":"B"},"payload":[],"queue":"sidekiq::low","state":"waiting",)"
         R"("volatile":{"order":["class"]}})",
         R"({"class":"B","args":[]})"},
    };
    for (const Case& each : cases) {
      CAPTURE(each.why);
      CHECK(take(job_element(parse(each.line), "low")) == each.element);
    }
  }

  TEST_CASE("what cannot be read is corrupt") {
    const std::vector<std::string_view> lines = {
        R"({"enc":5,"name":"A","payload":[],"queue":"sidekiq::low","state":"waiting"})",
        R"({"enc":"json-xx","name":"A","payload":[],"queue":"sidekiq::low","state":"waiting"})",
        R"({"form":"raw","queue":"sidekiq::low","state":"waiting"})",
        R"({"name":"A","opts":[],"payload":[],"queue":"sidekiq::low","state":"waiting"})",
        R"({"name":"A","payload":[],"queue":"sidekiq::low","state":"waiting","volatile":{"order":{}}})",
        R"({"name":"A","payload":[],"queue":"sidekiq::low","state":"waiting","volatile":{"order":[1]}})",
    };
    for (const std::string_view line : lines) {
      CAPTURE(line);
      const auto element = job_element(parse(line), "low");
      REQUIRE_FALSE(element);
      CHECK(element.error().code == ErrorCode::corrupt);
    }
  }

  TEST_CASE("an object of very many members takes no quadratic time") {
    std::string element = R"({"class":"A","args":[],"jid":"x")";
    for (int i = 0; i < 20'000; ++i) {
      element += ",\"m" + std::to_string(i) + "\":1";
    }
    element += '}';
    CHECK(take(job_element(record_of(element), "low")) == element);
  }

  TEST_CASE("a score is an instant that a load can shift, or else a text") {
    for (const std::string_view score : {"1795168769.9884737", "0", "17", "1795168769988", "0.5"}) {
      CAPTURE(score);
      Record record;
      set_score(record, "due_at_s", score);
      CHECK(record.volatiles.find("due_at_s") == score);
      CHECK(take(get_score(record, "due_at_s")) == score);
    }
    for (const std::string_view score : {"inf", "-inf", "-1", "1e+20", "5e-324", "-0"}) {
      CAPTURE(score);
      Record record;
      set_score(record, "due_at_s", score);
      CHECK_FALSE(record.volatiles.contains("due_at_s"));
      CHECK(take(get_score(record, "due_at_s")) == score);
    }
    Record shifted;
    shifted.volatiles.set("due_at_s", "1795168770.500");
    CHECK(take(get_score(shifted, "due_at_s")) == "1795168770.5");
    CHECK(get_score(Record{}, "due_at_s").error().code == ErrorCode::corrupt);
  }
}

}  // namespace
