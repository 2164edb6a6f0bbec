// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/adapter.hpp>
#include <qsnap/frameworks/detect_readings.hpp>

namespace qsnap::frameworks {

/// One framework in one namespace, and what of the keyspace is its own.
struct FoundFramework {
  struct Queue {
    std::string id;      ///< "bullmq:bull:mail"
    std::string counts;  ///< jobs by state, as JSON
  };
  model::FrameworkInfo info;
  Origin origin = Origin::detected;
  std::vector<std::string> evidence;  ///< in words
  std::uint64_t keys = 0;             ///< that it knows
  std::uint64_t modelled = 0;         ///< of those, the ones that become records
  std::vector<Queue> queues;
};

struct Inventory {
  std::vector<FoundFramework> frameworks;  ///< the one with the most keys first
  std::uint64_t keys = 0;
  std::uint64_t unknown = 0;                ///< keys of no framework
  std::vector<std::string> unknown_sample;  ///< the first of them by name, a few
};

/// What every adapter sees in a keyspace. Keys are claimed as in a capture; nothing is proven.
Result<Inventory> take_inventory(const model::Keyspace& keyspace, std::span<const model::ForcedFramework> forced = {},
                                 const AdapterList& among = adapters());

}  // namespace qsnap::frameworks
