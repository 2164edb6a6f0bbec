// SPDX-License-Identifier: Apache-2.0
#include <string>

#include <doctest/doctest.h>

#include <qsnap/app/inspect.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/report/job_report.hpp>

namespace qsnap::app {

namespace {

std::string shown(const std::string& payload, const std::string& enc, const std::string& codec = "") {
  model::Record job;
  job.section = model::Section::jobs;
  job.fields.set("queue", R"("rq:rq:mail")");
  job.fields.set("payload", payload);
  job.fields.set("enc", json_string(enc));
  if (!codec.empty()) {
    job.fields.set("codec", json_string(codec));
  }
  auto text = report::whole_job_text(job_row(job), job, frameworks::decode::DecodingPayloadReader{}, report::Style{});
  REQUIRE(text);
  return *std::move(text);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("qsnap::app: a job is shown with its payload decoded") {
  TEST_CASE("by the codec of the job, which is shown, too") {
    const std::string text = shown(R"("W3sidG8iOiJhIn0sM10=")", "text", "base64+json");
    CHECK(contains(text, ".codec  base64+json\n"));
    CHECK(contains(text, ".payload[0].to  a\n"));
    CHECK(contains(text, ".payload[1]  3\n"));
  }

  TEST_CASE("as size and digest when it is not in its codec") {
    const std::string text = shown(R"("abc")", "text", "zlib+pickle");
    CHECK(contains(text, ".payload  3 bytes, sha256 ba7816bf8f01\n"));
  }

  TEST_CASE("where strings inside of it are encoded") {
    const std::string text = shown(R"({"command":"O:3:\"Job\":1:{s:2:\"id\";i:7;}"})", "json");
    CHECK(contains(text, ".payload.command[\"$class\"]  Job\n"));
    CHECK(contains(text, ".payload.command.id  7\n"));
  }
}

}  // namespace qsnap::app
