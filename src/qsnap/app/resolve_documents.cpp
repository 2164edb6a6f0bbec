// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <utility>
#include <vector>

#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/codec/left_over.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/job_id_rewriter.hpp>
#include <qsnap/merge/document_conflict.hpp>
#include <qsnap/merge/merge.hpp>

namespace qsnap::app {

namespace {

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
  const codec::SnapshotReader* const base = sides.base ? &*sides.base : nullptr;
  const merge::Sides three{base, sides.ours, sides.theirs};
  QSNAP_ASSIGN(merge::Merge merged, merge::merge(three, rules, {payloads, ids}, progress));
  QSNAP_ASSIGN(std::vector<model::Conflict> left, codec::left_over_conflicts(base, sides.ours, sides.theirs));
  const std::vector<model::Conflict> conflicts =
      codec::joined_conflicts(std::move(left), merge::document_conflicts(merged.conflicts()));
  return new_document(merged.metadata(), conflicts, [&](model::RecordSink& sink) { return merged.write(sink); });
}

}  // namespace qsnap::app
