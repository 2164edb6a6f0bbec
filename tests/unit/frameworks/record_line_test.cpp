// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/frameworks/record_line.hpp>

TEST_SUITE_BEGIN("qsnap::frameworks::record_line");

namespace qsnap::frameworks {

namespace {

constexpr std::size_t k_jobs = 5000;

/// Takes so many records and no more.
class FullSink final : public model::RecordSink {
 public:
  explicit FullSink(std::size_t room) : m_room(room) {}
  Result<void> add(const model::Record& record) override {
    m_text += *record.fields.find("id");
    return m_room-- > 0 ? Result<void>{} : make_error(ErrorCode::io, "disk full");
  }
  [[nodiscard]] const std::string& text() const { return m_text; }

 private:
  std::size_t m_room;
  std::string m_text;
};

/// Some jobs are huge.
model::Record job(std::size_t number) {
  constexpr std::size_t k_huge = 1U << 20U;
  model::Record record{model::Section::jobs, {}, {}};
  record.fields.set("id", fmt::format("{},", number));
  record.fields.set("payload", fmt::format("\"{}\"", std::string(number % 1024 == 1023 ? k_huge : 500, 'p')));
  return record;
}

SeenValue value(std::size_t number) {
  model::ItemBlock items;
  items.push(fmt::format("{}", number));
  return {static_cast<model::KeyId>(number), std::make_shared<const model::ItemBlock>(std::move(items))};
}

Result<void> prove_all(RecordBatch& /*batch*/) {
  return {};
}

}  // namespace

TEST_CASE("a line hands every record on, in order, with what was seen to make it") {
  for (const std::size_t threads : {1U, 2U, 8U}) {
    CAPTURE(threads);
    FullSink sink{2 * k_jobs};
    std::string seen;
    const auto prove = [&](RecordBatch& batch) -> Result<void> {
      for (std::size_t i = 0; i < batch.items().size(); ++i) {
        seen += fmt::format("{}:", batch.items()[i].source);
        for (const SeenValue& value : batch.seen(i)) {
          seen += fmt::format("{}={} ", value.key, (*value.items)[0]);
        }
        batch.items()[i].lost = batch.items()[i].source == 2;
      }
      return {};
    };
    RecordLine line{threads, prove, sink};
    std::string wanted;
    std::string wanted_seen;
    for (std::size_t i = 0; i < k_jobs; ++i) {
      const std::vector<SeenValue> values(i % 3, value(i));
      REQUIRE(line.prove(i % 4, job(i), values));
      wanted += i % 4 == 2 ? std::string{} : fmt::format("{},", i);
      wanted_seen += fmt::format("{}:", i % 4);
      for (std::size_t k = 0; k < i % 3; ++k) {
        wanted_seen += fmt::format("{}={} ", i, i);
      }
    }
    REQUIRE(line.settle());
    CHECK(seen == wanted_seen);
    for (std::size_t i = 0; i < k_jobs; ++i) {
      REQUIRE(line.write(job(i)));
      wanted += fmt::format("{},", i);
    }
    REQUIRE(line.finish());
    CHECK(sink.text() == wanted);
    CHECK(seen == wanted_seen);  // what is only written is not proved
  }
}

TEST_CASE("what the sink of a line answers comes back, however many records still come") {
  for (const std::size_t threads : {1U, 2U}) {
    for (const std::size_t room : {0U, 1U, 3000U}) {
      CAPTURE(threads);
      CAPTURE(room);
      FullSink sink{room};
      RecordLine line{threads, prove_all, sink};
      Result<void> taken;
      for (std::size_t i = 0; taken && i < 1'000'000; ++i) {
        taken = line.prove(0, job(i), {});
      }
      REQUIRE_FALSE(taken);
      CHECK(taken.error().message == "disk full");
    }
    FullSink sink{3};
    RecordLine line{threads, prove_all, sink};
    for (std::size_t i = 0; i < 4; ++i) {
      REQUIRE(line.prove(0, job(i), {}));  // too few for a batch
    }
    const Result<void> settled = line.settle();
    const Result<void> finished = settled ? line.finish() : settled;
    REQUIRE_FALSE(finished);
    CHECK(finished.error().message == "disk full");
  }
}

TEST_CASE("a proof that cannot go on ends the line") {
  for (const std::size_t threads : {1U, 2U}) {
    CAPTURE(threads);
    FullSink sink{k_jobs};
    const auto fail = [](RecordBatch& /*batch*/) { return make_error(ErrorCode::io, "the disk is gone"); };
    RecordLine line{threads, fail, sink};
    REQUIRE(line.prove(0, job(0), {}));
    const Result<void> settled = line.settle();
    REQUIRE_FALSE(settled);
    CHECK(settled.error().message == "the disk is gone");
    CHECK(sink.text().empty());
  }
}

}  // namespace qsnap::frameworks
TEST_SUITE_END();
