// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/driver/merge_repository.hpp>

namespace qsnap::driver {

/// What decides in this merge: config.yaml of our side, then the attribute `qsnap-policy` of the path, then what the
/// caller asked for. Our side's config.yaml is that of the work tree, and where there is none, or no work tree, that
/// of HEAD. Errors with `config` for one that does not parse, and for an attribute that is no policy.
Result<config::Config> merge_rules(const MergeRequest& request, const MergeRepository& repository);

}  // namespace qsnap::driver
