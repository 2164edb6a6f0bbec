// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/model/id_rewriter.hpp>

namespace qsnap::frameworks {

/// Where the records of all frameworks hold ids of jobs: the job's own in `volatile`, `ref_ids` beside `refs`, and
/// inside the JSON that BullMQ keeps of a parent. Ids that are names of verbatim keys stay.
class JobIdRewriter final : public model::IdRewriter {
 public:
  Result<void> rewrite(model::Record& job, const model::NewIds& ids) const override;
};

}  // namespace qsnap::frameworks
