// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <future>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/base/ordered_workers.hpp>
#include <qsnap/base/stage.hpp>

TEST_SUITE_BEGIN("qsnap::Stage and qsnap::OrderedWorkers");

namespace qsnap {

namespace {

std::vector<int> numbers(int count) {
  std::vector<int> all(static_cast<std::size_t>(count));
  std::iota(all.begin(), all.end(), 0);
  return all;
}

Error full() {
  return make_error(ErrorCode::io, "disk full");
}

/// Work that takes longer for some numbers than for others, so that threads overtake each other.
std::string laborious(int number) {
  std::string text = std::to_string(number);
  for (int i = 0; i < number % 7 * 400; ++i) {
    text.insert(text.begin(), 'x');
  }
  return text;
}

using Workers = OrderedWorkers<int, std::string>;

}  // namespace

TEST_CASE("a stage works on every item in order") {
  std::vector<int> seen;
  Stage<int> stage{3, [&](int item) -> Result<void> {
                     seen.push_back(item);
                     return {};
                   }};
  for (const int item : numbers(5000)) {
    REQUIRE(stage.push(item, 1));
  }
  REQUIRE(stage.finish());
  CHECK(seen == numbers(5000));
}

TEST_CASE("no more waits for a stage than its bound allows, but for one heavier item") {
  std::atomic<int> begun{0};
  Stage<int> stage{4, [&](int) -> Result<void> {
                     ++begun;
                     return {};
                   }};
  for (const int item : numbers(1000)) {
    REQUIRE(stage.push(item, 2));
    // Of the items pushed so far, two may wait and one may just have been taken.
    REQUIRE(item + 1 - begun.load() <= 3);
  }
  REQUIRE(stage.push(1000, 100));
  REQUIRE(stage.finish());
  CHECK(begun.load() == 1001);
}

TEST_CASE("the error of an item ends a stage and comes back, however many items still come") {
  int worked = 0;
  Stage<int> stage{2, [&](int item) -> Result<void> {
                     ++worked;
                     return item == 10 ? Result<void>{full()} : Result<void>{};
                   }};
  Result<void> pushed;
  for (int item = 0; pushed && item < 1'000'000; ++item) {
    pushed = stage.push(item, 1);
  }
  REQUIRE_FALSE(pushed);
  CHECK(pushed.error().message == "disk full");
  REQUIRE_FALSE(stage.finish());
  CHECK(stage.finish().error().message == "disk full");
  CHECK(worked == 11);
}

TEST_CASE("an exception of a stage's work comes back, too") {
  Stage<int> stage{2, [](int) -> Result<void> { throw std::logic_error{"a bug"}; }};
  CHECK_THROWS_WITH_AS(
      [&] {
        while (stage.push(1, 1)) {
        }
      }(),
      "a bug", std::logic_error);
}

TEST_CASE("a stage that is given up lets its waiting items go and its thread end") {
  std::promise<void> first_may_end;
  std::atomic<int> worked{0};
  {
    Stage<int> stage{10, [&, gate = first_may_end.get_future().share()](int) -> Result<void> {
                       gate.wait();
                       ++worked;
                       return {};
                     }};
    for (const int item : numbers(5)) {
      REQUIRE(stage.push(item, 1));
    }
    first_may_end.set_value();
  }
  CHECK(worked.load() <= 5);
}

TEST_CASE("workers deliver in the order of the jobs, whatever the number of threads") {
  std::vector<std::string> wanted;
  for (const int number : numbers(2000)) {
    wanted.push_back(laborious(number));
  }
  for (const std::size_t threads : {0U, 1U, 2U, 4U}) {
    CAPTURE(threads);
    std::vector<std::string> delivered;
    Workers workers{threads, 5, [] { return [](int number) -> Result<std::string> { return laborious(number); }; },
                    [&](std::string done) -> Result<void> {
                      delivered.push_back(std::move(done));
                      return {};
                    }};
    for (const int number : numbers(2000)) {
      REQUIRE(workers.submit(number, 1));
      REQUIRE(delivered.size() + 5 >= static_cast<std::size_t>(number));  // so little is under way
    }
    REQUIRE(workers.finish());
    CHECK(delivered == wanted);
  }
}

TEST_CASE("an error of the work comes back in its turn, and nothing behind it is delivered") {
  for (const std::size_t threads : {0U, 1U, 4U}) {
    CAPTURE(threads);
    int delivered = 0;
    const auto work = [](int number) -> Result<std::string> {
      return number == 10 ? Result<std::string>{full()} : Result<std::string>{laborious(number)};
    };
    Workers workers{threads, 4, [&] { return work; },
                    [&](const std::string&) -> Result<void> {
                      ++delivered;
                      return {};
                    }};
    Result<void> submitted;
    for (int number = 0; submitted && number < 1'000'000; ++number) {
      submitted = workers.submit(number, 1);
    }
    REQUIRE_FALSE(submitted);
    CHECK(submitted.error().message == "disk full");
    CHECK(delivered == 10);
  }
}

TEST_CASE("an error of the delivery and an exception of the work come back") {
  for (const std::size_t threads : {0U, 1U, 4U}) {
    CAPTURE(threads);
    Workers full_disk{threads, 4, [] { return [](int n) -> Result<std::string> { return laborious(n); }; },
                      [](const std::string&) -> Result<void> { return full(); }};
    Result<void> submitted;
    for (int number = 0; submitted && number < 1'000'000; ++number) {
      submitted = full_disk.submit(number, 1);
    }
    REQUIRE_FALSE(submitted);
    CHECK(submitted.error().message == "disk full");

    Workers bug{threads, 4, [] { return [](int) -> Result<std::string> { throw std::logic_error{"a bug"}; }; },
                [](const std::string&) -> Result<void> { return {}; }};
    const auto run = [&]() -> Result<void> {
      QSNAP_TRY(bug.submit(1, 1));
      return bug.finish();
    };
    CHECK_THROWS_WITH_AS(static_cast<void>(run()), "a bug", std::logic_error);
  }
}

}  // namespace qsnap
TEST_SUITE_END();
