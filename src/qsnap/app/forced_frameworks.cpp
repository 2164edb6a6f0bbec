// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/frameworks/detect_readings.hpp>

namespace qsnap::app {

Result<std::vector<model::ForcedFramework>> forced_frameworks(const std::vector<std::string>& words) {
  std::vector<model::ForcedFramework> forced;
  for (const std::string& word : words) {
    QSNAP_ASSIGN(model::ForcedFramework framework, frameworks::parse_forced_framework(word));
    forced.push_back(std::move(framework));
  }
  std::sort(forced.begin(), forced.end());
  forced.erase(std::unique(forced.begin(), forced.end()), forced.end());
  return forced;
}

}  // namespace qsnap::app
