// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <qsnap/base/cursor.hpp>
#include <qsnap/base/result.hpp>

/// Protobuf's wire format without a schema: https://protobuf.dev/programming-guides/encoding
namespace qsnap::frameworks::decode {

enum class WireType : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

struct WireField {
  std::uint32_t number = 0;
  WireType type = WireType::varint;
  std::uint64_t value = 0;  ///< of varint, fixed64 and fixed32; a negative int32 or int64 is its two's complement
  std::string_view bytes;   ///< of bytes: text, a message or packed numbers; a view into the message

  friend bool operator==(const WireField&, const WireField&) = default;
};

/// Reads the fields of one message, front to back. The bytes must outlive it and what it gives.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : m_cursor(message) {}

  [[nodiscard]] bool at_end() const { return m_cursor.at_end(); }
  /// Errors with `corrupt`, also for groups (which proto3 has not) and for numbers longer than they need be: what is
  /// read here is written again by WireWriter to the same bytes.
  Result<WireField> next();

 private:
  ByteCursor m_cursor;
};

/// Writes the fields of one message, in the order of the calls.
class WireWriter {
 public:
  WireWriter& varint(std::uint32_t number, std::uint64_t value);
  WireWriter& bytes(std::uint32_t number, std::string_view value);
  WireWriter& field(const WireField& field);

  [[nodiscard]] const std::string& message() const { return m_message; }
  [[nodiscard]] std::string take() { return std::move(m_message); }

 private:
  std::string m_message;
};

}  // namespace qsnap::frameworks::decode
