// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/compose_document.hpp>

TEST_SUITE_BEGIN("qsnap::app::compose_document");

namespace qsnap::app {

namespace {

using model::ItemBlock;
using model::MemoryKeyspace;
using model::RedisType;

ItemBlock block(std::initializer_list<std::string_view> items) {
  ItemBlock made;
  for (const std::string_view item : items) {
    made.push(item);
  }
  return made;
}

/// A BullMQ queue of so many waiting jobs, and as many keys that no adapter knows.
std::vector<MemoryKeyspace::Key> state_of(int jobs) {
  std::vector<MemoryKeyspace::Key> keys;
  ItemBlock waiting;
  for (int i = 0; i < jobs; ++i) {
    const std::string id = fmt::format("{}", i);
    const std::string data =
        fmt::format(R"({{"to":"user{}@example.com","items":[{},"{}"]}})", i, i * 7, std::string(200, 'x'));
    waiting.push(id);
    keys.push_back({"bull:mail:" + id,
                    RedisType::hash,
                    {},
                    block({"data", data, "name", "send", "opts", "{\"attempts\":3}", "timestamp", "1700000000000"})});
    keys.push_back({fmt::format("other:{}", i), RedisType::string, {}, block({data})});
  }
  keys.push_back({"bull:mail:wait", RedisType::list, {}, std::move(waiting)});
  keys.push_back({"bull:mail:meta", RedisType::hash, {}, block({"version", "bullmq:5.0.0"})});
  return keys;
}

DocumentRequest request_with(std::size_t threads) {
  DocumentRequest request;
  request.captured_at = instant_from_ms(1'700'000'000'000);
  request.threads = threads;
  return request;
}

std::string bytes_of(const ComposedDocument& composed) {
  std::string all;
  REQUIRE(copy_document(composed.reader, [&](std::string_view bytes) -> Result<void> {
    all += bytes;
    return {};
  }));
  return all;
}

/// A keyspace that cannot be read any more after so many reads, by whichever thread.
class FailingKeyspace final : public model::Keyspace {
 public:
  FailingKeyspace(const model::Keyspace& whole, int reads) : m_whole(whole), m_reads_left(reads) {}

  [[nodiscard]] std::size_t size() const override { return m_whole.size(); }
  [[nodiscard]] std::string_view name(model::KeyId key) const override { return m_whole.name(key); }
  [[nodiscard]] RedisType type(model::KeyId key) const override { return m_whole.type(key); }
  [[nodiscard]] std::optional<Instant> expires_at(model::KeyId key) const override { return m_whole.expires_at(key); }
  Result<void> read(model::KeyId key, Direction direction, const BlockReader& reader) const override {
    return m_reads_left-- > 0 ? m_whole.read(key, direction, reader) : make_error(ErrorCode::io, "the disk is gone");
  }

 private:
  const model::Keyspace& m_whole;
  mutable std::atomic<int> m_reads_left;
};

}  // namespace

TEST_CASE("the same bytes come out for any number of threads") {
  const MemoryKeyspace keyspace{state_of(4000)};
  const auto alone = compose_document(keyspace, request_with(1), {});
  REQUIRE(alone);
  CHECK(alone->refuted.keys.empty());
  REQUIRE(alone->reader.chunks().size() > 20);
  for (const std::size_t threads : {2U, 3U, 4U, 8U}) {
    CAPTURE(threads);
    const auto shared = compose_document(keyspace, request_with(threads), {});
    REQUIRE(shared);
    CHECK(bytes_of(*shared) == bytes_of(*alone));
  }
}

TEST_CASE("a keyspace that fails in the middle ends the work, with threads as without") {
  const MemoryKeyspace keyspace{state_of(2000)};
  for (const std::size_t threads : {1U, 2U, 4U}) {
    for (const int reads : {0, 10, 1000, 3000}) {
      CAPTURE(threads);
      CAPTURE(reads);
      const auto composed = compose_document(FailingKeyspace{keyspace, reads}, request_with(threads), {});
      REQUIRE_FALSE(composed);
      CHECK(composed.error().message == "the disk is gone");
    }
  }
}

TEST_CASE("the work can be stopped while others are at it") {
  const MemoryKeyspace keyspace{state_of(2000)};
  for (const std::size_t threads : {1U, 2U, 4U}) {
    CAPTURE(threads);
    std::atomic<bool> cancelled{false};
    const Progress progress{[&](const ProgressEvent& event) { cancelled = event.done > 1000; }, &cancelled};
    const auto composed = compose_document(keyspace, request_with(threads), progress);
    REQUIRE_FALSE(composed);
    CHECK(composed.error().code == ErrorCode::cancelled);
  }
}

}  // namespace qsnap::app
TEST_SUITE_END();
