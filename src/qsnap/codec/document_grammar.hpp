// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/model/snapshot.hpp>

/// The text of a document round its records, line by line. docs/format.md, "Document".
namespace qsnap::codec {

/// The metadata chunk.
[[nodiscard]] std::string head_text(const model::Metadata& metadata);
/// The value of "metadata" in a metadata chunk; a view into it.
Result<std::string_view> head_metadata(std::string_view head);

/// What stands in front of the records of a chunk of kind `kind` behind one of kind `previous`: nothing where a section
/// goes on; otherwise the end of the section before, if there is one, and the opening line.
[[nodiscard]] std::string opening_text(ChunkKind previous, ChunkKind kind);

/// What ends a record's line.
inline constexpr std::string_view k_between_records = ",\n";
inline constexpr std::string_view k_behind_last_record = "\n";

/// The tail chunk up to the line that begins with "checksum"; `fingerprint` has 32 bytes.
[[nodiscard]] std::string tail_opening(std::string_view fingerprint);
/// The last line; `checksum` has 32 bytes.
[[nodiscard]] std::string checksum_line(std::string_view checksum);

/// Where a chunk stands: a section begins where `previous` differs, and ends where `next` does.
struct ChunkPlace {
  ChunkKind previous = ChunkKind::metadata;
  ChunkKind kind = ChunkKind::metadata;
  ChunkKind next = ChunkKind::tail;
};

/// The records of a chunk as views into `raw`, without their separators. Errors with `corrupt` where the text round
/// them is not exactly what it should be, or their number is not `records`. REQUIRES: place.kind holds records
Result<std::vector<std::string_view>> split_records(std::string_view raw, const ChunkPlace& place,
                                                    std::uint64_t records);

}  // namespace qsnap::codec
