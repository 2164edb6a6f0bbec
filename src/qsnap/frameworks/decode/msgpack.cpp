// SPDX-License-Identifier: Apache-2.0
#include <bit>
#include <chrono>

#include <fmt/format.h>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/cursor.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/frameworks/decode/msgpack.hpp>
#include <qsnap/frameworks/decode/value_tree.hpp>

namespace qsnap::frameworks::decode {

namespace {

Result<std::uint64_t> big_endian(ByteCursor& cursor, std::size_t bytes) {
  QSNAP_ASSIGN(const std::string_view raw, cursor.bytes(bytes));
  std::uint64_t value = 0;
  for (const char c : raw) {
    value = value << 8U | static_cast<unsigned char>(c);
  }
  return value;
}

/// The type's first byte tells where a family of three or four widths begins: 1, 2, 4, 8 bytes.
std::size_t width(std::uint8_t type, std::uint8_t first) {
  return std::size_t{1} << (type - first);
}

std::int64_t sign_extended(std::uint64_t value, std::size_t bytes) {
  const std::size_t unused_bits = 64 - 8 * bytes;
  return static_cast<std::int64_t>(value << unused_bits) >> unused_bits;
}

/// Absent for a form that the specification does not have, and for years that no calendar of ours has.
std::optional<std::string> timestamp_text(std::string_view data) {
  constexpr std::uint64_t k_ns_per_s = 1'000'000'000;
  constexpr unsigned k_seconds_bits = 34;
  ByteCursor cursor{data};
  std::uint64_t ns = 0;
  std::int64_t seconds = 0;
  if (data.size() == 4) {
    seconds = static_cast<std::int64_t>(*big_endian(cursor, 4));
  } else if (data.size() == 8) {
    const std::uint64_t both = *big_endian(cursor, 8);
    ns = both >> k_seconds_bits;
    seconds = static_cast<std::int64_t>(both & ((1ULL << k_seconds_bits) - 1));
  } else if (data.size() == 12) {
    ns = *big_endian(cursor, 4);
    seconds = static_cast<std::int64_t>(*big_endian(cursor, 8));
  } else {
    return std::nullopt;
  }
  constexpr std::int64_t k_year_0 = -62'167'219'200, k_year_10000 = 253'402'300'800;
  if (ns >= k_ns_per_s || seconds < k_year_0 || seconds >= k_year_10000) {
    return std::nullopt;
  }
  std::string text = format_instant(instant_from_ms(seconds * 1000));
  text.erase(text.find('.'));
  return ns == 0 ? text + 'Z' : fmt::format("{}.{:09}Z", text, ns);
}

class MsgpackReader {
 public:
  MsgpackReader(std::string_view bytes, ValueTree& tree) : m_cursor(bytes), m_tree(tree) {}

  [[nodiscard]] bool at_end() const { return m_cursor.at_end(); }

  Result<ValueId> value(std::size_t level) {
    if (level > limits::k_decoded_depth) {
      return make_error(ErrorCode::limit_exceeded, "msgpack values inside each other beyond the limit");
    }
    QSNAP_ASSIGN(const std::uint8_t type, m_cursor.u8());
    if (type < 0x80) {
      return m_tree.json(fmt::format("{}", type));
    }
    if (type >= 0xE0) {
      return m_tree.json(fmt::format("{}", static_cast<std::int8_t>(type)));
    }
    if (type < 0x90) {
      return map(type & 0x0FU, level);
    }
    if (type < 0xA0) {
      return array(type & 0x0FU, level);
    }
    return type < 0xC0 ? text(type & 0x1FU) : typed(type, level);
  }

 private:
  /// 0xC0 to 0xDF, by the table of the specification.
  Result<ValueId> typed(std::uint8_t type, std::size_t level) {
    switch (type) {
      case 0xC0:
        return m_tree.json("null");
      case 0xC2:
      case 0xC3:
        return m_tree.json(type == 0xC3 ? "true" : "false");
      case 0xC4:
      case 0xC5:
      case 0xC6:
        return binary(width(type, 0xC4));
      case 0xC7:
      case 0xC8:
      case 0xC9: {
        QSNAP_ASSIGN(const std::uint64_t bytes, big_endian(m_cursor, width(type, 0xC7)));
        return extension(bytes);
      }
      case 0xCA: {
        QSNAP_ASSIGN(const std::uint64_t bits, big_endian(m_cursor, 4));
        return m_tree.json(float_json(std::bit_cast<float>(static_cast<std::uint32_t>(bits))));
      }
      case 0xCB: {
        QSNAP_ASSIGN(const std::uint64_t bits, big_endian(m_cursor, 8));
        return m_tree.json(float_json(std::bit_cast<double>(bits)));
      }
      case 0xD4:
      case 0xD5:
      case 0xD6:
      case 0xD7:
      case 0xD8:
        return extension(width(type, 0xD4));
      default:
        return sized(type, level);
    }
  }

  /// The rest of the table: integers, and the lengths that stand behind the type.
  Result<ValueId> sized(std::uint8_t type, std::size_t level) {
    if (type >= 0xCC && type <= 0xD3) {
      const bool is_signed = type >= 0xD0;
      const std::size_t bytes = width(type, is_signed ? 0xD0 : 0xCC);
      QSNAP_ASSIGN(const std::uint64_t number, big_endian(m_cursor, bytes));
      return m_tree.json(is_signed ? fmt::format("{}", sign_extended(number, bytes)) : fmt::format("{}", number));
    }
    if (type < 0xD9) {
      return make_error(ErrorCode::corrupt, fmt::format("msgpack has no type {:#x}", type));
    }
    if (type <= 0xDB) {
      QSNAP_ASSIGN(const std::uint64_t bytes, big_endian(m_cursor, width(type, 0xD9)));
      return text(bytes);
    }
    QSNAP_ASSIGN(const std::uint64_t count, big_endian(m_cursor, type % 2 == 0 ? 2 : 4));
    return type <= 0xDD ? array(count, level) : map(count, level);
  }

  Result<ValueId> text(std::uint64_t size) {
    QSNAP_ASSIGN(const std::string_view raw, m_cursor.bytes(size));
    return m_tree.text(std::string{raw});
  }

  Result<ValueId> binary(std::size_t length_bytes) {
    QSNAP_ASSIGN(const std::uint64_t size, big_endian(m_cursor, length_bytes));
    QSNAP_ASSIGN(const std::string_view raw, m_cursor.bytes(size));
    return m_tree.bytes(std::string{raw});
  }

  Result<ValueId> extension(std::uint64_t size) {
    constexpr std::int8_t k_timestamp = -1;
    QSNAP_ASSIGN(const std::uint8_t type_byte, m_cursor.u8());
    QSNAP_ASSIGN(const std::string_view data, m_cursor.bytes(size));
    const auto type = static_cast<std::int8_t>(type_byte);
    if (auto instant = type == k_timestamp ? timestamp_text(data) : std::nullopt) {
      return m_tree.tagged("$timestamp", *std::move(instant));
    }
    QSNAP_ASSIGN(const ValueId number, m_tree.json(fmt::format("{}", type)));
    QSNAP_ASSIGN(const ValueId base64, m_tree.text(to_base64(data)));
    return m_tree.object({{"$ext", number}, {"$b64", base64}});
  }

  Result<std::vector<ValueId>> values(std::uint64_t count, std::size_t level) {
    std::vector<ValueId> items;  // every value takes a byte at least, so a count that lies ends at the end of the data
    for (std::uint64_t i = 0; i < count; ++i) {
      QSNAP_ASSIGN(const ValueId item, value(level + 1));
      items.push_back(item);
    }
    return items;
  }

  Result<ValueId> array(std::uint64_t count, std::size_t level) {
    QSNAP_ASSIGN(std::vector<ValueId> items, values(count, level));
    return m_tree.array(std::move(items));
  }

  Result<ValueId> map(std::uint64_t pairs, std::size_t level) {
    QSNAP_ASSIGN(std::vector<ValueId> items, values(2 * pairs, level));
    return m_tree.add({Value::Kind::map, {}, std::move(items)});
  }

  ByteCursor m_cursor;
  ValueTree& m_tree;
};

}  // namespace

Result<std::string> msgpack_json(std::string_view bytes) {
  ValueTree tree;
  MsgpackReader reader{bytes, tree};
  QSNAP_ASSIGN(const ValueId root, reader.value(1));
  if (!reader.at_end()) {
    return make_error(ErrorCode::corrupt, "bytes behind the end of a msgpack value");
  }
  return tree.print(root);
}

}  // namespace qsnap::frameworks::decode
