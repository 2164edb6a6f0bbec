// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fuzz/fuzz_target.hpp>
#include <optional>
#include <string>

#include <support/rdb_bytes.hpp>

#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>
#include <qsnap/redis/rdb/crc64.hpp>
#include <qsnap/redis/rdb/rdb_reader.hpp>

namespace qsnap::redis {

namespace {

/// With the right checksum, so that it is not what finds the damage.
std::string sealed(std::string_view bytes) {
  constexpr std::size_t k_checksum_bytes = 8;
  std::string out{bytes};
  if (out.size() >= k_checksum_bytes) {
    out.resize(out.size() - k_checksum_bytes);
    const std::uint64_t crc = crc64(0, out);
    for (std::size_t i = 0; i < k_checksum_bytes; ++i) {
      out += static_cast<char>(crc >> (8 * i));
    }
  }
  return out;
}

/// What model/keyspace.hpp promises of a value.
void check_layout(model::RedisType type, const model::ItemBlock& items) {
  if (type == model::RedisType::stream) {
    const auto tuples = model::stream_tuples(items);
    fuzz::require(tuples.has_value() && !tuples->empty(), "a stream has tuples");
    fuzz::require(tuples->front().front() == model::stream_tag::k_meta, "a stream begins with its meta tuple");
    return;
  }
  const std::size_t width = model::items_per_element(type).value();
  fuzz::require(!items.empty() && items.size() % width == 0, "elements are whole");
  fuzz::require(type != model::RedisType::string || items.size() == 1, "a string is one item");
  if (type == model::RedisType::set || type == model::RedisType::hash) {
    for (std::size_t i = width; i < items.size(); i += width) {
      fuzz::require(items[i - width] < items[i], "members and fields are sorted, each once");
    }
  }
  if (type == model::RedisType::zset) {
    for (std::size_t i = 1; i < items.size(); i += 2) {
      fuzz::require(parse_double(items[i]).has_value(), "a score is a number");
    }
  }
}

/// Everything that reading says.
std::string read(std::string_view bytes, std::size_t piece, const RdbOptions& options) {
  RdbBytes input{bytes, piece};
  auto spool = Spool::create();
  fuzz::require(spool.has_value(), "there is room for a spool");
  KeyTable table;
  const auto info = read_rdb(input, options, table, *spool, {});
  if (!info) {
    const ErrorCode code = info.error().code;
    fuzz::require(
        code == ErrorCode::corrupt || code == ErrorCode::unsupported_version || code == ErrorCode::limit_exceeded,
        "an unreadable dump is an error of the dump");
    return info.error().message;
  }
  table.freeze(instant_from_ms(0));
  const KeyImage image{std::move(table), *std::move(spool)};
  fuzz::require(image.size() <= info->keys, "keys are counted");
  std::string out;
  for (model::KeyId key = 0; key < image.size(); ++key) {
    const auto items = image.read_all(key);
    fuzz::require(items.has_value(), "what was spooled can be read");
    check_layout(image.type(key), *items);
    out += image.name(key);
    out += items->encode();
  }
  return out;
}

}  // namespace

}  // namespace qsnap::redis

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using qsnap::redis::read;
  const std::string bytes = qsnap::redis::sealed(qsnap::fuzz::text_of(data, size));
  const std::string whole = read(bytes, std::max<std::size_t>(bytes.size(), 1), {});
  qsnap::fuzz::require(read(bytes, 3, {}) == whole, "a dump is the same however it is split");
  read(bytes, bytes.size() + 1, {1, {}});  // whatever is in database 0 is walked over
  return 0;
}
