// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/redis/key_scan.hpp>
#include <qsnap/redis/reply_walk.hpp>

namespace qsnap::redis {

namespace {

constexpr std::string_view k_scan_count = "1000";

/// False when `take` ended it.
Result<bool> scan_prefix(Connection& connection, std::string_view prefix, const NamesTaker& take) {
  const std::string pattern = prefix_pattern(prefix);
  std::string cursor = "0";
  std::vector<std::string_view> names;
  Reply reply;
  do {
    QSNAP_TRY(prefix.empty() ? connection.send({"SCAN", cursor, "COUNT", k_scan_count})
                             : connection.send({"SCAN", cursor, "MATCH", pattern, "COUNT", k_scan_count}));
    QSNAP_TRY(connection.receive(reply));
    if (reply.is_error()) {
      return with_context(reply_error(reply.text()), "listing the keys");
    }
    const std::vector<std::size_t> parts = elements(reply, 0);
    if (parts.size() != 2 || reply.tokens()[parts[1]].kind != Reply::Kind::array) {
      return unexpected_reply("SCAN");
    }
    names.clear();
    for (std::size_t i = parts[1] + 1; i < reply.tokens().size(); ++i) {
      const std::string_view name = reply.bytes(reply.tokens()[i]);
      if (name.starts_with(prefix)) {
        names.push_back(name);
      }
    }
    QSNAP_ASSIGN(const bool go_on, take(names));
    if (!go_on) {
      return false;
    }
    cursor = scalar(reply, parts[0]);
  } while (cursor != "0");
  return true;
}

}  // namespace

std::vector<std::string> distinct_prefixes(std::vector<std::string> prefixes) {
  std::sort(prefixes.begin(), prefixes.end());
  std::vector<std::string> out;
  for (std::string& prefix : prefixes) {
    if (prefix.empty()) {
      return {};
    }
    if (out.empty() || !prefix.starts_with(out.back())) {
      out.push_back(std::move(prefix));
    }
  }
  return out;
}

std::string prefix_pattern(std::string_view prefix) {
  constexpr std::string_view k_special = "*?[]\\^";
  std::string out;
  for (const char c : prefix) {
    if (k_special.find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return out + '*';
}

Result<void> scan_keys(Connection& connection, const std::vector<std::string>& prefixes, const NamesTaker& take) {
  if (prefixes.empty()) {
    QSNAP_TRY(scan_prefix(connection, {}, take));
    return {};
  }
  for (const std::string& prefix : prefixes) {
    QSNAP_ASSIGN(const bool go_on, scan_prefix(connection, prefix, take));
    if (!go_on) {
      return {};
    }
  }
  return {};
}

}  // namespace qsnap::redis
