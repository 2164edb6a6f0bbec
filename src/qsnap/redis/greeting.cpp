// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <qsnap/redis/greeting.hpp>
#include <qsnap/redis/reply_walk.hpp>

namespace qsnap::redis {

namespace {

Result<void> authenticate(Connection& connection, const Endpoint& endpoint) {
  if (endpoint.password.empty() && endpoint.user.empty()) {
    return {};
  }
  auto answer = endpoint.user.empty() ? connection.call({"AUTH", endpoint.password})
                                      : connection.call({"AUTH", endpoint.user, endpoint.password});
  if (!answer) {
    return with_context(std::move(answer).error(), fmt::format("logging in to {}", endpoint.display()));
  }
  return {};
}

/// "mymaster is redis://10.0.0.7:6379", for each primary that a Sentinel watches and tells us.
std::vector<std::string> watched_primaries(Connection& connection) {
  std::vector<std::string> primaries;
  const Result<Reply> masters = connection.call({"SENTINEL", "MASTERS"});
  if (!masters || masters->tokens().empty()) {
    return primaries;
  }
  for (const std::size_t master : elements(*masters, 0)) {
    const auto name = member(*masters, master, "name");
    const auto address = member(*masters, master, "ip");
    const auto port = member(*masters, master, "port");
    if (name && address && port) {
      primaries.push_back(fmt::format("its primary {} is redis://{}:{}/0", scalar(*masters, *name),
                                      bracketed(scalar(*masters, *address)), scalar(*masters, *port)));
    }
  }
  return primaries;
}

Error is_sentinel(Connection& connection, const Endpoint& endpoint) {
  std::vector<std::string> hints = watched_primaries(connection);
  if (hints.empty()) {
    hints.emplace_back("ask it for the primary and name that: SENTINEL GET-MASTER-ADDR-BY-NAME NAME");
  }
  return make_error(ErrorCode::refused, fmt::format("{} is a Sentinel and holds no queues", endpoint.display()),
                    std::move(hints));
}

Error is_cluster_node(const Endpoint& endpoint) {
  return make_error(
      ErrorCode::refused,
      fmt::format("{} is a Redis Cluster node; clusters are not supported in this version", endpoint.display()),
      {"one node holds only its slots, which is no state of a queue system: name a Redis that stands alone"});
}

/// Clusters want one capture for each primary and load by slot: not this one. A user without the right for INFO is told
/// by MOVED replies instead. (`INFO server` has redis_mode; Valkey calls it server_mode.)
Result<void> check_kind(Connection& connection, const Endpoint& endpoint) {
  Reply server, cluster;
  QSNAP_TRY(connection.send({"INFO", "server"}));
  QSNAP_TRY(connection.send({"INFO", "cluster"}));
  QSNAP_TRY(connection.receive(server));
  if (server.is_error() && !server.text().starts_with("NOPERM")) {
    return with_context(reply_error(server.text()), endpoint.display());
  }
  QSNAP_TRY(connection.receive(cluster));
  const auto says = [](const Reply& reply, std::string_view word) {
    return reply.text().find(word) != std::string_view::npos;
  };
  if (says(server, "_mode:sentinel")) {
    return is_sentinel(connection, endpoint);
  }
  if (says(server, "_mode:cluster") || says(cluster, "cluster_enabled:1")) {
    return is_cluster_node(endpoint);
  }
  return {};
}

Result<void> select_database(Connection& connection, const Endpoint& endpoint) {
  if (endpoint.database == 0) {
    return {};
  }
  const std::string number = fmt::format_int(endpoint.database).str();
  Result<Reply> selected = connection.call({"SELECT", number});
  if (!selected) {
    return with_context(std::move(selected).error(), fmt::format("selecting database {}", number));
  }
  return {};
}

}  // namespace

Result<void> greet(Connection& connection, const Endpoint& endpoint) {
  QSNAP_TRY(authenticate(connection, endpoint));
  QSNAP_TRY(check_kind(connection, endpoint));
  return select_database(connection, endpoint);
}

}  // namespace qsnap::redis
