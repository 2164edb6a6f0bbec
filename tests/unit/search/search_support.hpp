// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/search/query.hpp>
#include <qsnap/search/record_lines.hpp>

namespace qsnap::search::testing {

/// Payloads of the codec "upside-down" are JSON strings to be read backwards, so that decoding shows in tests.
class BackwardsReader final : public MemberReader {
 public:
  [[nodiscard]] std::optional<std::string> decoded(const model::Fields& members,
                                                   const model::Field& member) const override {
    if (member.name != "payload" || members.find("codec") != R"("upside-down")") {
      return std::nullopt;
    }
    return std::string{member.json.rbegin(), member.json.rend()};
  }
};

inline model::Record job(std::string_view queue, std::string_view state, std::string_view name, std::string payload) {
  model::Record record{model::Section::jobs, {}, {}};
  record.fields.set("queue", json_bytes(queue));
  record.fields.set("state", json_bytes(state));
  record.fields.set("name", json_bytes(name));
  record.fields.set("payload", std::move(payload));
  record.fields.set("enc", R"("json")");
  return record;
}

inline codec::SnapshotReader snapshot_of(const std::vector<model::Record>& records) {
  std::string bytes;
  auto writer = codec::SnapshotWriter::begin({}, codec::Encoding::packed, [&](std::string_view piece) -> Result<void> {
    bytes += piece;
    return {};
  });
  REQUIRE(writer);
  for (const model::Record& record : records) {
    REQUIRE(writer->add(record));
  }
  REQUIRE(writer->finish());
  auto reader = codec::SnapshotReader::open(codec::memory_source(std::move(bytes)));
  REQUIRE(reader);
  return *std::move(reader);
}

/// Words of which queries and records are made, so that they meet.
inline const std::vector<std::string>& vocabulary() {
  static const std::vector<std::string> words = {"card",  "declined", "Card-Declined", "timeout", "30000ms", "12.50",
                                                 "café",  "x",        "a\nb",          "user_7",  "\"q\"",   "nul",
                                                 "email", "e-mail",   "sku",           "42",      "4242",    "müßig"};
  return words;
}

using Random = std::mt19937;

inline const std::string& random_word(Random& random) {
  return vocabulary()[random() % vocabulary().size()];
}

inline model::Record random_job(Random& random) {
  JsonWriter payload;
  payload.begin_object();
  for (unsigned i = 0; i < random() % 4; ++i) {
    payload.key(fmt::format("{}{}", random_word(random), i)).bytes(random_word(random) + " " + random_word(random));
  }
  payload.key("n").integer(static_cast<std::int64_t>(random() % 50)).end_object();
  model::Record record = job(random() % 2 == 0 ? "bullmq:bull:email" : "bullmq:bull:e-mail%3Ax",
                             random() % 2 == 0 ? "failed" : "waiting", random_word(random), payload.text());
  if (random() % 4 == 0) {
    const std::string text = json_string(random_word(random) + " hidden");
    record.fields.set("codec", R"("upside-down")");
    record.fields.set("payload", json_string("decoys are no words"));
    if (text.find('\\') == std::string::npos && text.find("\xC3") == std::string::npos) {
      record.fields.set("payload", std::string{text.rbegin(), text.rend()});
    }
  }
  return record;
}

inline Query random_query(Random& random) {
  std::vector<std::string> words;
  for (unsigned i = 0; i <= random() % 2; ++i) {
    std::string word = random_word(random);
    const unsigned kind = random() % 8;
    if (kind == 0) {
      word = word.substr(0, 1 + random() % word.size()) + "*";
    } else if (kind == 1) {
      word += " " + random_word(random);
    } else if (kind == 2) {
      word = "name:" + word;
    } else if (kind == 3) {
      word = random() % 2 == 0 ? "state:fail*" : "queue:e-mail:x";
    } else if (kind == 4) {
      word = std::to_string(random() % 50);
    }
    words.push_back(std::move(word));
  }
  auto query = parse_query(words);
  REQUIRE(query);
  return *std::move(query);
}

/// How many records of a chunk have it: every one is looked at.
inline std::size_t count_matches(const codec::SnapshotReader& snapshot, std::size_t chunk, const Query& query) {
  static const BackwardsReader reader;
  std::size_t count = 0;
  REQUIRE(snapshot.read_chunk(chunk, [&](const model::Chunk& text) -> Result<void> {
    for (const std::string_view line : text.lines) {
      QSNAP_ASSIGN(const model::Record record, snapshot.parse(*snapshot.chunks()[chunk].section, line));
      QSNAP_ASSIGN(const auto hits, match_record(query, record, reader));
      count += hits ? 1U : 0U;
    }
    return {};
  }));
  return count;
}

}  // namespace qsnap::search::testing
