// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/frameworks/layout/layout.hpp>

namespace qsnap::frameworks::rq {

/// The stream rq:results:<id>: how each run of a job ended. The last one's members stand in the job's record, those of
/// the others in the arrays `earlier_results`, oldest first, of meaning and of noise. Ids of entries are instants:
/// that of the last one is volatile `result_at_ms`, the others are told by their distance from it.
[[nodiscard]] std::shared_ptr<const layout::Satellite> make_results();

}  // namespace qsnap::frameworks::rq
