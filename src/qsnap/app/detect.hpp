// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/capture_document.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/report/detect_report.hpp>

namespace qsnap::app {

/// Captures the database and tells which frameworks are in it, and why. Keeps nothing.
Result<report::DetectView> detect(const Target& target, const Progress& progress);

}  // namespace qsnap::app
