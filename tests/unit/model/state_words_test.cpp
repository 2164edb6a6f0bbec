// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <doctest/doctest.h>

#include <qsnap/model/state_words.hpp>

using qsnap::model::known_states;
using qsnap::model::state_matches;

TEST_SUITE("model::state_words") {
  TEST_CASE("a framework's own word is itself") {
    CHECK(state_matches("bullmq", "waiting-children", "waiting-children"));
    CHECK(state_matches("celery", "started", "started"));
    CHECK_FALSE(state_matches("celery", "started", "active"));  // the result of a task that is reserved as well
    CHECK_FALSE(state_matches("bullmq", "prioritized", "waiting"));
    CHECK_FALSE(state_matches("sidekiq", "retry", "failed"));
  }

  TEST_CASE("a shared word finds what a framework calls it") {
    for (const auto* wanted : {"failed", "dead"}) {
      CHECK(state_matches("bullmq", "failed", wanted));
      CHECK(state_matches("sidekiq", "dead", wanted));
      CHECK(state_matches("asynq", "archived", wanted));
      CHECK(state_matches("dramatiq", "dead", wanted));
      CHECK(state_matches("rq", "failed", wanted));
      CHECK(state_matches("celery", "failure", wanted));
      CHECK_FALSE(state_matches("rq", "finished", wanted));
    }
    for (const auto* wanted : {"scheduled", "delayed"}) {
      CHECK(state_matches("bullmq", "delayed", wanted));
      CHECK(state_matches("sidekiq", "scheduled", wanted));
    }
    CHECK(state_matches("laravel", "pending", "waiting"));
    CHECK(state_matches("rq", "started", "active"));
    CHECK_FALSE(state_matches("stream", "pending", "waiting"));
  }

  TEST_CASE("the known words are sorted, each of them once") {
    const auto known = known_states();
    CHECK(std::is_sorted(known.begin(), known.end()));
    CHECK(std::adjacent_find(known.begin(), known.end()) == known.end());
    for (const auto* shared : {"waiting", "active", "scheduled", "delayed", "failed", "dead", "completed"}) {
      CHECK(std::binary_search(known.begin(), known.end(), shared));
    }
  }
}
