// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/frameworks/adapter.hpp>

/// Keys as they are: {"key":B,"type":"hash","role":"data","expire_at_ms":…,"part":0,"items":[…]} (DESIGN 5).
/// hash and zset items are pairs, stream items are tuples; one key is split into parts of at most 64 KiB of items.
namespace qsnap::frameworks {

Result<void> emit_verbatim(const model::Keyspace& keyspace, model::KeyId key, KeyRole role, model::RecordSink& sink);

/// The key's write for one such record. `stage` is the caller's. Items are put into `items`, which must outlive it.
struct VerbatimPart {
  std::string key;
  model::RedisType type = model::RedisType::string;
  KeyRole role = KeyRole::data;
  std::optional<Instant> expires_at;
  model::ItemBlock items;
};
Result<VerbatimPart> parse_verbatim(const model::Record& record);

}  // namespace qsnap::frameworks
