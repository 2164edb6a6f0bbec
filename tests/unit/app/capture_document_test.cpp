// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <string>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/redis/connection.hpp>

TEST_SUITE_BEGIN("qsnap::app::capture_document");

namespace qsnap::app {

namespace {

/// A server with so many plain keys: one record each.
CaptureRequest request_for(const test::RedisServer& server, int keys) {
  CaptureRequest request;
  request.target.endpoint.socket_path = server.socket_path();
  auto redis = redis::Connection::open(request.target.endpoint, {}, {});
  REQUIRE(redis);
  for (int i = 0; i < keys; ++i) {
    REQUIRE(redis->call({"SET", fmt::format("key:{}", i), "value"}));
  }
  return request;
}

}  // namespace

TEST_CASE("the names of the captured keys are remembered on request alone") {
  const test::RedisServer server;
  const CaptureRequest request = request_for(server, 3);
  const auto remembered = capture_document(request, KeyNames::remember, {});
  REQUIRE(remembered);
  CHECK(remembered->key_names == std::vector<std::string>{"key:0", "key:1", "key:2"});
  CHECK(remembered->report.keys == 3);
  const auto forgotten = capture_document(request, KeyNames::forget, {});
  REQUIRE(forgotten);
  CHECK(forgotten->key_names.empty());
}

TEST_CASE("a capture tells how far it is, and can still be stopped while records are written") {
  const test::RedisServer server;
  const CaptureRequest request = request_for(server, 600);
  std::atomic<bool> cancelled{false};
  const Progress progress{[&](const ProgressEvent& event) { cancelled = event.doing == "writing records"; },
                          &cancelled};
  const auto captured = capture_document(request, KeyNames::forget, progress);
  REQUIRE(!captured);
  CHECK(captured.error().code == ErrorCode::cancelled);
}

TEST_CASE("a host that is not this machine is refused before anything is sent") {
  CaptureRequest request;
  request.target.endpoint.host = "192.0.2.1";
  CHECK(capture_document(request, KeyNames::forget, {}).error().code == ErrorCode::refused);
}

}  // namespace qsnap::app
TEST_SUITE_END();
