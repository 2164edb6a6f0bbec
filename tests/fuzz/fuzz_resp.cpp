// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fuzz/fuzz_target.hpp>
#include <string>

#include <qsnap/redis/reply.hpp>

namespace qsnap::redis {

namespace {

std::string show(const Reply& reply) {
  std::string out;
  for (const Reply::Token& token : reply.tokens()) {
    out += std::to_string(static_cast<int>(token.kind)) + ' ' + std::to_string(token.number) + ' ';
    out += reply.bytes(token);
    out += '\n';
  }
  return out + '\n';
}

/// All replies, and whether they end in nonsense.
std::string parse(std::string_view wire, std::size_t step) {
  std::string out;
  ReplyParser parser;
  Reply reply;
  while (!wire.empty()) {
    parser.feed(wire.substr(0, step));
    wire.remove_prefix(std::min(step, wire.size()));
    auto complete = parser.next(reply);
    for (; complete && *complete; complete = parser.next(reply)) {
      fuzz::require(!reply.tokens().empty(), "a whole reply has a token");
      out += show(reply);
    }
    if (!complete) {
      fuzz::require(complete.error().code == ErrorCode::redis_protocol, "nonsense is a protocol error");
      return out + "nonsense";
    }
  }
  return out;
}

}  // namespace

}  // namespace qsnap::redis

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view wire = qsnap::fuzz::text_of(data, size);
  const std::string whole = qsnap::redis::parse(wire, std::max<std::size_t>(size, 1));
  for (const std::size_t step : {std::size_t{1}, std::size_t{2}, std::size_t{7}}) {
    qsnap::fuzz::require(qsnap::redis::parse(wire, step) == whole, "replies are the same however they are split");
  }
  return 0;
}
