// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <qsnap/base/result.hpp>
#include <qsnap/redis/rdb/rdb_input.hpp>

/// What a server sends in answer to SYNC: newlines while it is not ready, a header, the image, and a mark behind it.
namespace qsnap::redis {

/// An error reply to SYNC, or to the REPLCONF before it, with what can be done about it.
[[nodiscard]] Error sync_refusal(std::string_view answer);

/// The start of an image without a declared length ("$EOF:<mark>").
struct SyncHeader {
  std::string mark;   ///< the 40 bytes that end the image
  std::string image;  ///< what has come of the image already
};

/// The header in what has come so far; absent while it is not complete. Errors where the server refuses, or where it
/// announces an image of known length: that form it has written to its dump.rdb first.
Result<std::optional<SyncHeader>> parse_sync_header(std::string_view received);

/// The bytes of the image, to the mark and not one further; what comes behind it is not looked at. The mark may be cut
/// anywhere by the reads.
class SyncImage final : public RdbInput {
 public:
  /// The next bytes of the wire, at least one.
  using Wire = std::function<Result<std::string_view>()>;
  SyncImage(SyncHeader header, Wire wire)
      : m_mark(std::move(header.mark)), m_buffer(std::move(header.image)), m_wire(std::move(wire)) {}

  Result<std::string_view> next() override;

 private:
  std::string m_mark;
  std::string m_buffer;      ///< what was handed out last, then what was not handed out yet
  std::size_t m_handed = 0;  ///< bytes of m_buffer that the last call handed out
  bool m_ended = false;
  Wire m_wire;
};

}  // namespace qsnap::redis
