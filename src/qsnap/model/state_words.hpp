// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

/// The words for the states of jobs. Records have their framework's own; people who write rules for several frameworks
/// want one for all.
namespace qsnap::model {

/// Whether somebody who says `wanted` means `state` of this framework: the same word; or `wanted` is a word that all
/// frameworks share (waiting, active, scheduled or delayed, failed or dead, completed) and `state` is this one's own
/// for it: failed is dead of Sidekiq and archived of Asynq.
[[nodiscard]] bool state_matches(std::string_view framework, std::string_view state, std::string_view wanted);

/// All words that state_matches() may ever say yes to, sorted.
[[nodiscard]] std::span<const std::string_view> known_states();

}  // namespace qsnap::model
