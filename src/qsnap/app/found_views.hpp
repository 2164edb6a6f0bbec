// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/model/record.hpp>
#include <qsnap/report/search_report.hpp>
#include <qsnap/search/excerpt.hpp>
#include <qsnap/search/query.hpp>

/// What search and grep found, as the values that report renders.
namespace qsnap::app {

[[nodiscard]] report::FoundText found_text(std::string where, const search::Excerpt& excerpt);
[[nodiscard]] report::FoundRecord found_record(const model::Record& record, const std::vector<search::Hit>& hits);

}  // namespace qsnap::app
