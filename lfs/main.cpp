// SPDX-License-Identifier: Apache-2.0
#include <qsnap/transfer/program.hpp>

int main(int argc, char** argv, char** environment) {
  return qsnap::transfer::run(argc, argv, environment);
}
