// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/rdb/rdb_cursor.hpp>
#include <qsnap/redis/rdb/rdb_reader.hpp>
#include <qsnap/redis/rdb/rdb_value.hpp>

namespace qsnap::redis {

namespace {

/// What stands in place of an object's type (redis/src/rdb.h).
enum class Opcode : std::uint8_t {
  slot_info = 0xf4,  ///< 7.4, of a cluster: three sizes, to allocate by
  function = 0xf5,
  function_draft = 0xf6,  ///< of a release candidate of 7.0
  module_aux = 0xf7,
  idle = 0xf8,
  frequency = 0xf9,
  aux = 0xfa,
  resize = 0xfb,  ///< two sizes, to allocate by
  expires_ms = 0xfc,
  expires_s = 0xfd,
  select = 0xfe,
  end = 0xff,
};

/// The last version whose opcodes and types are known: Redis 7.4 and 8.0.
constexpr int k_newest_version = 12;
constexpr int k_first_with_checksum = 5;
constexpr std::uint64_t k_progress_every = 256;

class Reading {
 public:
  Reading(RdbInput& input, const RdbOptions& options, KeyTable& table, Spool& spool, const Progress& progress)
      : m_cursor(input, progress),
        m_options(options),
        m_table(table),
        m_values(m_cursor, spool),
        m_progress(progress) {}

  Result<RdbInfo> read() {
    QSNAP_TRY(read_header());
    while (true) {
      QSNAP_ASSIGN(const std::uint8_t code, m_cursor.u8());
      if (static_cast<Opcode>(code) == Opcode::end) {
        break;
      }
      QSNAP_TRY(code >= static_cast<std::uint8_t>(Opcode::slot_info) ? read_opcode(static_cast<Opcode>(code))
                                                                     : read_key(static_cast<RdbType>(code)));
    }
    QSNAP_TRY(read_checksum());
    return check_names();
  }

 private:
  Result<void> read_header();
  Result<void> read_opcode(Opcode code);
  Result<void> read_aux();
  Result<void> read_key(RdbType type);
  Result<void> read_value(std::string_view name, RdbType type);
  Result<void> read_checksum();
  Result<RdbInfo> check_names();
  [[nodiscard]] bool is_wanted(std::string_view name) const;

  RdbCursor m_cursor;
  const RdbOptions& m_options;
  KeyTable& m_table;
  RdbValueReader m_values;
  const Progress& m_progress;
  RdbInfo m_info;
  std::uint64_t m_database = 0;
  std::int64_t m_expires_at_ms = KeyTable::k_no_expiry;  ///< of the next key
  std::uint64_t m_keys_met = 0;
};

Result<void> Reading::read_header() {
  constexpr std::string_view k_magic = "REDIS";
  constexpr std::size_t k_version_digits = 4;
  QSNAP_ASSIGN(const std::string_view header, m_cursor.bytes(k_magic.size() + k_version_digits));
  const std::string_view digits = header.substr(k_magic.size());
  const bool all_digits = std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!header.starts_with(k_magic) || !all_digits) {
    return make_error(ErrorCode::corrupt, "not an RDB: it does not begin with REDIS and a version");
  }
  for (const char digit : digits) {
    m_info.version = 10 * m_info.version + (digit - '0');
  }
  if (m_info.version < 1 || m_info.version > k_newest_version) {
    return make_error(ErrorCode::unsupported_version,
                      fmt::format("an RDB of version {}; this program reads 1 to {}", m_info.version, k_newest_version),
                      {"where the server is at hand, capture it with git qsnap save --consistency=freeze"});
  }
  return {};
}

Result<void> Reading::read_opcode(Opcode code) {
  constexpr std::int64_t k_second_ms = 1000;
  switch (code) {
    case Opcode::aux:
      return read_aux();
    case Opcode::select: {
      QSNAP_ASSIGN(m_database, m_cursor.length());
      return {};
    }
    case Opcode::resize:
      QSNAP_TRY(m_cursor.length());
      QSNAP_TRY(m_cursor.length());
      return {};
    case Opcode::slot_info:
      for (int i = 0; i < 3; ++i) {
        QSNAP_TRY(m_cursor.length());
      }
      return {};
    case Opcode::expires_ms: {
      QSNAP_ASSIGN(const std::uint64_t at, m_cursor.integer(8));
      m_expires_at_ms = static_cast<std::int64_t>(at);
      return {};
    }
    case Opcode::expires_s: {
      QSNAP_ASSIGN(const std::uint64_t at, m_cursor.integer(4));
      m_expires_at_ms = k_second_ms * static_cast<std::int32_t>(at);
      return {};
    }
    case Opcode::frequency:
      return m_cursor.skip(1);
    case Opcode::idle:
      QSNAP_TRY(m_cursor.length());
      return {};
    case Opcode::function:
      ++m_info.functions;
      return m_cursor.skip_string();
    default:
      break;
  }
  const std::string_view what =
      code == Opcode::module_aux ? "data of a Redis module" : "functions of a draft of Redis 7";
  return make_error(ErrorCode::unsupported_version, fmt::format("{} cannot be read from an RDB", what),
                    {"where the server is at hand, capture it with git qsnap save --consistency=freeze"});
}

Result<void> Reading::read_aux() {
  constexpr std::int64_t k_end_of_9999 = 253'402'300'799;
  QSNAP_ASSIGN(const std::string_view name_view, m_cursor.string());
  const std::string name{name_view};
  QSNAP_ASSIGN(const std::string_view value, m_cursor.string());
  if (name == "redis-ver") {
    m_info.redis_version = value;
  }
  if (name == "ctime") {
    const auto seconds = parse_integer(value);
    if (seconds && *seconds > 0 && *seconds <= k_end_of_9999) {
      m_info.created_at = Instant{std::chrono::seconds{*seconds}};
    }
  }
  return {};
}

bool Reading::is_wanted(std::string_view name) const {
  return m_options.prefixes.empty() || std::any_of(m_options.prefixes.begin(), m_options.prefixes.end(),
                                                   [&](const std::string& prefix) { return name.starts_with(prefix); });
}

Result<void> Reading::read_key(RdbType type) {
  if (++m_keys_met % k_progress_every == 0) {
    m_progress.report("reading keys", m_keys_met, 0);
    QSNAP_TRY(m_progress.check());
  }
  if (m_database != m_options.database) {
    ++m_info.keys_elsewhere;
    m_expires_at_ms = KeyTable::k_no_expiry;
    QSNAP_TRY(m_cursor.skip_string());
    return m_values.skip(type);
  }
  QSNAP_ASSIGN(const std::string_view name, m_cursor.string());
  Result<void> done = is_wanted(name) ? read_value(name, type) : m_values.skip(type);
  m_expires_at_ms = KeyTable::k_no_expiry;
  return done;
}

Result<void> Reading::read_value(std::string_view name, RdbType type) {
  constexpr std::size_t k_most_keys = std::numeric_limits<KeyTable::Index>::max();
  if (m_table.size() == k_most_keys) {
    return make_error(ErrorCode::limit_exceeded, "an RDB with more keys than fit into one snapshot");
  }
  const auto key = static_cast<KeyTable::Index>(m_table.size());
  m_table.add_scanned(name);
  auto value = m_values.read(type);
  if (!value) {
    return with_context(std::move(value).error(), fmt::format("reading key {}", m_table.name(key)));
  }
  if (!*value) {  // stays absent
    return {};
  }
  ++m_info.keys;
  m_table.set_value(key, {(*value)->type, m_expires_at_ms, std::move((*value)->parts)});
  if ((*value)->type == model::RedisType::stream) {
    m_table.set_stream_state(key, std::move((*value)->stream_state));
  }
  return {};
}

Result<void> Reading::read_checksum() {
  if (m_info.version >= k_first_with_checksum) {
    const std::uint64_t actual = m_cursor.checksum();
    QSNAP_ASSIGN(const std::uint64_t declared, m_cursor.integer(sizeof(actual)));
    m_info.checked = declared != 0;  // rdbchecksum no
    if (m_info.checked && declared != actual) {
      return make_error(ErrorCode::corrupt, "damaged RDB: the checksum is wrong");
    }
  }
  QSNAP_ASSIGN(const bool ended, m_cursor.at_end());
  return ended ? Result<void>{} : m_cursor.damaged("there is more behind its end,");
}

Result<RdbInfo> Reading::check_names() {
  const std::size_t before = m_table.size();
  m_table.seal();
  if (m_table.size() != before) {
    return make_error(ErrorCode::corrupt, "damaged RDB: a key is there twice");
  }
  return m_info;
}

}  // namespace

Result<RdbInfo> read_rdb(RdbInput& input, const RdbOptions& options, KeyTable& table, Spool& spool,
                         const Progress& progress) {
  return Reading{input, options, table, spool, progress}.read();
}

}  // namespace qsnap::redis
