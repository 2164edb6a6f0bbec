// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

enum class Meaning { same, different };

/// Whether two states mean the same under the default rules: equal fingerprints, then equal durations.
Result<Meaning> compare_meaning(const model::RecordSource& before, const model::RecordSource& after,
                                const Progress& progress);

}  // namespace qsnap::app
