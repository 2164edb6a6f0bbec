// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/base/progress.hpp>
#include <qsnap/diff/job_index.hpp>
#include <qsnap/diff/keyed_hash.hpp>
#include <qsnap/diff/rule_book.hpp>
#include <qsnap/merge/findings.hpp>
#include <qsnap/merge/merge_record.hpp>
#include <qsnap/merge/side.hpp>
#include <qsnap/model/id_rewriter.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::merge {

/// What every part of one merge works with. Nothing is owned; all of it outlives the merge.
struct Context {
  const model::RecordSource& base;
  const model::RecordSource& ours;
  const model::RecordSource& theirs;
  const model::PayloadReader& payloads;
  const model::IdRewriter& ids;
  const diff::RuleBook& book;
  const RecordMerger& records;
  const diff::KeyedHash& hash;
  const diff::JobHasher& hasher;
  diff::Places& places;
  Side later;  ///< whose capture is the later one
  Findings& findings;
  const Progress& progress;
};

/// How many bytes of records are looked at together.
inline constexpr std::uint64_t k_batch_bytes = 4ULL << 20U;

}  // namespace qsnap::merge
