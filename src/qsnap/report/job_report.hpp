// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/report/snapshot_report.hpp>
#include <qsnap/report/style.hpp>

namespace qsnap::report {

/// A whole job for people: a heading, then every member by path, meaning first, what is volatile below it.
Result<std::string> whole_job_text(const JobRow& row, const model::Record& job, const model::PayloadReader& payloads,
                                   const Style& style);

}  // namespace qsnap::report
