// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/item_block.hpp>
#include <qsnap/model/record.hpp>

/// A scheduler ("<queue>:repeat:<id>" and its entry in "<queue>:repeat") as a config record, and back.
namespace qsnap::frameworks::bullmq {

/// Everything but the members kind, queue and id.
void describe_scheduler(const model::ItemBlock& hash, model::Record& record);
/// When it fires next: the score of its entry.
void describe_next_run(double score, model::Record& record);

/// The inverse. Errors with `corrupt`.
Result<model::ItemBlock> scheduler_hash(const model::Record& record);
Result<double> next_run_score(const model::Record& record);

}  // namespace qsnap::frameworks::bullmq
