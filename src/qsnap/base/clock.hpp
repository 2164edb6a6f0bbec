// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace qsnap {

/// A point in time, UTC, in whole milliseconds: the resolution of Redis expiries.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

[[nodiscard]] inline Instant instant_from_ms(std::int64_t ms) {
  return Instant{std::chrono::milliseconds{ms}};
}
[[nodiscard]] inline std::int64_t to_ms(Instant at) {
  return at.time_since_epoch().count();
}

/// "2026-11-20T10:00:00.123Z", always with three decimals.
[[nodiscard]] std::string format_instant(Instant at);
/// Reads exactly what format_instant writes; anything else is absent.
[[nodiscard]] std::optional<Instant> parse_instant(std::string_view text);

/// The outside world's clock, as a port: tests use a fixed one.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant now() const override;
};

}  // namespace qsnap
