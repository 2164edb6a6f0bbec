// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/redis/item_log.hpp>
#include <qsnap/redis/key_scan.hpp>
#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/stream_writer.hpp>
#include <qsnap/redis/write_queue.hpp>

namespace qsnap::redis {

namespace {

using model::ItemBlock;
using model::KeyWrite;
using model::LoadStage;
using model::RedisType;

/// One command holds at most this many items and about this many bytes: longer ones would stall the server.
constexpr std::size_t k_command_items = 1000;
constexpr std::size_t k_command_bytes = limits::k_mib;
/// Questions and removals in flight, and the keys that one removal names.
constexpr std::size_t k_depth = 100;
constexpr std::size_t k_unlink_keys = 50;
/// The name of a connection that loads.
constexpr std::string_view k_load_name = "git-qsnap-load";

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

/// A write that waits in the spool for its stage: the name of the key and behind it the items.
struct Kept {
  RedisType type = RedisType::string;
  KeyWrite::ListEnd end = KeyWrite::ListEnd::right;
  std::size_t key_bytes = 0;
  SpoolRef bytes;
};

/// The id of this connection, where the server tells it.
std::optional<std::int64_t> client_id(Connection& connection) {
  const Result<Reply> id = connection.call({"CLIENT", "ID"});
  return id ? id->integer() : std::nullopt;
}

}  // namespace

struct KeyWriter::State {
  State(Connection& target, std::size_t depth, Progress asked)
      : queue(target, depth), connection(target), progress(std::move(asked)) {}

  WriteQueue queue;
  Connection& connection;
  Progress progress;
  std::optional<std::int64_t> client;  ///< the id of that connection
  std::set<std::string, std::less<>> spared;

  std::string last_key;  ///< the writes to one key mostly follow each other
  std::optional<Instant> last_expiry;
  ItemLog names;                      ///< of every key that was written to; some more than once
  std::vector<std::uint64_t> hashes;  ///< of those names: for counting them
  ItemLog expiries;                   ///< key, milliseconds; the last one of a key counts

  std::optional<Spool> spool;
  std::map<LoadStage, std::vector<Kept>> later;
  std::map<std::string, std::vector<SpoolRef>, std::less<>> streams;  ///< whole streams are needed to write one
  Command command;                                                    ///< reused between commands

  Result<void> touch(const KeyWrite& write);
  Result<SpoolRef> keep(std::string_view key, const ItemBlock& items);
  Result<ItemBlock> kept(SpoolRef ref);
  Result<void> write_now(const KeyWrite& write);
  Result<void> write_sorted_set(const KeyWrite& write);
  Result<void> write_elements(const KeyWrite& write);
  Result<void> write_kept(const Kept& kept_write);
  Result<void> write_streams();
  Result<void> write_expiries();
  [[nodiscard]] bool is_gone(Connection& over) const;
  Result<std::uint64_t> unlink_touched(Connection& over) const;
};

KeyWriter::KeyWriter(Connection& connection, std::size_t pipeline_depth, Progress progress)
    : m_state(std::make_unique<State>(connection, pipeline_depth, std::move(progress))) {}
KeyWriter::~KeyWriter() = default;

void KeyWriter::spare(std::vector<std::string> keys) {
  for (std::string& key : keys) {
    m_state->spared.insert(std::move(key));
  }
}

Result<void> KeyWriter::State::touch(const KeyWrite& write) {
  if (hashes.empty()) {
    client = client_id(connection);
  }
  if (hashes.empty() || write.key != last_key) {
    last_key = write.key;
    last_expiry.reset();
    hashes.push_back(std::hash<std::string_view>{}(write.key));
    QSNAP_TRY(names.append({write.key}));
  }
  if (write.expires_at && write.expires_at != last_expiry) {
    last_expiry = write.expires_at;
    const fmt::format_int at{to_ms(*write.expires_at)};
    QSNAP_TRY(expiries.append({write.key, {at.data(), at.size()}}));
  }
  return {};
}

/// In slices, so that a large value does not lie in the spool's buffer as a whole.
Result<SpoolRef> KeyWriter::State::keep(std::string_view key, const ItemBlock& items) {
  if (!spool) {
    QSNAP_ASSIGN(spool, Spool::create());
  }
  QSNAP_ASSIGN(const SpoolRef name, spool->append(key));
  const std::string encoded = items.encode();
  for (std::size_t at = 0; at < encoded.size(); at += limits::k_mib) {
    QSNAP_TRY(spool->append(std::string_view{encoded}.substr(at, limits::k_mib)));
  }
  return SpoolRef{name.offset, name.bytes + encoded.size()};
}

Result<ItemBlock> KeyWriter::State::kept(SpoolRef ref) {
  QSNAP_ASSIGN(const std::string bytes, spool->read(ref));
  return ItemBlock::decode(bytes);
}

Result<void> KeyWriter::write(const KeyWrite& write) {
  State& state = *m_state;
  QSNAP_TRY(state.touch(write));
  if (write.type == RedisType::stream) {
    QSNAP_ASSIGN(const SpoolRef ref, state.keep({}, *write.items));
    state.streams[std::string{write.key}].push_back(ref);
    return {};
  }
  if (write.stage == LoadStage::body) {
    return state.write_now(write);
  }
  QSNAP_ASSIGN(const SpoolRef ref, state.keep(write.key, *write.items));
  state.later[write.stage].push_back({write.type, write.end, write.key.size(), ref});
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
  return queue.send(write.key, {"SET", write.key, (*write.items)[0]});
}

/// Redis 7 stores the score -0 as 0 in a listpack, which a sorted set is while it is small. A long member makes it a
/// skip list, and it stays one when that member has gone.
Result<void> KeyWriter::State::write_sorted_set(const KeyWrite& write) {
  if (!holds_minus_zero(*write.items)) {
    return write_elements(write);
  }
  const std::string placeholder = placeholder_member();
  QSNAP_TRY(queue.send(write.key, {"ZADD", write.key, "0", placeholder}));
  QSNAP_TRY(write_elements(write));
  return queue.send(write.key, {"ZREM", write.key, placeholder});
}

Result<void> KeyWriter::State::write_elements(const KeyWrite& write) {
  const ItemBlock& items = *write.items;
  const std::size_t width = model::items_per_element(write.type).value_or(1);
  if (items.size() % width != 0) {
    return bad_items(write.key);
  }
  command.clear();
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < items.size(); i += width) {
    if (command.empty()) {
      command.push_back(append_command(write));
      command.push_back(write.key);
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
  const auto [at, bytes] = kept_write.bytes;
  QSNAP_ASSIGN(const std::string key, spool->read({at, kept_write.key_bytes}));
  QSNAP_ASSIGN(const ItemBlock items, kept({at + key.size(), bytes - key.size()}));
  KeyWrite write;
  write.key = key;
  write.type = kept_write.type;
  write.end = kept_write.end;
  write.items = &items;
  return write_now(write);
}

Result<void> KeyWriter::State::write_streams() {
  for (const auto& [key, parts] : streams) {
    const BlockAccess access = [this, &refs = parts](std::size_t i) -> Result<ItemBlock> {
      QSNAP_TRY(progress.check());
      return kept(refs[i]);
    };
    QSNAP_TRY(write_stream(queue, key, parts.size(), access));
  }
  streams.clear();
  return {};
}

/// After the last write, because SET would clear an expiry and one that has lapsed would cut the key in two.
Result<void> KeyWriter::State::write_expiries() {
  return expiries.read([&](const ItemBlock& block) -> Result<void> {
    QSNAP_TRY(progress.check());
    for (std::size_t i = 0; i < block.size(); i += 2) {
      QSNAP_TRY(queue.send(block[i], {"PEXPIREAT", block[i], block[i + 1]}));
    }
    return {};
  });
}

Result<void> KeyWriter::finish() {
  State& state = *m_state;
  QSNAP_TRY(state.queue.settle());
  QSNAP_TRY(state.write_streams());
  for (const auto& [stage, writes] : state.later) {
    for (const Kept& kept_write : writes) {
      QSNAP_TRY(state.progress.check());
      QSNAP_TRY(state.write_kept(kept_write));
    }
    QSNAP_TRY(state.queue.settle());
  }
  state.later.clear();
  QSNAP_TRY(state.write_expiries());
  return state.queue.settle();
}

std::uint64_t KeyWriter::keys_written() const {
  std::vector<std::uint64_t> hashes = m_state->hashes;
  std::sort(hashes.begin(), hashes.end());
  return static_cast<std::uint64_t>(std::unique(hashes.begin(), hashes.end()) - hashes.begin());
}

Result<std::vector<std::string>> KeyWriter::first_keys(std::size_t count) const {
  std::vector<std::string> keys;
  QSNAP_TRY(m_state->names.read([&](const ItemBlock& block) -> Result<void> {
    for (std::size_t i = 0; i < block.size() && keys.size() < count; ++i) {
      keys.emplace_back(block[i]);
    }
    return {};
  }));
  return keys;
}

/// Whether the server has dropped the writer's own connection, and with it what it had not read yet. Only the one that
/// bears our name is ended: after a restart of the server the id may be somebody else's.
bool KeyWriter::State::is_gone(Connection& over) const {
  if (!client) {
    return false;
  }
  const std::string id = fmt::format_int(*client).str();
  const Result<Reply> who = over.call({"CLIENT", "LIST", "ID", id});
  if (!who || who->text().empty()) {
    return who.has_value();
  }
  const bool is_ours = who->text().find(fmt::format(" name={} ", k_load_name)) != std::string_view::npos;
  return is_ours && over.call({"CLIENT", "KILL", "ID", id}).has_value();
}

Result<std::uint64_t> KeyWriter::State::unlink_touched(Connection& over) const {
  std::uint64_t removed = 0;
  std::vector<std::string_view> keys;
  QSNAP_TRY(names.read([&](const ItemBlock& block) -> Result<void> {
    keys.clear();
    for (std::size_t i = 0; i < block.size(); ++i) {
      if (!spared.contains(block[i])) {
        keys.push_back(block[i]);
      }
    }
    QSNAP_ASSIGN(const std::uint64_t count, unlink_keys(over, keys));
    removed += count;
    return {};
  }));
  return removed;
}

Result<void> KeyWriter::undo(Connection& over) {
  State& state = *m_state;
  const bool settled = state.queue.abandon().has_value();
  if (settled && state.queue.accepted() == 0) {
    return {};
  }
  const bool certain = settled || state.is_gone(over);
  constexpr int k_passes = 8;  // until one finds nothing, where the server may still be reading the old connection
  std::uint64_t removed = 1;
  for (int pass = 0; pass < (certain ? 1 : k_passes) && removed > 0; ++pass) {
    QSNAP_ASSIGN(removed, state.unlink_touched(over));
  }
  if (!certain && removed > 0) {
    return make_error(ErrorCode::redis_protocol, "the server is still reading what the lost connection had sent");
  }
  return {};
}

Result<std::uint64_t> unlink_keys(Connection& connection, std::span<const std::string_view> keys) {
  std::uint64_t removed = 0;
  const auto first_of = [&](std::size_t i) { return i * k_unlink_keys; };
  const auto make = [&](std::size_t i, Command& command) {
    const auto some = keys.subspan(first_of(i), std::min(k_unlink_keys, keys.size() - first_of(i)));
    command = {"UNLINK"};
    command.insert(command.end(), some.begin(), some.end());
  };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    if (reply.is_error()) {
      return with_context(reply_error(reply.text()), fmt::format("removing key {}", keys[first_of(i)]));
    }
    removed += static_cast<std::uint64_t>(reply.integer().value_or(0));
    return {};
  };
  const std::size_t commands = keys.size() / k_unlink_keys + (keys.size() % k_unlink_keys != 0 ? 1 : 0);
  QSNAP_TRY(pipeline(connection, commands, k_depth, make, take));
  return removed;
}

Result<std::uint64_t> unlink_keys(Connection& connection, const std::vector<std::string>& keys) {
  return unlink_keys(connection, std::vector<std::string_view>{keys.begin(), keys.end()});
}

Result<std::vector<std::size_t>> existing_keys(Connection& connection, std::span<const std::string_view> keys) {
  std::vector<std::size_t> existing;
  const auto make = [&](std::size_t i, Command& command) { command = {"EXISTS", keys[i]}; };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    if (reply.is_error()) {
      return with_context(reply_error(reply.text()), "looking for keys in the way");
    }
    if (reply.integer() == 1) {
      existing.push_back(i);
    }
    return {};
  };
  QSNAP_TRY(pipeline(connection, keys.size(), k_depth, make, take));
  return existing;
}

Result<bool> claim_load(Connection& connection, std::uint32_t database) {
  const std::string mine = fmt::format(" name={} ", k_load_name), place = fmt::format(" db={} ", database);
  if (!connection.call({"CLIENT", "SETNAME", k_load_name})) {
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

Result<void> drop_load_claim(Connection& connection) {
  const Result<Reply> dropped = connection.call({"CLIENT", "SETNAME", ""});
  return dropped ? Result<void>{} : dropped.error();
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
