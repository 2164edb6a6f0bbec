// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <support/redis_server.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/capture.hpp>
#include <qsnap/redis/connection.hpp>

namespace qsnap::redis {

inline Endpoint endpoint_of(const test::RedisServer& server) {
  Endpoint endpoint;
  endpoint.socket_path = server.socket_path();
  return endpoint;
}

inline Connection connect(const Endpoint& endpoint) {
  auto connection = Connection::open(endpoint, {}, {});
  REQUIRE_MESSAGE(connection.has_value(), (connection ? "" : connection.error().message));
  return *std::move(connection);
}

/// A command as one line, its words separated by spaces.
inline void run(Connection& connection, std::string_view line) {
  Command command;
  while (!line.empty()) {
    const std::size_t end = line.find(' ');
    command.push_back(line.substr(0, end));
    line = end == std::string_view::npos ? std::string_view{} : line.substr(end + 1);
  }
  Reply reply;
  REQUIRE(connection.send(command));
  REQUIRE(connection.receive(reply));
  CAPTURE(command.front());
  REQUIRE_MESSAGE(!reply.is_error(), reply.text());
}

inline Capture captured(const Endpoint& endpoint, const CaptureOptions& options = {}) {
  auto result = capture(endpoint, options, {});
  REQUIRE_MESSAGE(result.has_value(), (result ? "" : result.error().message));
  return *std::move(result);
}

/// One value as readable text: its items with spaces between.
inline std::string value(const model::Keyspace& keyspace, std::string_view name) {
  const auto key = keyspace.find(name);
  if (!key) {
    return "absent";
  }
  const auto items = keyspace.read_all(*key);
  REQUIRE(items);
  std::string out;
  for (std::size_t i = 0; i < items->size(); ++i) {
    out += (i == 0 ? "" : " ") + std::string{(*items)[i]};
  }
  return out;
}

/// Every key with its type, expiry and value, one line each: two images are equal if their texts are.
inline std::string show(const model::Keyspace& keyspace) {
  std::string out;
  for (model::KeyId key = 0; key < keyspace.size(); ++key) {
    const auto items = keyspace.read_all(key);
    REQUIRE(items);
    out += fmt::format("{} {} {} {}\n", keyspace.name(key), model::to_text(keyspace.type(key)),
                       keyspace.expires_at(key) ? to_ms(*keyspace.expires_at(key)) : -1, to_hex(items->encode()));
  }
  return out;
}

}  // namespace qsnap::redis
