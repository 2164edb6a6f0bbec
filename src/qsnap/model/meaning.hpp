// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <qsnap/model/record.hpp>

/// What of a record carries meaning, for the fingerprint and for a comparison alike. docs/format.md, "Fingerprint";
/// any change here is a new format version.
namespace qsnap::model {

/// False for members of `fields` that are derived or say how a record is rebuilt: "body", "counts", "verbatim".
[[nodiscard]] bool carries_meaning(std::string_view member);
/// Whether order carries meaning among the jobs of a state: waiting, pending, paused, prioritized.
[[nodiscard]] bool order_counts(std::string_view state);
/// Whether the record is of a job that is there: no dangling id (its "body" is "missing"), and not the same id once
/// more ("duplicate").
[[nodiscard]] bool has_body(const Record& job);
/// Milliseconds: due − created, if both are known, no delay was declared, and it is not the wait of a job that failed.
/// A fingerprint leaves it out; a comparison has a tolerance for it.
[[nodiscard]] std::optional<std::int64_t> implied_duration(const Record& job);

}  // namespace qsnap::model
