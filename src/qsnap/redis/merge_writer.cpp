// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/merge_writer.hpp>

namespace qsnap::redis {

namespace {

using model::ItemBlock;
using model::KeyWrite;
using model::LoadStage;
using model::RedisType;

/// One command holds at most this many arguments; one transaction about so many bytes.
constexpr std::size_t k_command_arguments = 1000;
constexpr std::size_t k_transaction_bytes = 8 * limits::k_mib;

/// An append that waits in the spool: the name of the key and behind it the items.
struct Kept {
  RedisType type = RedisType::list;
  KeyWrite::ListEnd end = KeyWrite::ListEnd::right;
  std::size_t key_bytes = 0;
  SpoolRef bytes;
};

/// The same, in memory again.
struct Append {
  Kept kept;
  std::string key;
  ItemBlock items;
};

void begin_command(const Append& append, Command& command) {
  switch (append.kept.type) {
    case RedisType::list:
      command = {append.kept.end == KeyWrite::ListEnd::left ? "LPUSH" : "RPUSH", append.key};
      break;
    case RedisType::set:
      command = {"SADD", append.key};
      break;
    case RedisType::hash:
      command = {"HSETNX", append.key};
      break;
    default:
      command = {"ZADD", append.key, "NX"};
  }
}

/// HSETNX takes one field.
bool is_full(RedisType type, const Command& command) {
  return type == RedisType::hash || command.size() >= k_command_arguments;
}

void add_commands(const Append& append, std::vector<Command>& commands) {
  const std::size_t width = model::items_per_element(append.kept.type).value_or(1);
  Command command;
  for (std::size_t i = 0; i + width <= append.items.size(); i += width) {
    if (command.empty()) {
      begin_command(append, command);
    }
    if (append.kept.type == RedisType::zset) {  // ZADD wants the score first
      command.insert(command.end(), {append.items[i + 1], append.items[i]});
    } else {
      for (std::size_t item = i; item < i + width; ++item) {
        command.push_back(append.items[item]);
      }
    }
    if (is_full(append.kept.type, command) || i + 2 * width > append.items.size()) {
      commands.push_back(std::exchange(command, {}));
    }
  }
}

}  // namespace

struct MergeWriter::State {
  State(Connection& target, std::size_t depth, const Progress& asked)
      : created(target, depth, asked), connection(target), progress(asked) {}

  KeyWriter created;
  Connection& connection;
  Progress progress;
  std::optional<Spool> spool;
  std::map<LoadStage, std::vector<Kept>> later;
  std::unordered_set<std::uint64_t> added_to;  ///< hashes of names
  std::map<std::string, std::int64_t, std::less<>> counters;
  Appended appended;

  [[nodiscard]] Result<Append> load(const Kept& kept) const;
  [[nodiscard]] std::vector<std::vector<Kept>> transactions() const;
  Result<void> carry_out(const std::vector<Kept>& transaction);
  Result<void> raise_counters();
};

MergeWriter::MergeWriter(Connection& connection, std::size_t pipeline_depth, Progress progress)
    : m_state(std::make_unique<State>(connection, pipeline_depth, progress)) {}
MergeWriter::~MergeWriter() = default;

Result<void> MergeWriter::create(const KeyWrite& write) {
  return m_state->created.write(write);
}

Result<void> MergeWriter::append(const KeyWrite& write) {
  State& state = *m_state;
  if (!state.spool) {
    QSNAP_ASSIGN(state.spool, Spool::create());
  }
  QSNAP_ASSIGN(const SpoolRef bytes, state.spool->append({write.key, write.items->encode()}));
  state.later[write.stage].push_back({write.type, write.end, write.key.size(), bytes});
  state.added_to.insert(std::hash<std::string_view>{}(write.key));
  return {};
}

Result<void> MergeWriter::raise(std::string_view key, std::int64_t value) {
  std::int64_t& highest = m_state->counters[std::string{key}];
  highest = std::max(highest, value);
  return {};
}

Result<Append> MergeWriter::State::load(const Kept& kept) const {
  const auto [at, bytes] = kept.bytes;
  QSNAP_ASSIGN(std::string key, spool->read({at, kept.key_bytes}));
  QSNAP_ASSIGN(std::string encoded, spool->read({at + key.size(), bytes - key.size()}));
  QSNAP_ASSIGN(ItemBlock items, ItemBlock::decode(std::move(encoded)));
  return Append{kept, std::move(key), std::move(items)};
}

/// In the order of stages: who is woken up finds everything there.
std::vector<std::vector<Kept>> MergeWriter::State::transactions() const {
  std::vector<std::vector<Kept>> all;
  std::uint64_t bytes = k_transaction_bytes;
  for (const auto& [stage, writes] : later) {
    for (const Kept& kept : writes) {
      if (bytes + kept.bytes.bytes > k_transaction_bytes) {
        all.emplace_back();
        bytes = 0;
      }
      all.back().push_back(kept);
      bytes += kept.bytes.bytes;
    }
  }
  return all;
}

/// A command that the server refuses to queue makes EXEC refuse, too, and then none of them was carried out. Whether
/// EXEC was, nobody knows once the connection is lost.
Result<void> MergeWriter::State::carry_out(const std::vector<Kept>& transaction) {
  std::vector<Append> appends;
  std::vector<Command> commands;
  for (const Kept& kept : transaction) {
    QSNAP_ASSIGN(Append append, load(kept));
    appends.push_back(std::move(append));
  }
  commands.push_back({"MULTI"});
  for (const Append& append : appends) {
    add_commands(append, commands);
  }
  commands.push_back({"EXEC"});
  ++appended.done;
  std::optional<Error> refused;
  const auto make = [&](std::size_t i, Command& command) { command = commands[i]; };
  const auto take = [&](std::size_t i, const Reply& reply) -> Result<void> {
    const bool last = i + 1 == commands.size();
    appended.done -= last && reply.is_error() ? 1U : 0U;
    for (const Reply::Token& token : reply.tokens()) {
      if (token.kind == Reply::Kind::error && !refused) {
        refused = with_context(reply_error(reply.bytes(token)),
                               last ? "adding to keys" : fmt::format("adding to key {}", commands[i].at(1)));
      }
    }
    return {};
  };
  QSNAP_TRY(pipeline(connection, commands.size(), commands.size(), make, take));
  return refused ? Result<void>{*refused} : Result<void>{};
}

/// By adding what is missing: whoever counts at the same time only makes it higher.
Result<void> MergeWriter::State::raise_counters() {
  for (const auto& [key, value] : counters) {
    QSNAP_ASSIGN(const std::int64_t now, read_counter(connection, key));
    if (now < value) {
      QSNAP_TRY(add_to_counter(connection, key, value - now));
    }
  }
  return {};
}

Result<void> MergeWriter::finish() {
  State& state = *m_state;
  QSNAP_TRY(state.created.finish());
  const std::vector<std::vector<Kept>> transactions = state.transactions();
  state.appended.all = transactions.size();
  QSNAP_TRY(state.raise_counters());
  for (const std::vector<Kept>& transaction : transactions) {
    QSNAP_TRY(state.progress.check());
    QSNAP_TRY(state.carry_out(transaction));
  }
  return state.raise_counters();
}

std::uint64_t MergeWriter::keys_written() const {
  return m_state->created.keys_written() + m_state->added_to.size();
}

Result<std::vector<std::string>> MergeWriter::first_keys(std::size_t count) const {
  return m_state->created.first_keys(count);
}

MergeWriter::Appended MergeWriter::appended() const {
  return m_state->appended;
}

Result<void> MergeWriter::undo(Connection& over) {
  return m_state->created.undo(over);
}

Result<std::int64_t> add_to_counter(Connection& connection, std::string_view key, std::int64_t amount) {
  const Result<Reply> reply = connection.call({"INCRBY", key, fmt::format_int{amount}.str()});
  if (!reply) {
    return with_context(reply.error(), fmt::format("counting on in {}", key));
  }
  return reply->integer().value_or(0);
}

Result<std::int64_t> read_counter(Connection& connection, std::string_view key) {
  const Result<Reply> reply = connection.call({"GET", key});
  const bool is_other_type = !reply && reply.error().message.find("WRONGTYPE") != std::string::npos;
  if (!reply && !is_other_type) {
    return with_context(reply.error(), fmt::format("reading the counter {}", key));
  }
  const bool absent = reply && !reply->tokens().empty() && reply->tokens().front().kind == Reply::Kind::nil;
  const auto value = absent  ? std::optional<std::int64_t>{0}
                     : reply ? parse_integer(reply->text())
                             : std::optional<std::int64_t>{};
  constexpr std::int64_t k_highest = std::int64_t{1} << 53U;  // what clients count exactly
  if (!value || *value < 0 || *value > k_highest) {
    return make_error(ErrorCode::refused, fmt::format("{} in the target is no counter", key),
                      {"look at it with git qsnap show live"});
  }
  return *value;
}

}  // namespace qsnap::redis
