// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <unit/driver/textconv_support.hpp>
#include <unit/frameworks/keyspace_file.hpp>
#include <vector>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/frameworks/compose.hpp>

/// States that real frameworks left, as a reviewer sees them.
namespace qsnap::driver {

namespace {

namespace fs = std::filesystem;

const fs::path k_tests = fs::path{QSNAP_SOURCE_DIR} / "tests";

std::string snapshot_of(const fs::path& keys) {
  const model::MemoryKeyspace keyspace{test::read_keys_file(keys.native())};
  frameworks::Composer composer{keyspace};
  std::unique_ptr<test::CollectingSink> sink;
  model::Metadata metadata = codec::testing::sample_metadata();
  const auto run = composer.run([&](const frameworks::Composition& composition) -> Result<model::RecordSink*> {
    sink = std::make_unique<test::CollectingSink>();
    metadata.frameworks = composition.frameworks;
    return sink.get();
  });
  REQUIRE(run.has_value());
  return codec::testing::write(sink->records, codec::Encoding::stored, metadata).bytes;
}

std::vector<fs::path> fixtures() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator{k_tests / "fixtures"}) {
    if (entry.path().extension() == ".keys") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::string fingerprint(const std::string& snapshot) {
  const auto reader = codec::testing::open(snapshot);
  REQUIRE(reader.has_value());
  return std::string{reader->fingerprint()};
}

std::string content(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

}  // namespace

TEST_SUITE("textconv of real states") {
  TEST_CASE("every fixture is valid JSON in both views") {
    REQUIRE(fixtures().size() > 20);
    for (const fs::path& keys : fixtures()) {
      CAPTURE(keys);
      const std::string snapshot = snapshot_of(keys);
      for (const TextView view : {TextView::semantic, TextView::full}) {
        const std::string text = testing::textconv(snapshot, view);
        CHECK(codec::canonical_json(text).has_value());
        CHECK(text.ends_with("\n}\n"));
      }
    }
  }

  TEST_CASE("two runs of one program that mean the same give the same text, whatever ids and times they got") {
    std::size_t pairs = 0;
    for (const fs::path& keys : fixtures()) {
      const fs::path again = keys.parent_path() / (keys.stem().native() + "-again.keys");
      if (!fs::exists(again)) {
        continue;
      }
      CAPTURE(keys);
      const std::string one = snapshot_of(keys), other = snapshot_of(again);
      const bool mean_the_same = fingerprint(one) == fingerprint(other);
      CHECK(mean_the_same == (testing::textconv(one) == testing::textconv(other)));
      CHECK(testing::textconv(one, TextView::full) != testing::textconv(other, TextView::full));
      pairs += mean_the_same ? 1 : 0;
    }
    CHECK(pairs > 5);
  }

  TEST_CASE("BullMQ, Sidekiq and RQ read as they did") {
    for (const std::string name : {"bullmq5", "sidekiq6", "rq1"}) {
      CAPTURE(name);
      const fs::path golden = k_tests / "golden" / ("textconv-" + name + ".txt");
      const std::string text = testing::textconv(snapshot_of(k_tests / "fixtures" / (name + ".keys")));
      if (std::getenv("QSNAP_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
        REQUIRE_MESSAGE(std::getenv("CI") == nullptr, "golden files are not rewritten in CI");
        std::ofstream{golden, std::ios::binary} << text;
      }
      CHECK(text == content(golden));
    }
  }
}

}  // namespace qsnap::driver
