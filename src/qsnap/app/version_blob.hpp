// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/app/merge_stages.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// A snapshot as Git keeps it, as a blob of the repository: in the form that the clean filter gives, or as a pointer of
/// Git LFS, whose object is put beside the others. In memory as a whole.
Result<Stage> write_version(const store::Store& store, const codec::SnapshotReader& document, store::Storage storage);

}  // namespace qsnap::app
