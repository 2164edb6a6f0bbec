// SPDX-License-Identifier: Apache-2.0
#include <chrono>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/config/rule_arguments.hpp>
#include <qsnap/config/tolerance.hpp>

using namespace qsnap::config;
using qsnap::Decimal;
using Of = Tolerance::Of;
using Bound = Tolerance::Bound;

namespace {

Config with(const RuleArguments& arguments, Config config = {}) {
  auto result = with_arguments(std::move(config), arguments);
  REQUIRE_MESSAGE(result, result.error().message);
  return *std::move(result);
}

std::string verdict(const RuleArguments& arguments) {
  const auto result = with_arguments({}, arguments);
  return result ? "accepted" : result.error().message;
}

}  // namespace

TEST_SUITE("config::parse_tolerance") {
  TEST_CASE("every way to write a tolerance") {
    struct Case {
      const char* text;
      Of of;
      Bound bound;
      const char* amount;
    };
    const Case cases[] = {
        {"2", Of::number, Bound::absolute, "2"},
        {"0.5", Of::number, Bound::absolute, "0.5"},
        {"0", Of::number, Bound::absolute, "0"},
        {"1%", Of::number, Bound::percent, "1"},
        {"0.25%", Of::number, Bound::percent, "0.25"},
        {"1000000%", Of::number, Bound::percent, "1000000"},
        {"500ms", Of::number, Bound::absolute, "500"},
        {"2s", Of::number, Bound::absolute, "2000"},
        {"1.5m", Of::number, Bound::absolute, "90000"},
        {"1h", Of::number, Bound::absolute, "3600000"},
        {"2m in s", Of::number, Bound::absolute, "120"},
        {"500ms in s", Of::number, Bound::absolute, "0.5"},
        {"5s in us", Of::number, Bound::absolute, "5000000"},
        {"1ms in ns", Of::number, Bound::absolute, "1000000"},
        {"8784h in s", Of::number, Bound::absolute, "31622400"},
        {"length", Of::length, Bound::counts, "0"},
        {"length 3", Of::length, Bound::absolute, "3"},
        {"length 10%", Of::length, Bound::percent, "10"},
        {"instant 5s", Of::instant, Bound::absolute, "5000000000"},
        {"renumbered", Of::renumbered, Bound::absolute, "0"},
        {"ignore", Of::anything, Bound::absolute, "0"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.text);
      const auto tolerance = parse_tolerance(c.text);
      REQUIRE(tolerance);
      CHECK(tolerance->of == c.of);
      CHECK(tolerance->bound == c.bound);
      CHECK(tolerance->amount == *Decimal::parse(c.amount));
    }
  }

  TEST_CASE("what is none is refused, however hostile") {
    for (const std::string text : {"",
                                   " ",
                                   "-1",
                                   "-1%",
                                   "1e3",
                                   "1e999",
                                   "1e999%",
                                   "nan",
                                   "NaN%",
                                   "inf",
                                   "1000001%",
                                   "%",
                                   "1 %",
                                   "1%%",
                                   "5x",
                                   "5d",
                                   "9999999h",
                                   "1e9h",
                                   "0.0000000001s",
                                   "ms",
                                   "5s in",
                                   "5s in m",
                                   "5s in s in s",
                                   "length ",
                                   "length x",
                                   "length -1",
                                   "length 5s",
                                   "instant",
                                   "instant 5",
                                   "instant 5%",
                                   "instant -5s",
                                   "instant 99999999999999999999h",
                                   "ignored",
                                   "ignore 5",
                                   "Length 5",
                                   "0x10",
                                   "1_000",
                                   "٣",
                                   "99999999999999999999999999"}) {
      CHECK_FALSE_MESSAGE(parse_tolerance(text), text);
    }
    CHECK(parse_tolerance(std::string(100'000, '9')).error().message.size() < 300);
  }

  TEST_CASE("sizes") {
    CHECK(*parse_size("1") == 1);
    CHECK(*parse_size("4096") == 4096);
    CHECK(*parse_size("512KiB") == 512U * 1024);
    CHECK(*parse_size("1MiB") == 1U << 20U);
    CHECK(*parse_size("20 MiB") == 20U << 20U);
    CHECK(*parse_size("5 B") == 5);
    CHECK(*parse_size("64GiB") == 64ULL << 30U);
    for (const char* text :
         {"", "0", "-1", "1MB", "1.5MiB", "65GiB", "KiB", "1  MiB", " 1", "99999999999999999999", "1e3", "nan"}) {
      CHECK_FALSE_MESSAGE(parse_size(text), text);
    }
  }
}

TEST_SUITE("config::with_arguments") {
  TEST_CASE("arguments stand before what the config says, and decide where both speak of the same thing") {
    const auto config = parse_config(R"(version: 1
ignore: [jobs.payload.a, jobs.payload.b]
tolerance:
  durations: {seconds: 2, percent: 5}
  counts: {absolute: 1, percent: 2}
  fields: {jobs.payload.c: 1%, jobs.payload.d: 2}
order: {mail: free, "bullmq:bull:mail": strict}
sample: {payloads_over: 2MiB}
)",
                                     "config.yaml");
    REQUIRE_MESSAGE(config, config.error().message);
    const Config same = with({}, *config);
    CHECK(same.ignore.size() == 2);
    CHECK(same.tolerances.size() == 2);
    CHECK(same.sample.payloads_over == 2U << 20U);
    CHECK(same.counts.percent == Decimal{2});

    const Config changed = with(
        {{"jobs.payload.b", "jobs[queue=mail].opts"},
         {"jobs.payload.a=3", "jobs[queue=mail].payload.c=5%", "jobs.payload.d=ignore", "durations=7s", "counts=5%"},
         {"mail=strict"},
         "64KiB"},
        *config);
    REQUIRE(changed.ignore.size() == 2);
    CHECK(changed.ignore[0].text() == "jobs.payload.b");
    CHECK(changed.ignore[1].text() == "jobs[queue=mail].opts");
    REQUIRE(changed.tolerances.size() == 4);
    CHECK(changed.tolerances[0].text == "jobs.payload.a: 3");
    CHECK(changed.tolerances[1].text == "jobs[queue=mail].payload.c: 5%");
    CHECK(changed.tolerances[2].text == "jobs.payload.d: ignore");
    CHECK(changed.tolerances[3].text == "jobs.payload.c: 1%");
    CHECK(changed.durations.absolute == std::chrono::seconds{7});
    CHECK(changed.durations.percent == doctest::Approx(0));
    CHECK(changed.counts.absolute.is_zero());
    CHECK(changed.counts.percent == Decimal{5});
    REQUIRE(changed.order.size() == 1);
    CHECK(changed.order[0].order == QueueOrder::strict);
    CHECK(changed.sample.payloads_over == 64U * 1024);
  }

  TEST_CASE("both bounds of durations and counts can be given") {
    const Config config = with({{}, {"durations=10%", "durations=1.5s", "counts=3", "counts=1%"}, {}, {}});
    CHECK(config.durations.absolute == std::chrono::milliseconds{1500});
    CHECK(config.durations.percent == doctest::Approx(10));
    CHECK(config.counts.absolute == Decimal{3});
    CHECK(config.counts.percent == Decimal{1});
  }

  TEST_CASE("due times are compared where somebody says how") {
    CHECK(!with({}).due);
    const Config said = with({{}, {"due=1m"}, {}, {}});
    REQUIRE(said.due);
    CHECK(said.due->absolute == std::chrono::minutes{1});
    CHECK(said.due->percent == doctest::Approx(0));
    CHECK(said.durations.absolute == std::chrono::seconds{2});
    const Config both = with({{}, {"due=10%", "due=5s"}, {}, {}}, said);
    CHECK(both.due->absolute == std::chrono::seconds{5});
    CHECK(both.due->percent == doctest::Approx(10));
  }

  TEST_CASE("a bad argument is named, with the place") {
    CHECK(verdict({{"jobs.payload.[x]"}, {}, {}, {}}) ==
          "--ignore: path \"jobs.payload.[x]\": a name is missing behind a dot (behind \"jobs.payload.\")");
    CHECK(verdict({{"job.x"}, {}, {}, {}}) ==
          "--ignore: path \"job.x\": must start with config, queues, jobs, workers or keys");
    CHECK(verdict({{}, {"jobs.payload.price"}, {}, {}}) ==
          "--tolerance \"jobs.payload.price\": it is written PATH=TOL: jobs.payload.price=1%");
    CHECK(verdict({{}, {"jobs.payload.price=lots"}, {}, {}}) ==
          "--tolerance: \"lots\" is no tolerance; it is written 2, 1%, 500ms, 2m in s, length 10%, instant 5s, "
          "renumbered or "
          "ignore");
    CHECK(verdict({{}, {"jobs[queue=mail"}, {}, {}}).starts_with("--tolerance: path \"jobs[queue\": "));
    for (const char* argument : {"durations=lots", "durations=5", "durations=101%", "durations=-1%", "durations=nan%",
                                 "due=60", "due=", "counts=5s", "counts=length 5", "counts=", "counts=-1"}) {
      CHECK_MESSAGE(verdict({{}, {argument}, {}, {}}).starts_with("--tolerance \""), argument);
    }
    for (const char* argument : {"mail", "mail=", "=free", "mail=any"}) {
      CHECK(verdict({{}, {}, {argument}, {}}) ==
            "--order \"" + std::string{argument} + "\": it is written QUEUE=free or QUEUE=strict");
    }
    CHECK(verdict({{}, {}, {}, "lots"}) ==
          "--sample: \"lots\" is no size up to 64GiB; it is written 4096, 512KiB or 1 MiB");
  }
}
