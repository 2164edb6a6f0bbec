// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/frameworks/layout/json_job.hpp>
#include <qsnap/model/record.hpp>

/// Values that messages and results have in common.
///
/// Ids of other tasks are `refs` ({"role":"parent"}, with "id" where somebody chose it) and, in the same order,
/// volatile `ref_ids`: which role there is, is meaning.
namespace qsnap::frameworks::celery {

/// The task's own id as canonical JSON, once it is described.
[[nodiscard]] std::optional<std::string> own_id(const model::Record& record);

extern const layout::JsonCustom k_group;
extern const layout::JsonCustom k_parent;
extern const layout::JsonCustom k_root;      ///< without a reference, the task's own id
extern const layout::JsonCustom k_eta;       ///< volatile `due_at_iso`, and `eta` is true
extern const layout::JsonCustom k_expires;   ///< volatile `expires_at_iso`, and `expires` is true
extern const layout::JsonCustom k_children;  ///< `children` without the ids, which are volatile `child_ids`

}  // namespace qsnap::frameworks::celery
