// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

/// Which jobs a job waits for, and which wait for it. Both ends are kept: the first in the job's hash and once more in
/// a set of its own, the second in a set. In a record all are `refs` (roles "dependency", "dependent").
namespace qsnap::frameworks::rq {

[[nodiscard]] bool is_dependency_field(std::string_view hash_field);
/// Makes refs of `dependency_ids` and `dependency_id`. False, and nothing is added, if they are not there or not what
/// RQ writes.
[[nodiscard]] bool describe_dependencies(const model::ItemBlock& body, model::Record& record);
/// The inverse.
Result<void> add_dependencies(const model::Record& record, HashBuilder& hash);

/// The set rq:job:<id>:dependents.
[[nodiscard]] std::shared_ptr<const layout::Satellite> make_dependents();
/// The set rq:job::<id>:dependencies, which repeats what the hash says: volatile `dependencies_set` is true, or the set
/// if it says something else.
[[nodiscard]] std::shared_ptr<const layout::Satellite> make_dependencies();

/// Adds `queue` and `name` of the jobs that refs are about; null for the name of a job that is gone.
Result<void> complete_refs(const layout::OtherJobs& others, model::Record& record);

}  // namespace qsnap::frameworks::rq
