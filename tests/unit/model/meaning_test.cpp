// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/model/meaning.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::model {

TEST_SUITE("qsnap::model, meaning") {
  TEST_CASE("order decides what runs next in waiting, pending, paused and prioritized, and nowhere else") {
    for (const char* state : {"waiting", "pending", "paused", "prioritized"}) {
      CHECK_MESSAGE(order_counts(state), state);
    }
    for (const char* state : {"active", "delayed", "completed", "failed", "retry", "dead", ""}) {
      CHECK_FALSE_MESSAGE(order_counts(state), state);
    }
  }

  TEST_CASE("derived members and the note of how a record is rebuilt carry no meaning") {
    for (const char* member : {"body", "counts", "verbatim"}) {
      CHECK_FALSE_MESSAGE(carries_meaning(member), member);
    }
    CHECK(carries_meaning("payload"));
    CHECK(carries_meaning("refs"));
  }

  TEST_CASE("a job is there unless its id dangles or stands once more") {
    Record job;
    CHECK(has_body(job));
    job.fields.set("body", R"("verbatim")");
    CHECK(has_body(job));
    job.fields.set("body", R"("missing")");
    CHECK_FALSE(has_body(job));
    job.fields.set("body", R"("duplicate")");
    CHECK_FALSE(has_body(job));
  }
}

TEST_SUITE("qsnap::model::resolve_queue") {
  const std::vector<std::string> queues = {"bullmq:bull:mail", "sidekiq::mail", "bullmq:bull:sms"};

  TEST_CASE("a full id means itself, and a bare name the one queue that has it") {
    CHECK(*resolve_queue("sidekiq::mail", queues) == "sidekiq::mail");
    CHECK(*resolve_queue("sms", queues) == "bullmq:bull:sms");
  }

  TEST_CASE("a bare name of several queues is a usage error with the candidates") {
    const auto found = resolve_queue("mail", queues);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::usage);
    CHECK(found.error().hints == std::vector<std::string>{"name one of bullmq:bull:mail, sidekiq::mail"});
  }

  TEST_CASE("a name that no queue has is not found, and the hint says which there are") {
    const auto found = resolve_queue("mial", queues);
    REQUIRE_FALSE(found);
    CHECK(found.error().code == ErrorCode::not_found);
    CHECK(found.error().hints ==
          std::vector<std::string>{"the queues are bullmq:bull:mail, bullmq:bull:sms, sidekiq::mail"});
    CHECK(resolve_queue("mail", {}).error().code == ErrorCode::not_found);
  }
}

}  // namespace qsnap::model
