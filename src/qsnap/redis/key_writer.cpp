// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>

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
  std::optional<Spool> spool;
  std::map<LoadStage, std::vector<Kept>> later;
  std::map<std::string, std::vector<SpoolRef>, std::less<>> streams;  ///< whole streams are needed to write one

  Result<void> touch(const KeyWrite& write);
  Result<SpoolRef> keep(const ItemBlock& items);
  Result<ItemBlock> kept(SpoolRef ref);
  Result<void> write_now(const KeyWrite& write);
  Result<void> write_elements(const KeyWrite& write);
  Result<void> write_kept(const Kept& kept_write);
  Result<void> write_streams();
  Result<void> write_expiries();
};

KeyWriter::KeyWriter(Connection& connection, std::size_t pipeline_depth)
    : m_state(std::make_unique<State>(connection, pipeline_depth)) {}
KeyWriter::~KeyWriter() = default;

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
  if (write.type != RedisType::string) {
    return write_elements(write);
  }
  if (write.items->size() != 1) {
    return bad_items(write.key);
  }
  return queue.send(write.key, Command{"SET", write.key, (*write.items)[0]});
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
    keys.push_back(key);
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

Result<bool> has_keys(Connection& connection, const std::vector<std::string>& prefixes) {
  bool found = false;
  QSNAP_TRY(scan_keys(connection, prefixes, [&](const std::vector<std::string_view>& names) -> Result<bool> {
    found = found || !names.empty();
    return !found;
  }));
  return found;
}

}  // namespace qsnap::redis
