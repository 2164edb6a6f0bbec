// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/frameworks/decode/wire.hpp>

namespace qsnap::frameworks::decode {

namespace {

constexpr unsigned k_type_bits = 3;
constexpr std::uint64_t k_largest_number = (1U << 29U) - 1;

}  // namespace

Result<WireField> WireReader::next() {
  QSNAP_ASSIGN(const std::uint64_t tag, m_cursor.varint());
  const std::uint64_t number = tag >> k_type_bits;
  if (number == 0 || number > k_largest_number) {
    return make_error(ErrorCode::corrupt, fmt::format("protobuf has no field number {}", number));
  }
  WireField field;
  field.number = static_cast<std::uint32_t>(number);
  field.type = static_cast<WireType>(tag & ((1U << k_type_bits) - 1));
  switch (field.type) {
    case WireType::varint: {
      QSNAP_ASSIGN(field.value, m_cursor.varint());
      return field;
    }
    case WireType::fixed64: {
      QSNAP_ASSIGN(field.value, m_cursor.u64());
      return field;
    }
    case WireType::bytes: {
      QSNAP_ASSIGN(const std::uint64_t length, m_cursor.varint());
      QSNAP_ASSIGN(field.bytes, m_cursor.bytes(length));
      return field;
    }
    case WireType::fixed32: {
      QSNAP_ASSIGN(field.value, m_cursor.u32());
      return field;
    }
  }
  return make_error(ErrorCode::corrupt, fmt::format("protobuf field {} has an unknown wire type", number));
}

WireWriter& WireWriter::varint(std::uint32_t number, std::uint64_t value) {
  return field({number, WireType::varint, value, {}});
}

WireWriter& WireWriter::bytes(std::uint32_t number, std::string_view value) {
  return field({number, WireType::bytes, 0, value});
}

WireWriter& WireWriter::field(const WireField& field) {
  append_varint(m_message, std::uint64_t{field.number} << k_type_bits | static_cast<std::uint64_t>(field.type));
  switch (field.type) {
    case WireType::varint:
      append_varint(m_message, field.value);
      break;
    case WireType::fixed64:
      append_u64(m_message, field.value);
      break;
    case WireType::bytes:
      append_varint(m_message, field.bytes.size());
      m_message += field.bytes;
      break;
    case WireType::fixed32:
      append_u32(m_message, static_cast<std::uint32_t>(field.value));
      break;
  }
  return *this;
}

}  // namespace qsnap::frameworks::decode
