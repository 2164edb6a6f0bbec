// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/main.hpp>

int main(int argc, char** argv) {
  return qsnap::cli::run(argc, argv);
}
