// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/setup_report.hpp>

/// Is Git set up for snapshots here, and does it hold them as it should? Reads only.
namespace qsnap::app::setup {

/// What `status` tells: quick, and nothing is run but git.
Result<report::StatusView> status(const std::filesystem::path& folder, const Environment& environment);

enum class Mend { no, yes };
enum class Probe { no, yes };

struct DoctorRequest {
  Environment environment;
  Mend mend = Mend::no;
  Probe probe = Probe::no;
};

/// Everything that can stand in the way, each with what mends it. With `mend`, first does what is safe: installs again
/// what is missing, makes stored forms of packed blobs in the index, drops cached text.
Result<report::DoctorView> doctor(const std::filesystem::path& folder, const DoctorRequest& request);

}  // namespace qsnap::app::setup
