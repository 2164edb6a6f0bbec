// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/base/progress.hpp>
#include <qsnap/redis/rdb/dump_value.hpp>
#include <qsnap/redis/rdb/rdb_cursor.hpp>

namespace qsnap::redis {

namespace {

/// Bytes in memory, in one piece.
class PayloadInput final : public RdbInput {
 public:
  explicit PayloadInput(std::string_view payload) : m_payload(payload) {}
  Result<std::string_view> next() override { return std::exchange(m_payload, {}); }

 private:
  std::string_view m_payload;
};

}  // namespace

Result<RdbValue> read_dump(std::string_view payload, Spool& spool) {
  constexpr std::size_t k_version_bytes = 2;
  constexpr std::size_t k_checksum_bytes = 8;
  PayloadInput input{payload};
  const Progress progress;
  RdbCursor cursor{input, progress};
  RdbValueReader reader{cursor, spool};
  QSNAP_ASSIGN(const std::uint8_t type, cursor.u8());
  QSNAP_ASSIGN(std::optional<RdbValue> value, reader.read(RdbType{type}));
  QSNAP_TRY(cursor.skip(k_version_bytes));
  const std::uint64_t checksum = cursor.checksum();
  QSNAP_ASSIGN(const std::uint64_t expected, cursor.integer(k_checksum_bytes));
  QSNAP_ASSIGN(const bool whole, cursor.at_end());
  if (!value || !whole || checksum != expected) {
    return cursor.damaged("checksum of a DUMP payload");
  }
  return *std::move(value);
}

}  // namespace qsnap::redis
