// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>

/// What `install` puts into files, as text. Its source is merge-driver/, put into the program at build time. Pure.
namespace qsnap::app::setup {

/// merge-driver/qsnap.gitconfig
[[nodiscard]] std::string_view config_fragment();
/// merge-driver/gitattributes, its marker lines included
[[nodiscard]] std::string_view attribute_block();

inline constexpr std::string_view k_driver_program = "git-qsnap-driver";
inline constexpr std::string_view k_block_begin = "# >>> qsnap (managed)";
inline constexpr std::string_view k_block_end = "# <<< qsnap";

/// The fragment that starts the program at this path instead of the one on the PATH. Refused for a path with control
/// characters.
Result<std::string> pinned_fragment(const std::filesystem::path& program);
/// The command that a configured one would be without its pinned path; absent if it starts something else.
[[nodiscard]] std::optional<std::string> unpinned_command(std::string_view command);

/// The path in a command of a pinned fragment; absent in any other.
[[nodiscard]] std::optional<std::filesystem::path> pinned_program(std::string_view command);

/// The block without its filters: what info/attributes gets, which holds in every branch, also in those that are
/// older than the filters.
[[nodiscard]] std::string info_attribute_block();

/// Whether an earlier version wrote it, in .gitattributes or in info/attributes, and nobody has touched it since.
[[nodiscard]] bool is_earlier_block(std::string_view block);

/// The section that reads the fragment. `path` as include.path takes it.
[[nodiscard]] std::string include_section(std::string_view path);

/// A text and what was put into it.
struct Inserted {
  std::string text;
  std::string piece;  ///< the block, and the line end that the last line in front of it lacked
};
/// `block` as the last lines of `text`.
[[nodiscard]] Inserted insert_block(std::string_view text, std::string_view block);

/// The exact inverse, wherever other lines were added meanwhile. Absent if `piece` is not in the text.
[[nodiscard]] std::optional<std::string> remove_piece(std::string_view text, std::string_view piece);
/// The same for the section that includes the fragment: absent, too, if another key has come into it.
[[nodiscard]] std::optional<std::string> remove_section(std::string_view text, std::string_view piece);

/// What is between our two marker lines, them included; absent without both of them.
[[nodiscard]] std::optional<std::string_view> find_block(std::string_view text);
/// The text without our marker lines and those lines between them that `piece` has: what somebody else wrote there
/// stays. Absent without both marker lines.
struct RemovedBlock {
  std::string text;
  bool foreign_lines_stay = false;
};
[[nodiscard]] std::optional<RemovedBlock> remove_edited_block(std::string_view text, std::string_view piece);

/// The text without the first line that includes `path`, and without its section if that is empty then. Absent if
/// there is no such line as `install` writes it.
[[nodiscard]] std::optional<std::string> remove_include_line(std::string_view text, std::string_view path);

}  // namespace qsnap::app::setup
