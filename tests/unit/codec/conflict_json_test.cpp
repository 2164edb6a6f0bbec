// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/conflict_json.hpp>

#include "container_support.hpp"

namespace qsnap::codec {

namespace {

using model::Conflict;
using model::ConflictKind;

Conflict moved_job() {
  return {.kind = ConflictKind::moved,
          .subject = "job",
          .queue = "bullmq:bull:mail",
          .state = "completed",
          .id = "17",
          .name = "welcome",
          .path = "",
          .base = R"("waiting")",
          .ours = R"("completed")",
          .theirs = R"("failed")"};
}

/// A document with these conflicts before the sample records.
std::string conflicted_document(std::span<const Conflict> conflicts) {
  std::string bytes;
  const auto sink = [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  };
  auto writer = SnapshotWriter::begin(testing::sample_metadata(), Encoding::packed, sink, 0, conflicts);
  REQUIRE(writer.has_value());
  for (const model::Record& record : testing::sample_records()) {
    REQUIRE(writer->add(record).has_value());
  }
  REQUIRE(writer->finish().has_value());
  return bytes;
}

SnapshotReader read(std::string bytes) {
  auto reader = SnapshotReader::open(memory_source(std::move(bytes)));
  REQUIRE_MESSAGE(reader.has_value(), (reader ? "" : reader.error().message));
  return *std::move(reader);
}

}  // namespace

TEST_SUITE("qsnap::codec conflicts") {
  TEST_CASE("a conflict comes back from its line, with absent values, bytes that are no text, and every kind") {
    Conflict conflict = moved_job();
    for (int kind = 0; kind <= static_cast<int>(ConflictKind::metadata); ++kind) {
      conflict.kind = static_cast<ConflictKind>(kind);
      conflict.name = std::string{"\xff\x00 odd", 6};
      conflict.theirs.reset();
      const auto back = parse_conflict(format_conflict(conflict));
      REQUIRE(back.has_value());
      CHECK(*back == conflict);
    }
  }

  TEST_CASE("a line that is written in another way is corrupt, and a kind of a later version is told as such") {
    CHECK(parse_conflict(R"({"subject":"job","kind":"moved"})").error().code == ErrorCode::corrupt);
    CHECK(parse_conflict(R"({"kind":"moved"})").error().code == ErrorCode::corrupt);
    CHECK(parse_conflict(R"({"kind":"moved","more":1,"subject":"job"})").error().code == ErrorCode::corrupt);
    CHECK(parse_conflict(R"({"kind":"split","subject":"job"})").error().code == ErrorCode::unsupported_version);
  }

  TEST_CASE("a document carries its conflicts, is not sound until they are gone, and has the same records") {
    Conflict order = moved_job();
    order.kind = ConflictKind::order;
    order.subject = "queue";
    order.id.clear();
    const std::vector<Conflict> conflicts = {moved_job(), order};
    const SnapshotReader reader = read(conflicted_document(conflicts));
    CHECK(reader.has_conflicts());
    const auto back = reader.conflicts();
    REQUIRE(back.has_value());
    CHECK(*back == conflicts);
    const auto findings = check_container(reader);
    REQUIRE(findings.has_value());
    REQUIRE(findings->size() == 1);
    CHECK(findings->front().find("conflicts that nobody has resolved") != std::string::npos);

    const SnapshotReader plain = read(conflicted_document({}));
    CHECK_FALSE(plain.has_conflicts());
    CHECK(plain.conflicts()->empty());
    CHECK(plain.fingerprint() == reader.fingerprint());
    CHECK(plain.root() != reader.root());
  }

  TEST_CASE("so many conflicts that they take several chunks come back in their order") {
    std::vector<Conflict> conflicts;
    for (int i = 0; i < 3000; ++i) {
      Conflict conflict = moved_job();
      conflict.id = std::to_string(i);
      conflict.ours = '"' + std::string(900, 'x') + '"';
      conflicts.push_back(conflict);
    }
    const SnapshotReader reader = read(conflicted_document(conflicts));
    const auto back = reader.conflicts();
    REQUIRE(back.has_value());
    CHECK(*back == conflicts);
    CHECK(check_container(reader)->size() < 100);
  }
}

}  // namespace qsnap::codec
