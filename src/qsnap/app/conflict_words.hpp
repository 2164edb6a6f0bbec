// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include <qsnap/model/conflict.hpp>
#include <qsnap/report/conflict_report.hpp>

namespace qsnap::app {

/// A conflict with its values in the words of a queue: a place as "mail failed", a record as what differs from base.
[[nodiscard]] report::ConflictView conflict_view(const model::Conflict& conflict, std::uint64_t number);

}  // namespace qsnap::app
