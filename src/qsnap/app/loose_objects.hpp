// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

namespace qsnap::app {

/// Objects that lie by themselves, without a delta: a file each.
class LooseObjects {
 public:
  /// `folder` is the object folder of a repository.
  explicit LooseObjects(std::filesystem::path folder) : m_folder(std::move(folder)) {}

  /// Of the file; absent for an object that is packed only, or not there.
  [[nodiscard]] std::optional<std::uint64_t> bytes_of(std::string_view id) const;

 private:
  std::filesystem::path m_folder;
};

}  // namespace qsnap::app
