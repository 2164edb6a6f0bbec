// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <span>

#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/config/config.hpp>

namespace qsnap::app {

/// What a merge starts from. No base: both sides added the file.
struct DocumentSides {
  std::optional<codec::SnapshotReader> base;
  codec::SnapshotReader ours;
  codec::SnapshotReader theirs;
};

/// The merged document in the form that Git keeps, with its conflicts, and with those of the sides that nobody has
/// resolved. Errors as merge::merge does.
Result<codec::SnapshotReader> merge_documents(const DocumentSides& sides, const config::Config& rules,
                                              const Progress& progress);

/// A new document, as `write` makes it: in a temporary file, in the form that Git keeps.
using DocumentBody = std::function<Result<void>(model::RecordSink&)>;
Result<codec::SnapshotReader> new_document(const model::Metadata& metadata, std::span<const model::Conflict> conflicts,
                                           const DocumentBody& write);

}  // namespace qsnap::app
