// SPDX-License-Identifier: Apache-2.0
// search_corpus FOLDER SNAPSHOTS JOBS SEED: writes FOLDER/0000.qsnap and so on, BullMQ-shaped, with jobs of about 1 KB
// that are all different. Snapshot i was captured i minutes after the first. One job of snapshot 500, 250 or so (the
// middle one) has the word "needle". The same arguments give the same bytes.
#include <array>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <random>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/snapshot_writer.hpp>

namespace {

using namespace qsnap;
using Random = std::mt19937_64;

constexpr std::array<std::string_view, 4> k_queues = {"email", "images", "payments", "reports"};
constexpr std::array<std::string_view, 14> k_words = {"invoice", "payment", "order",   "shipped", "receipt",
                                                      "account", "reset",   "welcome", "digest",  "weekly",
                                                      "summary", "upgrade", "trial",   "refund"};

std::string payload(Random& random, std::string_view extra) {
  JsonWriter json;
  json.begin_object().key("orderId").integer(static_cast<std::int64_t>(random() % 10'000'000));
  json.key("customer").bytes(fmt::format("user{}@example.com", random() % 1'000'000));
  json.key("trace").bytes(fmt::format("{:016x}{:016x}", random(), random())).key("items").begin_array();
  for (int i = 0; i < 5; ++i) {
    json.begin_object().key("sku").bytes(fmt::format("SKU-{}", random() % 10'000));
    json.key("qty").integer(static_cast<std::int64_t>(random() % 9 + 1)).end_object();
  }
  std::string body{extra};
  for (int i = 0; i < 80; ++i) {
    body.append(" ").append(k_words[random() % k_words.size()]);
  }
  json.end_array().key("body").bytes(body).end_object();
  return json.text();
}

model::Record queue_record(std::string_view queue, std::size_t jobs) {
  model::Record record{model::Section::queues, {}, {}};
  record.fields.set("queue", json_string(fmt::format("bullmq:bull:{}", queue)));
  record.fields.set("framework", R"("bullmq")");
  record.fields.set("paused", "false");
  record.fields.set("counts", fmt::format(R"({{"failed":{},"waiting":{}}})", jobs / 10, jobs - jobs / 10));
  return record;
}

model::Record job_record(Random& random, std::string_view queue, std::string_view state, std::uint64_t number,
                         std::string_view extra) {
  model::Record record{model::Section::jobs, {}, {}};
  record.fields.set("queue", json_string(fmt::format("bullmq:bull:{}", queue)));
  record.fields.set("state", json_string(state));
  record.fields.set("name", R"("send")");
  record.fields.set("payload", payload(random, extra));
  record.fields.set("enc", R"("json")");
  record.fields.set("max_retries", "3");
  if (state == "failed") {
    record.fields.set("error", R"("gateway timeout after 30000ms")");
    record.volatiles.set("finished_at_ms", std::to_string(1'790'000'000'900 + number * 37));
  }
  record.volatiles.set("id", json_string(std::to_string(number)));
  record.volatiles.set("created_at_ms", std::to_string(1'790'000'000'000 + number * 37));
  return record;
}

struct Corpus {
  std::string folder;
  std::uint64_t snapshots, jobs;
  Random random;
};

Result<void> write_snapshot(Corpus& corpus, std::uint64_t number) {
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(fmt::format("{}/{:04}.qsnap", corpus.folder, number)));
  constexpr std::int64_t k_minute_ms = 60'000, k_first_ms = 1'790'000'000'000;
  model::Metadata metadata;
  metadata.captured_at = instant_from_ms(k_first_ms + static_cast<std::int64_t>(number) * k_minute_ms);
  metadata.description = fmt::format("state number {}", number);
  QSNAP_ASSIGN(auto writer, codec::SnapshotWriter::begin(metadata, codec::Encoding::packed,
                                                         [&](std::string_view bytes) { return file.write(bytes); }));
  const std::uint64_t per_queue = corpus.jobs / k_queues.size();
  for (const std::string_view queue : k_queues) {
    QSNAP_TRY(writer.add(queue_record(queue, per_queue)));
  }
  for (const std::string_view queue : k_queues) {
    for (std::uint64_t job = 0; job < per_queue; ++job) {
      const bool is_needle = number == corpus.snapshots / 2 && job == per_queue / 2 && queue == "images";
      QSNAP_TRY(writer.add(job_record(corpus.random, queue, job < per_queue / 10 ? "failed" : "waiting",
                                      number * corpus.jobs + job, is_needle ? "needle" : "")));
    }
  }
  QSNAP_ASSIGN(const auto digest, writer.finish());
  (void)digest;
  return file.commit();
}

int run(int argc, char** argv) {
  const auto number = [&](int i) { return static_cast<std::uint64_t>(parse_integer(argv[i]).value_or(0)); };
  if (argc != 5) {
    (void)std::fputs("usage: search_corpus FOLDER SNAPSHOTS JOBS SEED\n", stderr);
    return 2;
  }
  Corpus corpus{argv[1], number(2), number(3), Random{number(4)}};
  for (std::uint64_t i = 0; i < corpus.snapshots; ++i) {
    if (const auto written = write_snapshot(corpus, i); !written) {
      (void)std::fprintf(stderr, "search_corpus: %s\n", written.error().message.c_str());
      return 1;
    }
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& bug) {
    (void)std::fprintf(stderr, "search_corpus: %s\n", bug.what());
    return 70;
  }
}
