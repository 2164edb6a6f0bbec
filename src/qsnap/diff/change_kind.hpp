// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/diff/changes.hpp>
#include <qsnap/diff/field_changes.hpp>
#include <qsnap/model/record.hpp>

/// The word for a change that neither added, removed nor moved anything.
namespace qsnap::diff {

/// Of a job of which `fields` differ. REQUIRES: fields is not empty
[[nodiscard]] ChangeKind job_change_kind(const FieldCollector& fields, const model::Record& before,
                                         const model::Record& after);
/// Of a queue, a worker or a config record.
[[nodiscard]] ChangeKind record_change_kind(const FieldCollector& fields, const model::Record& before,
                                            const model::Record& after);

}  // namespace qsnap::diff
