// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>
#include <support/golden.hpp>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>

namespace qsnap::test {

std::string golden(std::string_view file, std::string_view actual) {
  const std::filesystem::path path = std::filesystem::path{QSNAP_SOURCE_DIR} / "tests/golden" / file;
  if (std::getenv("QSNAP_UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    REQUIRE_MESSAGE(std::getenv("CI") == nullptr, "golden files are not rewritten in CI");
    std::filesystem::create_directories(path.parent_path());
    REQUIRE(write_file_atomically(path, actual).has_value());
  }
  auto bytes = read_file(path, 16 * limits::k_mib);
  REQUIRE_MESSAGE(bytes.has_value(), "run with QSNAP_UPDATE_GOLDEN=1 to make ", path.native());
  return *std::move(bytes);
}

}  // namespace qsnap::test
