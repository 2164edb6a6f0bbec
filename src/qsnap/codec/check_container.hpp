// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace qsnap::codec {

/// Everything that can be checked without knowing a framework: every frame and digest, the grammar of the document
/// around the records, every record, order of sections and jobs, checksum and fingerprint computed again.
/// The findings, one sentence each; none means sound. An error only when the source cannot be read at all.
Result<std::vector<std::string>> check_container(const SnapshotReader& reader);
/// Whether a finding says no more than that the document has conflicts.
[[nodiscard]] bool is_about_conflicts(std::string_view finding);

}  // namespace qsnap::codec
