// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include <qsnap/base/result.hpp>

namespace qsnap::driver {

/// virtual_base: Git makes a common ancestor of several (a criss-cross merge), and nobody will look at the result.
enum class MergeKind : std::uint8_t { ordinary, virtual_base };

/// Whose value is taken where the sides do not agree.
enum class FavoredSide : std::uint8_t { ours, theirs };

/// What Git hands to a merge driver (gitattributes(5), "Defining a custom merge driver"). Files are relative to the
/// current folder. Before git 2.44, the labels are the placeholders themselves: "%S".
struct MergeRequest {
  MergeKind kind = MergeKind::ordinary;
  std::string base, ours, theirs;  ///< temporary files; the base of a file that both sides added is empty
  std::string path;                ///< from the top of the work tree; untrusted
  std::string marker_length;
  std::string base_label, our_label, their_label;
  std::optional<FavoredSide> favored;
  bool is_trial = false;         ///< nobody keeps the result, and the journal does not tell of it
  std::filesystem::path folder;  ///< where git is asked; empty: here
};

/// conflict: the file of our side holds what Git shall put into the work tree.
enum class MergeOutcome : std::uint8_t { merged, conflict };

struct MergeAnswer {
  MergeOutcome outcome = MergeOutcome::merged;
  std::size_t conflicts = 0;
  std::string our_name, their_name;      ///< what to call the sides; untrusted
  std::optional<Error> journal_problem;  ///< the merge is done, and not in the journal
};

/// Merges by meaning into the file of our side: it is untouched, or replaced in one step by what Git is to keep. With
/// conflicts, that is a snapshot that carries them. A virtual base never has any: where the sides do not agree, it has
/// the ancestor's value, and where that cannot be, or a side cannot be read, it is the ancestor, as Git itself does it
/// with binary files, because a side in its place would make the other side win unseen.
Result<MergeAnswer> merge_files(const MergeRequest& request);

}  // namespace qsnap::driver
