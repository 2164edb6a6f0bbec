// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/store/pending.hpp>

/// What decisions replaced, so that they can be taken back: <git dir>/qsnap/decided, the last 20 commands.
namespace qsnap::app {

enum class Decision : std::uint8_t { accept, reject };
/// "accept", "reject".
[[nodiscard]] std::string_view to_text(Decision decision);

/// The decisions of one command: a folder NUMBER-accept or NUMBER-reject with two stores in it. `pending` has what was
/// decided about, `before` what the tree had then, under the same names; a name that is in the first one alone had
/// no snapshot. What is kept is kept before anything is done, so a command that was killed can be taken back, too.
struct DecidedBatch {
  std::filesystem::path folder;
  Decision decision = Decision::accept;

  [[nodiscard]] store::PendingStore pending() const { return store::PendingStore{folder / "pending"}; }
  [[nodiscard]] store::PendingStore before() const { return store::PendingStore{folder / "before"}; }
};

/// A new one, which is the last one from now on; forgets the oldest.
Result<DecidedBatch> begin_batch(const std::filesystem::path& git_dir, Decision decision);
/// The last one of this kind; absent for none.
Result<std::optional<DecidedBatch>> last_batch(const std::filesystem::path& git_dir, Decision decision);
Result<void> forget_batch(const DecidedBatch& batch);

}  // namespace qsnap::app
