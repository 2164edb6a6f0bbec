// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/result.hpp>
#include <qsnap/merge/findings.hpp>
#include <qsnap/merge/side.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// What the result says about itself: the later capture's time, all tags, the description that one side changed. Errors
/// with `refused` where the tokens in the documents were made with different keys: equal secrets would differ.
Result<model::Metadata> merge_metadata(const model::RecordSource* base, const model::RecordSource& ours,
                                       const model::RecordSource& theirs, Findings& findings);

/// Whose capture is the later one; ours, if neither is.
[[nodiscard]] Side later_side(const model::Metadata& ours, const model::Metadata& theirs);

}  // namespace qsnap::merge
