// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/merge_journal.hpp>

/// The merge driver's journal: <common git dir>/qsnap/merge-log.jsonl, a line of JSON for each merge.
namespace qsnap::codec {

/// Without its newline. Long texts are cut. Of the notes, as many as fit into some 48 KiB; the others are counted as
/// left out.
[[nodiscard]] std::string format_merge_entry(const model::MergeJournalEntry& entry);
/// Members that a later version may have are skipped. Errors with `corrupt`.
Result<model::MergeJournalEntry> parse_merge_entry(std::string_view line);

}  // namespace qsnap::codec
