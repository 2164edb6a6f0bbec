// SPDX-License-Identifier: Apache-2.0
#include <qsnap/driver/driver.hpp>

int main(int argc, char** argv) {
  return qsnap::driver::run(argc, argv);
}
