// SPDX-License-Identifier: Apache-2.0
#include <qsnap/driver/driver.hpp>

namespace qsnap::driver {

int run(int /*argc*/, char** /*argv*/) {
  constexpr int k_usage = 129;
  return k_usage;
}

}  // namespace qsnap::driver
