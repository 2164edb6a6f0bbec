// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/diff/changes.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::diff {

/// Compares two states by meaning.
///
/// Equal roots end it. Otherwise only chunks with unequal digests are decoded. Pass one keeps some 50 bytes a job:
/// hashes of identity (queue's framework and namespace, id, creation time), of the line, of the meaning, and where it
/// lies. Jobs with equal lines in the same place are done. The others are paired by identity, then by meaning (equal
/// semantic hash, same queue and state first), then by best likeness within queue and name (bounded). Pass two decodes
/// only what remains. Near-linear; memory is for the index and the changed jobs.
Result<Changes> compare(const model::RecordSource& before, const model::RecordSource& after,
                        const config::Config& rules, const model::PayloadReader& payloads, const Progress& progress);

}  // namespace qsnap::diff
