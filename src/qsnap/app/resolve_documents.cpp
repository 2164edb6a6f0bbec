// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/job_id_rewriter.hpp>
#include <qsnap/merge/document_conflict.hpp>
#include <qsnap/merge/merge.hpp>

namespace qsnap::app {

namespace {

/// A side may have been committed with its conflicts. Those that both sides have, or that one of them has and base had
/// not, nobody has resolved; the driver sees it in the same way.
Result<std::vector<model::Conflict>> left_over(const DocumentSides& sides) {
  const auto texts = [](const std::vector<model::Conflict>& conflicts) {
    std::set<std::string> all;
    std::transform(conflicts.begin(), conflicts.end(), std::inserter(all, all.end()), codec::format_conflict);
    return all;
  };
  std::vector<model::Conflict> base;
  if (sides.base) {
    QSNAP_ASSIGN(base, sides.base->conflicts());
  }
  QSNAP_ASSIGN(const std::vector<model::Conflict> ours, sides.ours.conflicts());
  QSNAP_ASSIGN(const std::vector<model::Conflict> theirs, sides.theirs.conflicts());
  const auto in_base = texts(base), in_ours = texts(ours), in_theirs = texts(theirs);
  std::vector<model::Conflict> left;
  for (const model::Conflict& conflict : ours) {
    const std::string text = codec::format_conflict(conflict);
    if (in_theirs.contains(text) || !in_base.contains(text)) {
      left.push_back(conflict);
    }
  }
  for (const model::Conflict& conflict : theirs) {
    const std::string text = codec::format_conflict(conflict);
    if (!in_ours.contains(text) && !in_base.contains(text)) {
      left.push_back(conflict);
    }
  }
  return left;
}

Result<codec::SnapshotReader> packed_if_large(codec::SnapshotReader stored) {
  if (stored.raw_bytes() <= codec::k_most_stored_raw_bytes) {
    return stored;
  }
  QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
  DocumentSpool* const bytes = spool.get();
  QSNAP_TRY(
      codec::reencode(stored, codec::Encoding::packed, [bytes](std::string_view more) { return bytes->append(more); }));
  return codec::SnapshotReader::open(std::move(spool));
}

}  // namespace

Result<codec::SnapshotReader> new_document(const model::Metadata& metadata, std::span<const model::Conflict> conflicts,
                                           const DocumentBody& write) {
  QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
  DocumentSpool* const bytes = spool.get();
  const auto append = [bytes](std::string_view more) { return bytes->append(more); };
  QSNAP_ASSIGN(codec::SnapshotWriter writer,
               codec::SnapshotWriter::begin(metadata, codec::Encoding::stored, append, 0, conflicts));
  QSNAP_TRY(write(writer));
  QSNAP_TRY(writer.finish());
  QSNAP_ASSIGN(codec::SnapshotReader stored, codec::SnapshotReader::open(std::move(spool)));
  return packed_if_large(std::move(stored));
}

Result<codec::SnapshotReader> merge_documents(const DocumentSides& sides, const config::Config& rules,
                                              const Progress& progress) {
  const frameworks::decode::DecodingPayloadReader payloads;
  const frameworks::JobIdRewriter ids;
  const merge::Sides three{sides.base ? &*sides.base : nullptr, sides.ours, sides.theirs};
  QSNAP_ASSIGN(merge::Merge merged, merge::merge(three, rules, {payloads, ids}, progress));
  QSNAP_ASSIGN(std::vector<model::Conflict> conflicts, left_over(sides));
  for (model::Conflict& conflict : merge::document_conflicts(merged.conflicts())) {
    if (std::find(conflicts.begin(), conflicts.end(), conflict) == conflicts.end()) {
      conflicts.push_back(std::move(conflict));
    }
  }
  return new_document(merged.metadata(), conflicts, [&](model::RecordSink& sink) { return merged.write(sink); });
}

}  // namespace qsnap::app
