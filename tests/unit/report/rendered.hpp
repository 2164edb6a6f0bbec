// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <qsnap/report/output.hpp>

namespace qsnap::report {

/// All that a face writes. `write` is called with an Output.
template <typename Write>
std::string rendered(const Write& write) {
  std::string text;
  const Output out = [&](std::string_view part) -> Result<void> {
    text += part;
    return {};
  };
  REQUIRE(write(out).has_value());
  return text;
}

}  // namespace qsnap::report
