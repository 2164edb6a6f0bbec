// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// Which frameworks are in a Redis, and why that is believed.
struct DetectView {
  struct Queue {
    std::string queue;
    std::vector<std::pair<std::string, std::uint64_t>> states;  ///< jobs by state
  };
  struct Framework {
    std::string name;
    std::string name_space;
    std::string version;  ///< what its data tells, or empty
    std::uint64_t keys = 0;
    std::uint64_t modelled_keys = 0;
    std::vector<std::string> evidence;
    std::vector<Queue> queues;
  };

  std::string target;  ///< without credentials
  std::uint64_t keys = 0;
  std::uint64_t unknown_keys = 0;
  std::vector<std::string> unknown_sample;  ///< names of the first ones
  std::vector<Framework> frameworks;
};
[[nodiscard]] std::string detect_text(const DetectView& view, const Style& style);
[[nodiscard]] std::string detect_json(const DetectView& view);

}  // namespace qsnap::report
