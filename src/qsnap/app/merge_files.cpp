// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/merge_files.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>
#include <qsnap/frameworks/job_id_rewriter.hpp>
#include <qsnap/merge/document_conflict.hpp>
#include <qsnap/merge/merge.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

Result<void> expect_file(const fs::path& file) {
  std::error_code unknown;
  return fs::exists(file, unknown)
             ? Result<void>{}
             : make_error(ErrorCode::not_found, fmt::format("there is no file {}", file.native()));
}

/// Absent for an empty file.
Result<std::optional<codec::SnapshotReader>> open_base(const fs::path& file) {
  QSNAP_TRY(expect_file(file));
  std::error_code unknown;
  if (fs::file_size(file, unknown) == 0) {
    return std::optional<codec::SnapshotReader>{};
  }
  QSNAP_ASSIGN(codec::SnapshotReader base, codec::SnapshotReader::open_file(file));
  return std::optional{std::move(base)};
}

/// What a side could not settle is no state to merge.
Result<codec::SnapshotReader> open_side(const fs::path& file) {
  QSNAP_TRY(expect_file(file));
  QSNAP_ASSIGN(codec::SnapshotReader side, codec::SnapshotReader::open_file(file));
  if (side.has_conflicts()) {
    return make_error(ErrorCode::corrupt, fmt::format("{} has conflicts of an earlier merge", file.native()),
                      {"settle these first: git qsnap resolve"});
  }
  return side;
}

/// Without a snapshot tree there are no rules.
Result<config::Config> rules_of(const fs::path& folder) {
  const auto store = store::Store::open(folder);
  if (store) {
    return store->config();
  }
  const bool is_missing = store.error().code == ErrorCode::not_found;
  return is_missing ? Result<config::Config>{config::Config{}} : Result<config::Config>{store.error()};
}

Result<void> copy_to(const codec::ByteSource& source, const fs::path& output) {
  constexpr std::uint64_t k_block_bytes = 1024 * 1024;
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(output));
  for (std::uint64_t at = 0; at < source.size(); at += k_block_bytes) {
    QSNAP_ASSIGN(const std::string block, source.read(at, std::min(k_block_bytes, source.size() - at)));
    QSNAP_TRY(file.write(block));
  }
  return file.commit();
}

}  // namespace

Result<report::MergeFilesView> merge_files(const MergeFilesRequest& request, const Progress& progress) {
  QSNAP_ASSIGN(const auto base, open_base(request.base));
  QSNAP_ASSIGN(const codec::SnapshotReader ours, open_side(request.ours));
  QSNAP_ASSIGN(const codec::SnapshotReader theirs, open_side(request.theirs));
  QSNAP_ASSIGN(const config::Config rules, rules_of(request.folder));
  const frameworks::decode::DecodingPayloadReader payloads;
  const frameworks::JobIdRewriter ids;
  QSNAP_ASSIGN(merge::Merge merged,
               merge::merge({base ? &*base : nullptr, ours, theirs}, rules, {payloads, ids}, progress));
  report::MergeFilesView view{request.output.native(), {}, merge::document_conflicts(merged.conflicts())};
  for (const auto& [rule, times] : merged.findings().counts()) {
    view.decisions.emplace(rule, times);
  }
  QSNAP_ASSIGN(
      const codec::SnapshotReader document,
      new_document(merged.metadata(), view.conflicts, [&](model::RecordSink& sink) { return merged.write(sink); }));
  QSNAP_TRY(copy_to(document.source(), request.output));
  return view;
}

}  // namespace qsnap::app
