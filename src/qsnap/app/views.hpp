// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/app/load.hpp>
#include <qsnap/app/save.hpp>
#include <qsnap/report/outcome_report.hpp>

/// Outcomes of use cases as the values that report renders.
namespace qsnap::app {

[[nodiscard]] report::SaveView view_of(const std::string& name, const SaveOutcome& outcome);
[[nodiscard]] report::LoadView view_of(const std::string& name, const std::string& target, const LoadOutcome& outcome);

}  // namespace qsnap::app
