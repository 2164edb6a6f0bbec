// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/private_folder.hpp>
#include <qsnap/base/result.hpp>

namespace qsnap::app {

/// How git merges with our driver, whatever a repository has installed or configured.
class MergeSettings {
 public:
  /// `program_folder` has git-qsnap-driver. Of the repository's configuration, no driver, filter or program is run: a
  /// file with a merge driver of somebody else's is a conflict. Errors with `not_found` without our driver, with
  /// `refused` for a driver or a filter whose name holds a '=', which cannot be switched off.
  static Result<MergeSettings> make(const std::filesystem::path& folder, const std::filesystem::path& program_folder);

  /// What becomes of the merge: the driver's journal tells of one that is kept.
  enum class Purpose : std::uint8_t { keep, trial };
  /// These arguments, and the settings in front of them.
  [[nodiscard]] std::vector<std::string> with(Purpose purpose, const std::vector<std::string>& arguments) const;

 private:
  MergeSettings(PrivateFolder files, std::vector<std::string> options)
      : m_files(std::move(files)), m_options(std::move(options)) {}

  PrivateFolder m_files;  ///< what the options name
  std::vector<std::string> m_options;
};

}  // namespace qsnap::app
