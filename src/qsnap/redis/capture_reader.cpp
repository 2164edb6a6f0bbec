// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/capture_reader.hpp>
#include <qsnap/redis/rdb/dump_value.hpp>
#include <qsnap/redis/reply_walk.hpp>
#include <qsnap/redis/server_info.hpp>

namespace qsnap::redis {

namespace {

/// Keys whose types are asked for before their values: enough to fill the pipeline, few enough to hear of
/// invalidations and deadlines often.
constexpr std::size_t k_batch_keys = 512;
/// Up to here DUMP is quicker than windows. Redis copies what lies packed in memory and writes scores as eight bytes,
/// where LRANGE, XRANGE and ZRANGE print every element (measured, Redis 7.0: a zset of 40,000 ids 6 ms instead of 42,
/// 10,000 events of a stream 0.4 instead of 8, 30,000 ids of a list 0.5 instead of 2); but it compresses long strings.
constexpr std::uint64_t k_dump_bytes = 8 * limits::k_mib;
constexpr std::uint64_t k_dump_element_bytes = 128;

Error cannot_read(std::string_view name, Error error) {
  return with_context(std::move(error), fmt::format("reading key {}", name));
}

}  // namespace

Result<bool> CaptureReader::read(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between) {
  m_unsettled.clear();
  for (std::size_t done = 0; done < keys.size(); done += k_batch_keys) {
    const auto batch = keys.subspan(done, std::min(k_batch_keys, keys.size() - done));
    QSNAP_TRY(read_headers(table, batch));
    QSNAP_ASSIGN(const bool finished, read_values(table, batch, between, done));
    if (!finished) {
      return false;
    }
    QSNAP_ASSIGN(const bool go_on, between(done + batch.size()));
    if (!go_on) {
      return false;
    }
  }
  return true;
}

Result<void> CaptureReader::read_headers(const KeyTable& table, std::span<const KeyTable::Index> keys) {
  QSNAP_TRY(try_headers(table, keys));
  if (m_expiry_refused && m_absolute_expiry) {
    m_absolute_expiry = false;
    QSNAP_TRY(try_headers(table, keys));
  }
  return {};
}

Result<void> CaptureReader::try_headers(const KeyTable& table, std::span<const KeyTable::Index> keys) {
  if (!m_absolute_expiry) {
    QSNAP_ASSIGN(const Instant now, server_time(m_connection));
    m_now_ms = to_ms(now);
  }
  m_headers.assign(keys.size(), Header{});
  const std::string_view ask_expiry = m_absolute_expiry ? "PEXPIRETIME" : "PTTL";
  const auto make = [&](std::size_t i, Command& command) {
    command = {i % 2 == 0 ? std::string_view{"TYPE"} : ask_expiry, table.name(keys[i / 2])};
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    Header& header = m_headers[i / 2];
    return i % 2 == 0 ? take_type(table.name(keys[i / 2]), header, reply) : take_expiry(header, reply);
  };
  return pipeline(m_connection, 2 * keys.size(), m_depth, make, take);
}

Result<void> CaptureReader::take_type(std::string_view name, Header& header, const Reply& reply) const {
  if (reply.is_error()) {
    return cannot_read(name, reply_error(reply.text()));
  }
  header.type = model::parse_redis_type(reply.text());
  if (!header.type && reply.text() != "none") {
    return make_error(
        ErrorCode::refused,
        fmt::format("key {} has the type {} of a Redis module, which cannot be captured", name, reply.text()),
        {"leave it out with --prefix"});
  }
  return {};
}

Result<void> CaptureReader::take_expiry(Header& header, const Reply& reply) {
  if (reply.is_error() && m_absolute_expiry) {  // before 7.0, or no right for it
    m_expiry_refused = true;
    return {};
  }
  if (reply.is_error()) {
    return reply_error(reply.text());
  }
  const auto number = reply.integer();
  if (!number) {
    return unexpected_reply("PEXPIRETIME");
  }
  if (*number < 0) {  // -1: never, -2: no such key
    return {};
  }
  constexpr std::int64_t k_second_ms = 1000;
  constexpr std::int64_t k_longest_ms = std::int64_t{1} << 53;  // Redis itself allows less; the sum must not overflow
  const std::int64_t left = std::min(*number, k_longest_ms);
  header.expires_at_ms = m_absolute_expiry ? *number : (m_now_ms + left + k_second_ms / 2) / k_second_ms * k_second_ms;
  return {};
}

Result<bool> CaptureReader::read_values(KeyTable& table, std::span<const KeyTable::Index> keys, const Between& between,
                                        std::size_t done) {
  std::vector<std::size_t> there;  // positions in the batch
  std::vector<std::size_t> large;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (m_headers[i].type) {
      there.push_back(i);
    } else {
      table.set_absent(keys[i]);
    }
  }
  std::deque<ValueReading> asked;  // in flight; the views of their commands lie in them
  const auto make = [&](std::size_t i, Command& command) {
    const KeyTable::Index key = keys[there[i]];
    ValueReading& reading = asked.emplace_back(m_spool, *m_headers[there[i]].type);
    if (dumps(key)) {
      command = {"DUMP", table.name(key)};
    } else {
      reading.command(table.name(key), command);
    }
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    QSNAP_ASSIGN(const Next next, take_first(table, keys[there[i]], m_headers[there[i]], asked.front(), reply));
    asked.pop_front();
    if (next == Next::in_windows) {  // read from the start once the pipeline is empty
      large.push_back(there[i]);
    }
    return {};
  };
  QSNAP_TRY(pipeline(m_connection, there.size(), m_depth, make, take));
  for (const std::size_t i : large) {
    QSNAP_ASSIGN(const bool finished, read_large(table, keys[i], m_headers[i], between, done));
    if (!finished) {
      return false;
    }
  }
  return true;
}

bool CaptureReader::dumps(KeyTable::Index key) const {
  return m_dump == Dump::allowed && m_dumpable.contains(key);
}

/// The reply to the first command for a key. `reading` was not asked for anything where that was DUMP.
Result<CaptureReader::Next> CaptureReader::take_first(KeyTable& table, KeyTable::Index key, const Header& header,
                                                      ValueReading& reading, const Reply& reply) {
  if (reading.in_flight() == 0) {
    if (reply.is_error()) {  // no right for it, or a service without it
      m_dump = Dump::refused;
      return Next::in_windows;
    }
    if (reply.tokens().front().kind == Reply::Kind::nil) {
      table.set_absent(key);
    } else {
      m_unsettled.push_back({key, header.expires_at_ms, std::string{reply.text()}});
    }
    return Next::complete;
  }
  auto step = reading.take(reply);
  if (!step) {
    return cannot_read(table.name(key), std::move(step).error());
  }
  if (*step == ValueReading::Step::more) {
    return Next::in_windows;
  }
  QSNAP_TRY(end_value(table, key, header, *step, reading));
  return Next::complete;
}

Result<bool> CaptureReader::read_large(KeyTable& table, KeyTable::Index key, const Header& header,
                                       const Between& between, std::size_t done) {
  ValueReading reading{m_spool, *header.type};
  Command command;
  Reply reply;
  auto step = Result<ValueReading::Step>{ValueReading::Step::more};
  while (*step == ValueReading::Step::more) {
    while (reading.may_ask()) {
      reading.command(table.name(key), command);
      QSNAP_TRY(m_connection.send(command));
    }
    QSNAP_TRY(m_connection.receive(reply));
    step = reading.take(reply);
    if (!step) {
      return cannot_read(table.name(key), std::move(step).error());
    }
    QSNAP_ASSIGN(const bool go_on, between(done));
    if (!go_on) {
      QSNAP_TRY(skip(reading.in_flight()));
      return false;
    }
  }
  QSNAP_TRY(skip(reading.in_flight()));
  QSNAP_TRY(end_value(table, key, header, *step, reading));
  if (table.is_present(key) && table.bytes(key) <= std::min(k_dump_bytes, reading.elements() * k_dump_element_bytes)) {
    m_dumpable.insert(key);
  }
  return true;
}

Result<void> CaptureReader::skip(std::size_t replies) {
  Reply reply;
  for (; replies > 0; --replies) {
    QSNAP_TRY(m_connection.receive(reply));
  }
  return {};
}

Result<void> CaptureReader::end_value(KeyTable& table, KeyTable::Index key, const Header& header,
                                      ValueReading::Step step, ValueReading& reading) {
  if (step == ValueReading::Step::absent) {
    table.set_absent(key);
    return {};
  }
  QSNAP_ASSIGN(std::vector<SpoolRef> parts, reading.finish());
  table.set_value(key, {*header.type, header.expires_at_ms, std::move(parts)});
  return {};
}

Result<bool> CaptureReader::settle(KeyTable& table) {
  for (const Unsettled& dump : std::exchange(m_unsettled, {})) {
    auto value = read_dump(dump.payload, m_spool);
    if (!value && value.error().code == ErrorCode::unsupported_version) {  // of a Redis newer than this reader
      m_dump = Dump::refused;
      return false;
    }
    if (!value) {
      return cannot_read(table.name(dump.key), std::move(value).error());
    }
    table.set_value(dump.key, {value->type, dump.expires_at_ms, std::move(value->parts)});
    if (!value->stream_state.empty()) {
      table.set_stream_state(dump.key, std::move(value->stream_state));
    }
  }
  return true;
}

std::vector<KeyTable::Index> all_keys(const KeyTable& table) {
  std::vector<KeyTable::Index> keys(table.size());
  std::iota(keys.begin(), keys.end(), KeyTable::Index{0});
  return keys;
}

bool CaptureReader::is_unsettled(KeyTable::Index key) const {
  const auto same = [&](const Unsettled& dump) { return dump.key == key; };
  return std::any_of(m_unsettled.begin(), m_unsettled.end(), same);
}

}  // namespace qsnap::redis
