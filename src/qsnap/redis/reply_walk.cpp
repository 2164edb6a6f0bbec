// SPDX-License-Identifier: Apache-2.0
#include <limits>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/reply_walk.hpp>

namespace qsnap::redis {

std::size_t behind(const Reply& reply, std::size_t position) {
  std::int64_t missing = 1;
  for (; missing > 0; ++position) {
    const Reply::Token& token = reply.tokens()[position];
    missing += token.kind == Reply::Kind::array ? token.number - 1 : -1;
  }
  return position;
}

std::vector<std::size_t> elements(const Reply& reply, std::size_t position) {
  std::vector<std::size_t> out;
  const Reply::Token& array = reply.tokens()[position];
  if (array.kind != Reply::Kind::array) {
    return out;
  }
  std::size_t at = position + 1;
  for (std::int64_t i = 0; i < array.number; ++i) {
    out.push_back(at);
    at = behind(reply, at);
  }
  return out;
}

std::optional<std::size_t> member(const Reply& reply, std::size_t map, std::string_view name) {
  const std::vector<std::size_t> all = elements(reply, map);
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    if (reply.bytes(reply.tokens()[all[i]]) == name) {
      return all[i + 1];
    }
  }
  return std::nullopt;
}

std::string scalar(const Reply& reply, std::size_t position) {
  const Reply::Token& token = reply.tokens()[position];
  return token.kind == Reply::Kind::integer ? fmt::format_int(token.number).str() : std::string{reply.bytes(token)};
}

Result<std::int64_t> time_us(const Reply& reply) {
  if (reply.is_error()) {
    return Error{ErrorCode::redis_denied,
                 fmt::format("Redis answers to TIME: {}", reply.text()),
                 {"give the user the right: ACL SETUSER NAME +time"}};
  }
  constexpr std::int64_t k_second = 1'000'000;
  const auto& tokens = reply.tokens();
  const auto seconds = tokens.size() == 3 ? parse_integer(reply.bytes(tokens[1])) : std::nullopt;
  const auto micros = tokens.size() == 3 ? parse_integer(reply.bytes(tokens[2])) : std::nullopt;
  if (!seconds || !micros || *seconds < 0 || *seconds > std::numeric_limits<std::int32_t>::max() * std::int64_t{1000} ||
      *micros < 0 || *micros >= k_second) {
    return unexpected_reply("TIME");
  }
  return *seconds * k_second + *micros;
}

Error unexpected_reply(std::string_view command) {
  return make_error(ErrorCode::redis_protocol, fmt::format("unexpected reply to {}", command));
}

}  // namespace qsnap::redis
