// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/result.hpp>

/// What Git keeps of a file: of a packed snapshot the stored form, of anything else the same bytes.
namespace qsnap::driver {

/// A longer file is not looked at: packed, it cannot hold a document that is small enough, since no packed frame is
/// longer than its stored one.
inline constexpr std::size_t k_most_cleaned_bytes = 40 * limits::k_mib;

/// Which file of which work tree.
struct CleanedFile {
  std::filesystem::path folder;     ///< where to ask git; empty: here
  std::optional<std::string> path;  ///< from the top of the work tree; absent: nobody said, and git is not asked
};

/// Whether there is anything to do for a file that begins like this; 28 bytes tell.
inline constexpr std::size_t k_first_bytes = 28;
[[nodiscard]] bool may_be_cleaned(std::string_view first_bytes);

/// The stored form of a packed snapshot. Absent where the bytes pass through: no sound packed snapshot, one over
/// codec::k_most_stored_raw_bytes, or bytes that already are this path's blob in the index. (So a snapshot that was
/// committed without the filter does not look modified for ever; in all else, the answer depends on the bytes alone.)
[[nodiscard]] std::optional<std::string> cleaned(std::string_view bytes, const CleanedFile& file);

/// The filter for one file, from `in` to `out`. What is no packed snapshot is copied as it comes, whatever its length.
/// An error is that reading or writing failed.
Result<void> clean_stream(std::FILE* in, std::FILE* out, const CleanedFile& file);

}  // namespace qsnap::driver
