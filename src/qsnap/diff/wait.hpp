// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

#include <qsnap/base/clock.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::diff {

/// How long a job was to wait, as two instants imply it.
struct Wait {
  enum class Since : std::uint8_t {
    creation,
    capture,  ///< of its own side: the framework keeps neither a delay nor when the job was made
  };
  std::int64_t ms = 0;  ///< until the job is due
  Since since = Since::creation;
};

/// Absent where no two instants imply one, and of a job that waits because it failed. Without `captured` no wait is
/// counted from there.
[[nodiscard]] std::optional<Wait> wait_of(const model::Record& job, std::optional<Instant> captured);

}  // namespace qsnap::diff
