// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/upkeep_report.hpp>

namespace qsnap::app {

struct CiVerifyRequest {
  std::string revision = "HEAD";
  std::optional<std::string> base;  ///< into which the revision is to be merged
};

/// What a forge cannot check by itself, of every snapshot in a revision: readable, canonical, without conflicts, in
/// the form that Git shall keep, and raw or a pointer as the attributes say; that config.yaml parses; and that the
/// target (`base`, else the revision itself) has the attributes that make Git treat snapshots as such. Reads objects
/// alone, so a bare or a shallow clone is enough. Errors with `not_found` for no such revision.
Result<report::CiVerifyView> ci_verify(const std::filesystem::path& folder, const CiVerifyRequest& request,
                                       const Progress& progress);

}  // namespace qsnap::app
