// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include <qsnap/base/result.hpp>
#include <qsnap/model/merge_journal.hpp>

namespace qsnap::codec {

/// Adds a line to <common_dir>/qsnap/merge-log.jsonl. One that has grown to 1 MiB becomes merge-log.1.jsonl first, in
/// place of the one before. Several programs may do so at once.
Result<void> append_to_journal(const std::filesystem::path& common_dir, const model::MergeJournalEntry& entry);

}  // namespace qsnap::codec
