// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include <qsnap/app/setup/effective_config.hpp>
#include <qsnap/app/setup/manifest.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/setup_report.hpp>

/// What status and doctor look at. Internal to setup.
namespace qsnap::app::setup {

struct Look {
  std::filesystem::path folder;
  const Environment& environment;
  RepositoryPlaces repository;
  EffectiveConfig config;
  std::optional<Manifest> manifest;
  Result<std::vector<TrackedSnapshot>> tracked;

  static Result<Look> at(const std::filesystem::path& folder, const Environment& environment);
  /// From the top; empty where they could not be read.
  [[nodiscard]] std::vector<std::string> tracked_paths() const;
};

/// The part that status and doctor share.
Result<report::StatusView> status_of(const Look& look);

using Checks = std::vector<report::SetupCheck>;

/// Whether the snapshots that are in LFS can come and go. Nothing where there are none.
Result<Checks> lfs_checks(const Look& look);

/// What only doctor looks at.
Result<Checks> driver_version_check(const Look& look);
Result<Checks> git_checks(const Look& look);
Result<Checks> attribute_file_checks(const Look& look);
Result<Checks> text_cache_check(const Look& look);

/// Real git, real driver, our fragment: a snapshot is added, compared and merged in a scratch repository.
Result<Checks> probe(const RepositoryPlaces& repository);

}  // namespace qsnap::app::setup
