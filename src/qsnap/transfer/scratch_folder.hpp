// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>  // NOLINT(modernize-deprecated-headers): mkdtemp() is not in <cstdlib>

#include <cerrno>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::transfer {

/// A new folder in one that is there; it goes with this object, with all that is in it.
class ScratchFolder {
 public:
  static Result<ScratchFolder> create(const std::filesystem::path& where, std::string_view prefix) {
    std::string path = (where / prefix).native() + "-XXXXXX";
    if (::mkdtemp(path.data()) == nullptr) {
      return file_error("make a folder in", where, errno);
    }
    return ScratchFolder{path};
  }
  ScratchFolder(ScratchFolder&& other) noexcept : m_path(std::exchange(other.m_path, {})) {}
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder() {
    if (!m_path.empty()) {
      std::error_code ignored;
      std::filesystem::remove_all(m_path, ignored);
    }
  }

  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

 private:
  explicit ScratchFolder(std::filesystem::path path) : m_path(std::move(path)) {}

  std::filesystem::path m_path;
};

}  // namespace qsnap::transfer
