// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/search/record_lines.hpp>
#include <qsnap/search/word_filter.hpp>

namespace qsnap::search {

/// The words of a chunk's records, and of what they hold encoded. Names of members are among them: that is more than is
/// searched, and never less. `maker` is for its memory alone.
Result<WordFilter> filter_of_chunk(const codec::SnapshotReader& snapshot, std::size_t chunk, const MemberReader& reader,
                                   WordFilterMaker& maker);

}  // namespace qsnap::search
