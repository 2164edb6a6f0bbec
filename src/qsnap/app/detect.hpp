// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/report/detect_report.hpp>

namespace qsnap::app {

/// Captures the database and tells which frameworks are in it, and why; `forced` are in it because the user says so.
/// Keeps nothing.
Result<report::DetectView> detect(const Target& target, std::span<const model::ForcedFramework> forced,
                                  const Progress& progress);

}  // namespace qsnap::app
