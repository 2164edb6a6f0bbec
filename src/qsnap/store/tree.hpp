// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/unique_fd.hpp>

/// Folders below a trusted root, walked without following symbolic links: a repository can hold any link, and a
/// checkout makes it. Internal to store.
///
/// Every component is opened by itself with O_NOFOLLOW. The file is then opened by its path, so this is a guard
/// against what a repository contains, not against another process of the same user that swaps folders meanwhile:
/// that one could write to the targets anyway.
namespace qsnap::store {

/// Absent when a component does not exist; refused when one is a link or no folder.
Result<std::optional<UniqueFd>> open_folder(const std::filesystem::path& root, const std::filesystem::path& below);

/// Of folders in the git dir: what is in them may be payloads that nobody redacted.
inline constexpr mode_t k_private_mode = 0700;

/// Makes what is missing, with `mode`, and syncs each parent, so that a folder survives a power cut like the file
/// that is put into it. Refuses links, and a component that differs from an existing name in case alone.
Result<UniqueFd> make_folders(const std::filesystem::path& root, const std::filesystem::path& below, mode_t mode);

enum class EntryKind : std::uint8_t { file, folder, other };

struct Entry {
  std::string name;
  EntryKind kind = EntryKind::other;  ///< of the entry itself: a link is `other`
};

/// Without "." and "..", sorted by name.
Result<std::vector<Entry>> read_folder(const UniqueFd& folder, const std::filesystem::path& path);

/// `file` is the path below the root.
using FileVisitor = std::function<Result<void>(const std::filesystem::path& file, EntryKind kind)>;

/// Hands out all that is no folder below `below`, sorted within each folder, and enters folders that lie at most
/// `most_depth` below it. Nothing where there is no such folder.
Result<void> walk_files(const std::filesystem::path& root, const std::filesystem::path& below, int most_depth,
                        const FileVisitor& visit);

/// What stands at one name; absent for nothing.
Result<std::optional<EntryKind>> entry_kind(const UniqueFd& folder, const std::filesystem::path& path);

/// Refuses `name` if `folder` has an entry that differs from it in ASCII case alone: the two would be one file on
/// another system.
Result<void> refuse_case_twin(const UniqueFd& folder, const std::filesystem::path& path, std::string_view name);

}  // namespace qsnap::store
