// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <qsnap/frameworks/adapter.hpp>

/// Keys as they are: {"expire_at_ms":…,"items":[…],"key":B,"part":0,"role":"data","type":"hash"} (docs/format.md).
/// Items are in form B; hash and zset items are pairs, stream items are tuples (model/stream_items.hpp).
namespace qsnap::frameworks {

/// Emits the key as one record or more. A part ends before its items, as JSON, would pass limits::k_key_part_bytes;
/// an item is never split, so a larger one is a part of its own. How the keyspace cuts its blocks does not matter.
Result<void> emit_verbatim(const model::Keyspace& keyspace, model::KeyId key, KeyRole role, model::RecordSink& sink);

/// One such record, read back.
struct VerbatimPart {
  std::string key;
  model::RedisType type = model::RedisType::string;
  KeyRole role = KeyRole::data;
  std::uint64_t part = 0;
  std::optional<Instant> expires_at;
  model::ItemBlock items;  ///< laid out as in a keyspace
};
/// The strict inverse: `corrupt` for a member that is missing, unknown or of another form, for items that do not fit
/// the type, and for a string in several parts. Whether the parts of a key follow each other is the caller's to check.
/// Takes the record, because its items may be long: their text is let go before they are copied on.
Result<VerbatimPart> parse_verbatim(model::Record record);

}  // namespace qsnap::frameworks
