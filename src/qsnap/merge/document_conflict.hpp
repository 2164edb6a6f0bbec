// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/merge/findings.hpp>
#include <qsnap/model/conflict.hpp>

namespace qsnap::merge {

/// A conflict as a document keeps it.
[[nodiscard]] model::Conflict document_conflict(const Conflict& conflict);
[[nodiscard]] std::vector<model::Conflict> document_conflicts(const std::vector<Conflict>& conflicts);

}  // namespace qsnap::merge
