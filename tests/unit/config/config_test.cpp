// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include <doctest/doctest.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/config/config.hpp>

using qsnap::config::default_config_text;
using qsnap::config::parse_config;
using qsnap::config::QueueOrder;
using qsnap::config::SecretRule;

namespace {

/// The error's message, or "accepted".
std::string verdict(const std::string& text) {
  const auto config = parse_config(text, "config.yaml");
  return config ? "accepted" : config.error().message;
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::filesystem::path examples(const char* kind) {
  return std::filesystem::path{QSNAP_SOURCE_DIR} / "schemas/v1/examples" / kind / "config";
}

}  // namespace

TEST_SUITE("config::parse_config") {
  TEST_CASE("the default text is accepted and says the defaults") {
    const auto config = parse_config(default_config_text(), "config.yaml");
    REQUIRE(config);
    CHECK(config->capture.prefixes.empty());
    CHECK(config->capture.queues.empty());
    CHECK(config->capture.consistency.empty());
    CHECK(config->ignore.empty());
    CHECK(config->order.empty());
    CHECK(config->tolerances.empty());
    CHECK(config->counts.is_zero());
    CHECK(config->sample.payloads_over == qsnap::config::Sampling{}.payloads_over);
    CHECK(config->durations.absolute == qsnap::config::DurationTolerance{}.absolute);
    CHECK(config->durations.percent == doctest::Approx(qsnap::config::DurationTolerance{}.percent));
  }

  TEST_CASE("every section arrives") {
    const auto config = parse_config(R"(version: 1
capture: {prefixes: ["bull:"], queues: [mail, "bullmq:bull:video"], consistency: fork}
ignore:
  - jobs[queue=mail].payload.items[*].price
  - 'keys[key="a"]'
tolerance:
  durations: {seconds: 0.5, percent: 10}
  due: {seconds: 60}
  counts: {absolute: 3, percent: 0.5}
  fields:
    jobs.payload.price: 1%
    jobs[queue=mail].payload.body: "length 10%"
    jobs.payload.tries: 2
sample: {payloads_over: 64KiB}
order:
  mail: free
  bullmq:bull:video: strict
redact:
merge: {}
sets: []
)",
                                     "config.yaml");
    REQUIRE(config);
    CHECK(config->capture.prefixes == std::vector<std::string>{"bull:"});
    CHECK(config->capture.queues == std::vector<std::string>{"mail", "bullmq:bull:video"});
    CHECK(config->capture.consistency == "fork");
    REQUIRE(config->ignore.size() == 2);
    CHECK(config->ignore[0].text() == "jobs[queue=mail].payload.items[*].price");
    CHECK(config->durations.absolute == std::chrono::milliseconds{500});
    CHECK(config->durations.percent == doctest::Approx(10));
    REQUIRE(config->due);
    CHECK(config->due->absolute == std::chrono::minutes{1});
    CHECK(config->due->percent == doctest::Approx(0));
    CHECK(config->counts.absolute == *qsnap::Decimal::parse("3"));
    CHECK(config->counts.percent == *qsnap::Decimal::parse("0.5"));
    REQUIRE(config->tolerances.size() == 3);
    CHECK(config->tolerances[0].text == "jobs.payload.price: 1%");
    CHECK(config->tolerances[1].path.text() == "jobs[queue=mail].payload.body");
    CHECK(config->tolerances[1].tolerance.of == qsnap::config::Tolerance::Of::length);
    CHECK(config->tolerances[2].tolerance.bound == qsnap::config::Tolerance::Bound::absolute);
    CHECK(config->sample.payloads_over == 64U * 1024);
    REQUIRE(config->order.size() == 2);
    CHECK(config->order[0].queue == "mail");
    CHECK(config->order[0].order == QueueOrder::free);
    CHECK(config->order[1].order == QueueOrder::strict);
  }

  TEST_CASE("without redact: nothing is redacted, and what it leaves out has its default") {
    CHECK_FALSE(parse_config("version: 1\nredact: {}\n", "config.yaml")->redaction);
    const auto config = parse_config("version: 1\nredact: {strict: true}\n", "config.yaml");
    REQUIRE(config);
    REQUIRE(config->redaction);
    CHECK(config->redaction->rules.names == qsnap::model::default_redaction().names);
    CHECK(config->redaction->rules.shapes == qsnap::model::default_redaction().shapes);
    CHECK(config->redaction->rules.opaque == qsnap::model::OpaquePayload::refuse);
  }

  TEST_CASE("scan: says what the hooks do about secrets, and which values are none") {
    const auto without = parse_config("version: 1\n", "config.yaml");
    REQUIRE(without);
    CHECK(without->scan.secrets == SecretRule::refuse);
    CHECK(without->scan.allow.empty());
    const auto config = parse_config("version: 1\nscan:\n  secrets: warn\n  allow: [jobs.payload.token]\n", "c");
    REQUIRE(config);
    CHECK(config->scan.secrets == SecretRule::warn);
    CHECK(config->scan.allow.at(0).text() == "jobs.payload.token");
    CHECK_FALSE(config->redaction);
    CHECK(parse_config("version: 1\nscan: {secrets: ignore}\n", "c")->scan.secrets == SecretRule::ignore);
  }

  TEST_CASE("names, values and paths of redact: can each be chosen, and switched off") {
    const auto config = parse_config(R"(version: 1
redact:
  names: [default, iban]
  values: [card, jwt]
  paths: ["jobs[queue=mail].payload.customer"]
)",
                                     "config.yaml");
    REQUIRE(config);
    const qsnap::model::RedactionRules& rules = config->redaction->rules;
    CHECK(rules.names.size() == qsnap::model::default_secret_names().size() + 1);
    CHECK(rules.names.back() == "iban");
    CHECK(rules.shapes == std::vector{qsnap::model::Shape::card, qsnap::model::Shape::jwt});
    CHECK(config->redaction->paths.at(0).text() == "jobs[queue=mail].payload.customer");
    CHECK(rules.opaque == qsnap::model::OpaquePayload::keep);

    const auto none = parse_config("version: 1\nredact: {names: [], values: []}\n", "config.yaml");
    REQUIRE(none);
    CHECK(none->redaction->rules.names.empty());
    CHECK(none->redaction->rules.shapes.empty());
  }

  TEST_CASE("merge: says by path what decides, in the order of the file") {
    const auto config = parse_config("version: 1\nmerge: {jobs.progress: newest, jobs: union}\n", "config.yaml");
    REQUIRE(config);
    REQUIRE(config->merge.size() == 2);
    CHECK(config->merge[0].path.text() == "jobs.progress");
    CHECK(config->merge[0].policy == qsnap::config::MergePolicy::newest);
    CHECK(config->merge[1].policy == qsnap::config::MergePolicy::union_);
  }

  TEST_CASE("sets: says which branches have a set of their own, and what it inherits from") {
    const auto config = parse_config(
        "version: 1\n"
        "sets:\n"
        "  - branches: [\"feature/*\", \"fix/*\"]\n"
        "    parent: \"release/*\"\n"
        "  - branches: \"hotfix/*\"\n"
        "    set: hotfix\n",
        "config.yaml");
    REQUIRE(config);
    REQUIRE(config->sets.size() == 2);
    CHECK(config->sets[0].branches == std::vector<std::string>{"feature/*", "fix/*"});
    CHECK(config->sets[0].set.empty());
    CHECK(config->sets[0].parent == "release/*");
    CHECK(config->sets[0].line == 3);
    CHECK(config->sets[1].branches == std::vector<std::string>{"hotfix/*"});
    CHECK(config->sets[1].set == "hotfix");
    CHECK(config->sets[1].line == 5);
  }

  TEST_CASE("keep:, history: and lfs: have their defaults unless they say otherwise") {
    const auto none = parse_config("version: 1\nkeep:\nhistory: {}\nlfs:\n", "config.yaml");
    REQUIRE(none);
    CHECK(none->keep == qsnap::config::KeepRules{});
    CHECK(none->history.store == qsnap::config::HistorySection::Store::refs);
    CHECK(none->lfs.threshold_bytes == 20 * qsnap::limits::k_mib);
    const auto said = parse_config(
        "version: 1\n"
        "keep: {last: 20, hourly: 24, daily: 14, weekly: 8, monthly: 12, yearly: 100000, tagged: forever}\n"
        "history: {store: tree}\n"
        "lfs: {threshold: 5 MiB}\n",
        "config.yaml");
    REQUIRE(said);
    CHECK(said->keep == qsnap::config::KeepRules{20, 24, 14, 8, 12, 100'000});
    CHECK(said->history.store == qsnap::config::HistorySection::Store::tree);
    CHECK(said->lfs.threshold_bytes == 5 * qsnap::limits::k_mib);
    for (const char* never : {"0", "off"}) {
      const auto config = parse_config("version: 1\nlfs: {threshold: " + std::string{never} + "}\n", "config.yaml");
      REQUIRE(config);
      CHECK(config->lfs.threshold_bytes == 0);
    }
  }

  TEST_CASE("what is wrong is named with its line") {
    struct Case {
      const char* text;
      const char* message;
    };
    const Case cases[] = {
        {"version: 1\ncaptur: {}\n", "config.yaml:2: unknown key \"captur\"; did you mean capture?"},
        {"version: 1\nxylophone: 1\n", "config.yaml:2: unknown key \"xylophone\""},
        {"version: 1\ncapture:\n  prefix: []\n", "config.yaml:3: unknown key \"prefix\"; did you mean prefixes?"},
        {"capture: {}\n", "config.yaml:1: version is missing; the first line should be \"version: 1\""},
        {"", "config.yaml:1: version is missing; the first line should be \"version: 1\""},
        {"version: 2\n", "config.yaml:1: version 2 is not understood; this program reads version 1"},
        {"version: \"1\"\n", "config.yaml:1: version must be a number"},
        {"- 1\n", "config.yaml:1: the file must hold keys with values"},
        {"version: 1\ncapture: all\n", "config.yaml:2: capture must hold keys with values"},
        {"version: 1\ncapture:\n  queues: mail\n", "config.yaml:3: queues must be a list"},
        {"version: 1\ncapture:\n  consistency: maybe\n",
         "config.yaml:3: consistency must be auto, freeze, fork, rounds, none"},
        {"version: 1\ncapture:\n  queues:\n    - mail\n    - [a]\n", "config.yaml:5: queues must be a list of texts"},
        {"version: 1\nignore:\n  - jobs.a\n  - job.b\n",
         "config.yaml:4: path \"job.b\": must start with config, queues, jobs, workers or keys"},
        {"version: 1\ntolerance:\n  durations:\n    percent: lots\n",
         "config.yaml:4: percent must be a number from 0 to 100"},
        {"version: 1\ntolerance: {durations: {seconds: -1}}\n",
         "config.yaml:2: seconds must be a number from 0 to 31622400"},
        {"version: 1\ntolerance: {durations: {percent: .inf}}\n",
         "config.yaml:2: percent must be a number from 0 to 100"},
        {"version: 1\ntolerance: {counts: {absolute: -1}}\n",
         "config.yaml:2: absolute must be a number from 0 to 1000000000"},
        {"version: 1\ntolerance: {counts: {percent: 1e999}}\n",
         "config.yaml:2: percent must be a number from 0 to 100"},
        {"version: 1\ntolerance: {counts: {percent: .nan}}\n", "config.yaml:2: percent must be a number from 0 to 100"},
        {"version: 1\ntolerance: {due: {seconds: 1m}}\n", "config.yaml:2: seconds must be a number from 0 to 31622400"},
        {"version: 1\ntolerance: {count: {}}\n", "config.yaml:2: unknown key \"count\"; did you mean counts?"},
        {"version: 1\ntolerance:\n  fields: [1%]\n",
         "config.yaml:3: fields must hold paths with how far they may be off"},
        {"version: 1\ntolerance:\n  fields:\n    jobs.a: 1%\n    jobs.b: {percent: 1}\n",
         "config.yaml:5: \"\" is no tolerance; it is written 2, 1%, 500ms, 2m in s, length 10%, instant 5s, renumbered "
         "or ignore"},
        {"version: 1\ntolerance:\n  fields:\n    job.a: 1%\n",
         "config.yaml:4: path \"job.a\": must start with config, queues, jobs, workers or keys"},
        {"version: 1\nsample: {payloads_over: much}\n",
         "config.yaml:2: payloads_over: \"much\" is no size up to 64GiB; it is written 4096, 512KiB or 1 MiB"},
        {"version: 1\norder:\n  mail: any\n", "config.yaml:3: the order of queue \"mail\" must be strict or free"},
        {"version: 1\norder: free\n", "config.yaml:2: order must hold queues with strict or free"},
        {"version: 1\nmerge:\n  jobs.progress: latest\n",
         "config.yaml:3: what decides on jobs.progress must be ours, theirs, base, max, min, newest, sum, union, "
         "concat"},
        {"version: 1\nmerge:\n  job.progress: max\n",
         "config.yaml:3: path \"job.progress\": must start with config, queues, jobs, workers or keys"},
        {"version: 1\nmerge: ours\n", "config.yaml:2: merge must hold paths with what decides"},
        {"version: 1\nscan: {secrets: maybe}\n", "config.yaml:2: secrets must be refuse, warn or ignore"},
        {"version: 1\nscan:\n  allow:\n    - jobs.a\n    - a\n",
         "config.yaml:5: path \"a\": must start with config, queues, jobs, workers or keys"},
        {"version: 1\n\nredact:\n  - path: x\n", "config.yaml:4: redact must hold keys with values"},
        {"version: 1\nredact:\n  name: []\n", "config.yaml:3: unknown key \"name\"; did you mean names?"},
        {"version: 1\nredact:\n  names: all\n", "config.yaml:3: names must be a list"},
        {"version: 1\nredact:\n  values:\n    - email\n    - mail\n",
         "config.yaml:5: unknown value \"mail\"; known are default, jwt, aws-key, pem, card, email, url-password"},
        {"version: 1\nredact:\n  paths: [a]\n",
         "config.yaml:3: path \"a\": must start with config, queues, jobs, workers or keys"},
        {"version: 1\nredact:\n  paths:\n    - jobs.id\n",
         "config.yaml:4: id is what records are known by and loaded with; redact what looks like a secret in it with "
         "values:"},
        {"version: 1\nredact:\n  strict: yes please\n", "config.yaml:3: strict must be true or false"},
        {"version: 1\nkeep: 30d\n", "config.yaml:2: keep must hold keys with values"},
        {"version: 1\nkeep: {dayly: 3}\n", "config.yaml:2: unknown key \"dayly\"; did you mean daily?"},
        {"version: 1\nkeep: {last: \"3\"}\n", "config.yaml:2: last must be a whole number from 0 to 100000"},
        {"version: 1\nkeep:\n  last: 100001\n", "config.yaml:3: last must be a whole number from 0 to 100000"},
        {"version: 1\nkeep: {daily: 1.5}\n", "config.yaml:2: daily must be a whole number from 0 to 100000"},
        {"version: 1\nkeep: {tagged: 1}\n", "config.yaml:2: tagged must be forever: what has a tag always stays"},
        {"version: 1\nhistory: {store: files}\n", "config.yaml:2: store must be refs or tree"},
        {"version: 1\nlfs: {threshold: 20 MB}\n",
         "config.yaml:2: threshold: \"20 MB\" is no size up to 64GiB; it is written 4096, 512KiB or 1 MiB"},
        {"version: 1\nsets: feature\n", "config.yaml:2: sets must be a list of rules: - branches: \"feature/*\""},
        {"version: 1\nsets:\n  - feature\n", "config.yaml:3: each of sets must hold keys with values"},
        {"version: 1\nsets:\n  - set: a\n",
         "config.yaml:3: branches is missing: which branches does this set belong to?"},
        {"version: 1\nsets:\n  - branches: []\n",
         "config.yaml:3: branches is missing: which branches does this set belong to?"},
        {"version: 1\nsets:\n  - branches: [\"\"]\n", "config.yaml:3: branches must be a list of texts"},
        {"version: 1\nsets:\n  - branches: x\n    parents: y\n",
         "config.yaml:4: unknown key \"parents\"; did you mean parent?"},
        {"version: 1\nsets:\n  - branches: x\n    parent: [y]\n", "config.yaml:4: parent must be a text"},
        {"version: 1\nversion: 1\n", "config.yaml:2: key \"version\" is there twice"},
        {"version: 1\norder: {a: free, \"a\": strict}\n", "config.yaml:2: key \"a\" is there twice"},
        {"version: &v 1\n", "config.yaml:1: anchors are not allowed"},
        {"version: 1\ncapture: &c {}\norder: *c\n", "config.yaml:2: anchors are not allowed"},
        {"version: !!int 1\n", "config.yaml:1: tags are not allowed"},
        {"version: 1\ncapture: !x {}\n", "config.yaml:2: tags are not allowed"},
        {"version: 1\n<<: {a: 1}\n", "config.yaml:2: merge keys are not allowed"},
        {"version: 1\n? [a]\n: b\n", "config.yaml:2: a key must be a name"},
        {"version: 1\n---\nversion: 1\n", "config.yaml:2: only one document is allowed"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.text);
      CHECK(verdict(c.text) == c.message);
    }
  }

  TEST_CASE("broken YAML is an error with the line, not an exception") {
    CHECK(verdict("version: 1\ncapture: [\n").starts_with("config.yaml:"));
    CHECK(verdict("version: 1\n\tcapture: {}\n").starts_with("config.yaml:2: "));
    CHECK(verdict("version: 1\nignore: *nothing\n").starts_with("config.yaml:2: "));
    CHECK(verdict("version: 1\nx: \"\xff\"\n") == "config.yaml is not UTF-8 text");
  }

  TEST_CASE("deep and large texts are refused") {
    CHECK(verdict("version: 1\nsets: " + std::string(31, '[') + std::string(31, ']')) ==
          "config.yaml:2: each of sets must hold keys with values");
    CHECK(verdict("version: 1\nsets: " + std::string(32, '[') + std::string(32, ']')) ==
          "config.yaml:2: nested more than 32 levels deep");
    CHECK(verdict("version: 1\nsets: " + std::string(100'000, '[')).starts_with("config.yaml:2: "));
    CHECK(verdict("version: 1\n" + std::string(100'000, '-')).starts_with("config.yaml:"));
    CHECK(verdict(std::string(qsnap::limits::k_config_bytes + 1, '#')) == "config.yaml is larger than 1024 KiB");
    CHECK(verdict("version: 1\n" + std::string(qsnap::limits::k_config_bytes - 11, '#')) == "accepted");
  }

  TEST_CASE("the schema's valid examples are accepted and its invalid ones refused") {
    std::size_t seen = 0;
    for (const auto& entry : std::filesystem::directory_iterator{examples("valid")}) {
      CAPTURE(entry.path());
      CHECK(verdict(contents(entry.path())) == "accepted");
      ++seen;
    }
    for (const auto& entry : std::filesystem::directory_iterator{examples("invalid")}) {
      CAPTURE(entry.path());
      CHECK(verdict(contents(entry.path())) != "accepted");
      ++seen;
    }
    CHECK(seen >= 8);
  }
}
