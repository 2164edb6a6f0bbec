// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/merge/side.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

using Json = std::optional<std::string_view>;
using OwnedJson = std::optional<std::string>;

/// One value in three states; absent: not there.
struct Values {
  Json base;
  Json ours;
  Json theirs;
};

/// What a policy makes of a value that both sides changed. The outer optional is absent where it says nothing about
/// such values: `max` of texts, `sum` of what was not there, `concat` where a side changed what stood there before.
using Verdict = std::optional<OwnedJson>;
Result<Verdict> apply_policy(config::MergePolicy policy, const Values& values, Side later,
                             const model::PayloadReader& payloads);

/// The side that a policy takes, whatever there is; absent for all others.
[[nodiscard]] std::optional<Side> chosen_side(std::optional<config::MergePolicy> policy, Side later);

}  // namespace qsnap::merge
