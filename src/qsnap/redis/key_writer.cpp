// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/redis/key_scan.hpp>
#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/reply_walk.hpp>
#include <qsnap/redis/stream_writer.hpp>
#include <qsnap/redis/write_queue.hpp>

namespace qsnap::redis {

namespace {

using model::ItemBlock;
using model::KeyWrite;
using model::LoadStage;
using model::RedisType;

/// One command holds at most this many items and about this many bytes: longer ones would stall the server.
constexpr std::size_t k_command_items = 500;
constexpr std::size_t k_command_bytes = limits::k_mib;

std::string_view append_command(const KeyWrite& write) {
  switch (write.type) {
    case RedisType::list:
      return write.end == KeyWrite::ListEnd::left ? "LPUSH" : "RPUSH";
    case RedisType::set:
      return "SADD";
    case RedisType::hash:
      return "HSET";
    default:
      return "ZADD";
  }
}

Error bad_items(std::string_view key) {
  return make_error(ErrorCode::corrupt, fmt::format("the value of key {} is incomplete", key));
}

/// Longer than any zset-max-listpack-value in use, and random, because members may be anything.
std::string placeholder_member() {
  constexpr std::size_t k_random_words = 4, k_length = 16 * limits::k_kib;
  std::random_device random;
  std::string member;
  for (std::size_t i = 0; i < k_random_words; ++i) {
    member += fmt::format("{:08x}", random());
  }
  return member + std::string(k_length, '-');
}

/// Elements of a sorted set are pairs of member and score.
bool holds_minus_zero(const ItemBlock& items) {
  for (std::size_t i = 1; i < items.size(); i += 2) {
    if (items[i] == "-0") {
      return true;
    }
  }
  return false;
}

/// A write that waits in the spool for its stage.
struct Kept {
  RedisType type = RedisType::string;
  KeyWrite::ListEnd end = KeyWrite::ListEnd::right;
  std::string key;
  SpoolRef items;
};

}  // namespace

struct KeyWriter::State {
  State(Connection& target, std::size_t depth) : queue(target, depth), connection(target), pipeline_depth(depth) {}

  WriteQueue queue;
  Connection& connection;
  std::size_t pipeline_depth;
  std::map<std::string, std::optional<Instant>, std::less<>> touched;  ///< with the last expiry that was asked for
  std::set<std::string, std::less<>> spared;
  std::optional<Spool> spool;
  std::map<LoadStage, std::vector<Kept>> later;
  std::map<std::string, std::vector<SpoolRef>, std::less<>> streams;  ///< whole streams are needed to write one

  Result<void> touch(const KeyWrite& write);
  Result<SpoolRef> keep(const ItemBlock& items);
  Result<ItemBlock> kept(SpoolRef ref);
  Result<void> write_now(const KeyWrite& write);
  Result<void> write_sorted_set(const KeyWrite& write);
  Result<void> write_elements(const KeyWrite& write);
  Result<void> write_kept(const Kept& kept_write);
  Result<void> write_streams();
  Result<void> write_expiries();
};

KeyWriter::KeyWriter(Connection& connection, std::size_t pipeline_depth)
    : m_state(std::make_unique<State>(connection, pipeline_depth)) {}
KeyWriter::~KeyWriter() = default;

void KeyWriter::spare(std::vector<std::string> keys) {
  for (std::string& key : keys) {
    m_state->spared.insert(std::move(key));
  }
}

Result<void> KeyWriter::State::touch(const KeyWrite& write) {
  const auto at = touched.find(write.key);
  if (at == touched.end()) {
    touched.emplace(write.key, write.expires_at);
  } else if (write.expires_at) {
    at->second = write.expires_at;
  }
  return {};
}

Result<SpoolRef> KeyWriter::State::keep(const ItemBlock& items) {
  if (!spool) {
    QSNAP_ASSIGN(spool, Spool::create());
  }
  return spool->append(items.encode());
}

Result<ItemBlock> KeyWriter::State::kept(SpoolRef ref) {
  QSNAP_ASSIGN(const std::string bytes, spool->read(ref));
  return ItemBlock::decode(bytes);
}

Result<void> KeyWriter::write(const KeyWrite& write) {
  State& state = *m_state;
  QSNAP_TRY(state.touch(write));
  if (write.type == RedisType::stream) {
    QSNAP_ASSIGN(const SpoolRef ref, state.keep(*write.items));
    state.streams[std::string{write.key}].push_back(ref);
    return {};
  }
  if (write.stage == LoadStage::body) {
    return state.write_now(write);
  }
  QSNAP_ASSIGN(const SpoolRef ref, state.keep(*write.items));
  state.later[write.stage].push_back({write.type, write.end, std::string{write.key}, ref});
  return {};
}

Result<void> KeyWriter::State::write_now(const KeyWrite& write) {
  if (write.type == RedisType::zset) {
    return write_sorted_set(write);
  }
  if (write.type != RedisType::string) {
    return write_elements(write);
  }
  if (write.items->size() != 1) {
    return bad_items(write.key);
  }
  return queue.send(write.key, Command{"SET", write.key, (*write.items)[0]});
}

/// Redis 7 stores the score -0 as 0 in a listpack, which a sorted set is while it is small. A long member makes it a
/// skip list, and it stays one when that member has gone.
Result<void> KeyWriter::State::write_sorted_set(const KeyWrite& write) {
  if (!holds_minus_zero(*write.items)) {
    return write_elements(write);
  }
  const std::string placeholder = placeholder_member();
  QSNAP_TRY(queue.send(write.key, Command{"ZADD", write.key, "0", placeholder}));
  QSNAP_TRY(write_elements(write));
  return queue.send(write.key, Command{"ZREM", write.key, placeholder});
}

Result<void> KeyWriter::State::write_elements(const KeyWrite& write) {
  const ItemBlock& items = *write.items;
  const std::size_t width = model::items_per_element(write.type).value_or(1);
  if (items.size() % width != 0) {
    return bad_items(write.key);
  }
  Command command;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < items.size(); i += width) {
    if (command.empty()) {
      command = {append_command(write), write.key};
    }
    if (write.type == RedisType::zset) {  // ZADD wants the score first
      command.push_back(items[i + 1]);
      command.push_back(items[i]);
    } else {
      for (std::size_t item = i; item < i + width; ++item) {
        command.push_back(items[item]);
      }
    }
    for (std::size_t item = i; item < i + width; ++item) {
      bytes += items[item].size();
    }
    if (command.size() >= k_command_items || bytes >= k_command_bytes || i + width == items.size()) {
      QSNAP_TRY(queue.send(write.key, command));
      command.clear();
      bytes = 0;
    }
  }
  return {};
}

Result<void> KeyWriter::State::write_kept(const Kept& kept_write) {
  QSNAP_ASSIGN(const ItemBlock items, kept(kept_write.items));
  KeyWrite write;
  write.key = kept_write.key;
  write.type = kept_write.type;
  write.end = kept_write.end;
  write.items = &items;
  return write_now(write);
}

Result<void> KeyWriter::State::write_streams() {
  for (const auto& [key, parts] : streams) {
    const BlockAccess access = [this, &refs = parts](std::size_t i) { return kept(refs[i]); };
    QSNAP_TRY(write_stream(queue, key, parts.size(), access));
  }
  streams.clear();
  return {};
}

/// After the last write, because SET would clear an expiry and one that has lapsed would cut the key in two.
Result<void> KeyWriter::State::write_expiries() {
  for (const auto& [key, expires_at] : touched) {
    if (expires_at) {
      const std::string at = fmt::format_int(to_ms(*expires_at)).str();
      QSNAP_TRY(queue.send(key, Command{"PEXPIREAT", key, at}));
    }
  }
  return {};
}

Result<void> KeyWriter::finish() {
  State& state = *m_state;
  QSNAP_TRY(state.queue.settle());
  QSNAP_TRY(state.write_streams());
  for (const auto& [stage, writes] : state.later) {
    for (const Kept& kept_write : writes) {
      QSNAP_TRY(state.write_kept(kept_write));
    }
    QSNAP_TRY(state.queue.settle());
  }
  state.later.clear();
  QSNAP_TRY(state.write_expiries());
  return state.queue.settle();
}

std::uint64_t KeyWriter::keys_written() const {
  return m_state->touched.size();
}

Result<void> KeyWriter::undo() {
  State& state = *m_state;
  QSNAP_TRY(state.queue.abandon());
  std::vector<std::string> keys;
  for (const auto& [key, expires_at] : state.touched) {
    if (!state.spared.contains(key)) {
      keys.push_back(key);
    }
  }
  QSNAP_TRY(unlink_keys(state.connection, keys, state.pipeline_depth));
  state.touched.clear();
  state.later.clear();
  state.streams.clear();
  return {};
}

Result<Instant> server_time(Connection& connection) {
  Reply reply;
  QSNAP_TRY(connection.send({"TIME"}));
  QSNAP_TRY(connection.receive(reply));
  QSNAP_ASSIGN(const std::int64_t now, time_us(reply));
  return instant_from_ms(now / 1000);
}

Result<void> unlink_keys(Connection& connection, const std::vector<std::string>& keys, std::size_t pipeline_depth) {
  WriteQueue queue{connection, pipeline_depth};
  for (const std::string& key : keys) {
    QSNAP_TRY(queue.send(key, Command{"UNLINK", key}));
  }
  return queue.settle();
}

Result<std::vector<std::string>> existing_keys(Connection& connection, const std::vector<std::string>& keys,
                                               std::size_t pipeline_depth) {
  std::vector<std::string> existing;
  const auto make = [&](std::size_t i, Command& command) { command = {"EXISTS", keys[i]}; };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    if (reply.is_error()) {
      return with_context(reply_error(reply.text()), "looking for keys in the way");
    }
    if (reply.integer() == 1) {
      existing.push_back(keys[i]);
    }
    return {};
  };
  QSNAP_TRY(pipeline(connection, keys.size(), pipeline_depth, make, take));
  return existing;
}

Result<bool> claim_load(Connection& connection, std::uint32_t database) {
  constexpr std::string_view k_name = "git-qsnap-load";
  const std::string mine = fmt::format(" name={} ", k_name), place = fmt::format(" db={} ", database);
  if (!connection.call({"CLIENT", "SETNAME", k_name})) {
    return true;
  }
  const Result<Reply> clients = connection.call({"CLIENT", "LIST"});
  std::size_t loads = 0;
  std::string_view rest = clients ? clients->text() : std::string_view{};
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    const bool same = line.find(mine) != std::string_view::npos && line.find(place) != std::string_view::npos;
    loads += same ? 1U : 0U;
  }
  return loads <= 1;
}

Result<bool> has_keys(Connection& connection, const std::vector<std::string>& prefixes) {
  bool found = false;
  QSNAP_TRY(scan_keys(connection, prefixes, [&](const std::vector<std::string_view>& names) -> Result<bool> {
    found = found || !names.empty();
    return !found;
  }));
  return found;
}

}  // namespace qsnap::redis
