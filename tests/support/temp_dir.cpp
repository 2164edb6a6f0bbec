// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include <support/temp_dir.hpp>

namespace qsnap::test {

TempDir::TempDir() {
  std::string name = (std::filesystem::temp_directory_path() / "qsnap-test-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error{errno, std::generic_category(), name};
  }
  m_path = name;
}

TempDir::TempDir(TempDir&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}

TempDir::~TempDir() {
  if (!m_path.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
}

}  // namespace qsnap::test
