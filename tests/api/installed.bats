#!/usr/bin/env bats
# libqsnap as installed: the example project outside of the tree, by CMake's find_package and by pkg-config.
# By hand: QSNAP_BUILD=<build> QSNAP_BIN=<build>/src QSNAP_SOURCE=<checkout> bats FILE
load ../integration/helpers
setup_file() {
  cmake --install "$QSNAP_BUILD" --prefix "$BATS_FILE_TMPDIR/prefix" >"$BATS_FILE_TMPDIR/install.log"
  export PREFIX=$BATS_FILE_TMPDIR/prefix LIBRARIES
  LIBRARIES=$(dirname "$(find "$PREFIX" -name libqsnap.so)")
}
setup() {
  setup_world
  unset CI CONTINUOUS_INTEGRATION GITHUB_ACTIONS QSNAP_UPDATE QSNAP_RUN_ID QSNAP_PENDING_DIR
  export PATH=$PREFIX/bin:$PATH
}
teardown() { teardown_world; }

tests() { ctest --test-dir "$WORLD/build" --output-on-failure; }

@test "the example is red at first, green once it was accepted, and red when its code changes" {
  cp -r "$QSNAP_SOURCE"/examples/cpp/. . && git qsnap init >/dev/null
  cmake -B "$WORLD/build" -DCMAKE_PREFIX_PATH="$PREFIX" -DCMAKE_CXX_FLAGS="-O0 -Wall -Wextra -Werror" >/dev/null
  cmake --build "$WORLD/build" -j2 >"$WORLD/build.log" || { cat "$WORLD/build.log"; false; }
  start_redis shop
  # shellcheck disable=SC2154
  export QSNAP_REDIS_URL=$REDIS_shop

  expect_exit 8 tests
  expect_output "0% tests passed, 3 tests failed out of 3"
  expect_output "git qsnap review"
  git qsnap accept --all >/dev/null
  expect_exit 0 tests
  (cd .queue-snapshots && find . -name '*.qsnap' | sort) >files
  diff -u files - <<'END'
./test-cases/ShopTest/SignsUp.qsnap
./test-cases/ShopTest/SignsUp/2.qsnap
./test-cases/a-customer-of-the-shop-dbfe1aca.qsnap
./test-cases/catch2/paid.qsnap
./test-cases/doctest/signs-up-twice.qsnap
./test-cases/gtest/paid.qsnap
./test-cases/shop/a-customer-signs-up-d39708b3.qsnap
./test-cases/shop/a-customer-signs-up-d39708b3/and-pays-f076e205.qsnap
END
  # Assertions that hold are counted.
  "$WORLD/build/doctest_test" | grep -q 'assertions: 4 | 4 passed'
  "$WORLD/build/catch2_test" | grep -q '2 assertions in 1 test case'

  sed -i 's/"Receipt", std::to_string(order)/"Receipt", std::to_string(order + 1)/' shop.hpp
  cmake --build "$WORLD/build" --target catch2_test >/dev/null
  expect_exit 1 "$WORLD/build/catch2_test"
  expect_output "queues_are_as_expected"
  expect_output "payload[0]   1 → 2"
  QSNAP_UPDATE=all "$WORLD/build/catch2_test" >/dev/null
  expect_exit 0 "$WORLD/build/catch2_test"
}

@test "pkg-config tells how to link, with the shared library and with the static one" {
  export PKG_CONFIG_PATH=$LIBRARIES/pkgconfig
  local flags
  read -r -a flags <<<"$(pkg-config --cflags --libs qsnap)"
  cc "$QSNAP_SOURCE/tests/api/c89.c" -o "$WORLD/shared" "${flags[@]}"
  read -r -a flags <<<"$(pkg-config --cflags --libs --static qsnap)"
  mkdir "$WORLD/static_only" && cp "$LIBRARIES/libqsnap.a" "$WORLD/static_only"
  cc "$QSNAP_SOURCE/tests/api/c89.c" -o "$WORLD/static" -L"$WORLD/static_only" "${flags[@]}"
  ! readelf -d "$WORLD/static" | grep -q 'NEEDED.*libqsnap' || false

  git qsnap init >/dev/null
  serve bullmq6-before.rdb
  LD_LIBRARY_PATH=$LIBRARIES expect_exit 0 "$WORLD/shared"
  expect_exit 0 "$WORLD/static"
  expect_output "check: 0"
}

@test "the static library defines no name but those of qsnap.h" {
  diff -u "$QSNAP_SOURCE/tests/api/symbols.txt" <(nm --defined-only --extern-only --format=posix "$LIBRARIES/libqsnap.a" 2>/dev/null |
    awk 'NF > 1 { print $1 }' | sort)
}

@test "CMake's package has the static library, too, and the headers compile as C++17" {
  mkdir app && cd app
  cat >CMakeLists.txt <<'END'
cmake_minimum_required(VERSION 3.16)
project(app LANGUAGES CXX)
find_package(qsnap 0.1 REQUIRED)
add_executable(app app.cpp)
target_link_libraries(app PRIVATE qsnap::qsnap_static)
END
  cat >app.cpp <<'END'
#include <iostream>
#include <qsnap/qsnap.hpp>
int main() {
  qsnap::SessionOptions options;
  options.folder = "/";
  std::cout << qsnap::Session{options}.check("x").message << '\n';
}
END
  cmake -B build -DCMAKE_PREFIX_PATH="$PREFIX" -DCMAKE_CXX_STANDARD=17 >/dev/null
  cmake --build build >/dev/null
  expect_exit 0 build/app
  expect_output "not inside a git repository"
}

@test "the header for Catch2 takes version 3, installed or as two files" {
  # Debian 12 has version 2 alone: these stubs stand for what the header uses of version 3.
  mkdir -p installed/catch2/interfaces two_files
  cat >installed/catch2/catch_test_macros.hpp <<'END'
#pragma once
#include <iostream>
#define CHECK(condition) static_cast<void>((condition) || (std::cout << "failed: " #condition "\n"))
#define REQUIRE CHECK
#define UNSCOPED_INFO(text) std::cout << text << '\n'
END
  cat >installed/catch2/interfaces/catch_interfaces_capture.hpp <<'END'
#pragma once
#include <string>
namespace Catch {
struct StringRef {
  explicit operator std::string() const { return "a test"; }
};
struct IResultCapture {
  StringRef getCurrentTestName() const { return {}; }
};
inline IResultCapture& getResultCapture() {
  static IResultCapture capture;
  return capture;
}
}  // namespace Catch
END
  cat installed/catch2/catch_test_macros.hpp installed/catch2/interfaces/catch_interfaces_capture.hpp >two_files/catch_amalgamated.hpp
  cat >test.cpp <<'END'
#include <qsnap/catch2.hpp>
int main() {
  qsnap::Session nowhere{{.folder = "/"}};
  QSNAP_CHECK(nowhere);
}
END
  local here
  for here in installed two_files; do
    c++ -std=c++20 -I"$here" -I"$PREFIX/include" test.cpp -o test -L"$LIBRARIES" -Wl,-rpath,"$LIBRARIES" -lqsnap
    expect_exit 0 ./test
    expect_output "failed: queues_are_as_expected"
    expect_output "not inside a git repository"
  done
}
