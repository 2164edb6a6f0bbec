// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include <qsnap/app/resolve_choices.hpp>
#include <qsnap/app/resolve_documents.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace qsnap::app {

/// The document with those of its conflicts decided that `choices` has; the others stay in it. `sides` is null where
/// the versions are gone: then the values in the list of conflicts have to do, and what needs more than those (another
/// place of a job, another order, another value of a key) can only be decided for what the document has. Errors with
/// `refused` then, and where the job of a conflict cannot be found.
Result<codec::SnapshotReader> decide_in_document(const codec::SnapshotReader& document, const Choices& choices,
                                                 const DocumentSides* sides, const Progress& progress);

}  // namespace qsnap::app
