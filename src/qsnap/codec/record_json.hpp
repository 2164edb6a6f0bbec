// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// Records and metadata as JSON text, and back. docs/format.md, "Records".
namespace qsnap::codec {

/// One line without its comma: members sorted, "volatile" as a nested object, left out when empty.
[[nodiscard]] std::string format_record(const model::Record& record);
/// The same, behind what `out` holds.
void append_record(std::string& out, const model::Record& record);
/// No line of this record can be shorter.
[[nodiscard]] std::size_t least_line_bytes(const model::Record& record);
/// Reads one line; checks that it is canonical, that members are sorted and that the section's required members are
/// there: jobs need queue and state; queues need queue; keys need key, type, role, part, items.
Result<model::Record> parse_record(model::Section section, std::string_view line);

/// The value of the document's "metadata" member.
[[nodiscard]] std::string format_metadata(const model::Metadata& metadata);
Result<model::Metadata> parse_metadata(std::string_view json);

/// What the cut rule hashes (docs/format.md, "Chunks"): the job's queue and id, a queue's, worker's or config record's
/// identity, a key's name and part; without an id, the record's own text `line`.
[[nodiscard]] std::string record_key(const model::Record& record, std::string_view line);

}  // namespace qsnap::codec
