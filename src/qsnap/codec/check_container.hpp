// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace qsnap::codec {

/// Everything that can be checked without knowing a framework: every frame and digest, the grammar of the document
/// around the records, every record, order of sections and jobs, checksum and fingerprint computed again.
/// The findings, one sentence each; none means sound. An error only when the source cannot be read at all.
Result<std::vector<std::string>> check_container(const SnapshotReader& reader);

}  // namespace qsnap::codec
