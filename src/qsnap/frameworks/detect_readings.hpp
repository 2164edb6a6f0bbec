// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/snapshot.hpp>

/// Which readings a keyspace gets, and in which order they claim its keys: a capture and `detect` must agree on that.
namespace qsnap::frameworks {

/// "bullmq=bull", and "sidekiq=" for the empty namespace. Errors with `usage`, and with the names that there are.
Result<model::ForcedFramework> parse_forced_framework(std::string_view text, const AdapterList& among = adapters());

/// What detection found, or a user named.
enum class Origin { detected, forced };

struct FoundReading {
  const Adapter* adapter = nullptr;
  std::unique_ptr<Reading> reading;
  Origin origin = Origin::detected;  ///< forced, though detection may have found it as well
};

/// The readings of every adapter, and those that are forced. The keyspace must outlive them.
Result<std::vector<FoundReading>> detect_readings(const model::Keyspace& keyspace,
                                                  std::span<const model::ForcedFramework> forced,
                                                  const AdapterList& among = adapters());

/// Readings plan in the order of these: a user knows better than detection, and a fallback takes what is left.
inline constexpr int k_planning_rounds = 4;
[[nodiscard]] int planning_round(const Adapter& adapter, Origin origin);

}  // namespace qsnap::frameworks
