// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/limits.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/layout/layout.hpp>

/// The satellites that frameworks have in common. Each is one member of the job's record; its expiry is the volatile
/// member "<member>_expires_at_ms". A value of more than k_satellite_bytes, or of another form, stays a
/// verbatim key.
namespace qsnap::frameworks::layout {

inline constexpr std::size_t k_satellite_bytes = 16 * limits::k_mib;

struct SatelliteSpec {
  std::string_view key;  ///< pattern, relative to the namespace: "result:<id>"
  std::string_view member;
  Place place = Place::volatiles;
  KeyRole role = KeyRole::data;
  model::LoadStage stage = model::LoadStage::body;
  /// Fills the pattern's other hole from what the record says; absent: this job has no such key. REQUIRES: given if
  /// the pattern has one. <id> is the structure's id, or else the record's member `id`.
  std::function<std::optional<std::string>(const JobContext&, const model::Record&)> other = nullptr;
};

/// A string in one of the forms of hash fields; instants are named as such ("…_at_ms") and volatile.
[[nodiscard]] std::shared_ptr<const Satellite> make_string_satellite(SatelliteSpec spec, Form form = Form::bytes,
                                                                     std::string_view codec = {},
                                                                     CodecOf codec_of = nullptr);
/// Array of B, sorted by bytes.
[[nodiscard]] std::shared_ptr<const Satellite> make_set_satellite(SatelliteSpec spec);
/// A set of ids of other jobs, as `refs` of this role ({"role":"dependents"}, with "id" where somebody chose it) and
/// `ref_ids`. `member` serves for the expiry's name alone, `place` for nothing.
[[nodiscard]] std::shared_ptr<const Satellite> make_refs_satellite(
    SatelliteSpec spec, std::string_view role,
    std::function<bool(std::string_view id)> is_generated = [](std::string_view) { return true; });
/// Array of B, left to right.
[[nodiscard]] std::shared_ptr<const Satellite> make_list_satellite(SatelliteSpec spec);
/// Object of B. Field names that are not UTF-8 keep the key verbatim.
[[nodiscard]] std::shared_ptr<const Satellite> make_hash_satellite(SatelliteSpec spec);
/// Array of [member, score], as items of a verbatim key (docs/format.md).
[[nodiscard]] std::shared_ptr<const Satellite> make_zset_satellite(SatelliteSpec spec);
/// Array of tuples, as items of a verbatim key: all of the stream. Its ids are instants that no shift of time moves.
[[nodiscard]] std::shared_ptr<const Satellite> make_stream_satellite(SatelliteSpec spec);

}  // namespace qsnap::frameworks::layout
