// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

/// What `set promote` has begun and not ended, for each file of a target: <git dir>/qsnap/promote/<digest of its path>.
namespace qsnap::app {

/// Instead of a root, of a target in conflict: first while Git's index gets that, and then the file; later until
/// somebody has decided, and the next call has taken that.
inline constexpr std::string_view k_conflict_begun = "?";
inline constexpr std::string_view k_conflict_written = "-";

struct BegunPromotion {
  std::string theirs_root;  ///< of the set's version, hexadecimal
  std::string result_root;  ///< of what the target gets

  friend bool operator==(const BegunPromotion&, const BegunPromotion&) = default;
};

/// `path` is that of the target's file, from the top. It is only a memory: what cannot be read is absent.
Result<std::optional<BegunPromotion>> find_promotion(const std::filesystem::path& git_dir, const std::string& path);
Result<void> remember_promotion(const std::filesystem::path& git_dir, const std::string& path,
                                const BegunPromotion& begun);
Result<void> forget_promotion(const std::filesystem::path& git_dir, const std::string& path);

}  // namespace qsnap::app
