// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/redactor.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/model/keyspace.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

enum class KeyNames { forget, remember };

/// What a document is made of besides its keyspace, and what it shall say about itself.
struct DocumentRequest {
  Instant captured_at;
  model::Consistency consistency = model::Consistency::point_in_time;
  model::Scope scope;  ///< the keyspace holds its prefixes alone; its queues are selected here
  std::string description;
  std::vector<std::string> tags;
  KeyNames names = KeyNames::forget;
  std::optional<codec::Redaction> redaction;
  /// How many threads share the work, the calling one among them. The document does not depend on it.
  std::size_t threads = 1;
};

/// A state as a packed document in a nameless temporary file: complete and checked, but nobody's yet.
struct ComposedDocument {
  codec::SnapshotReader reader;
  std::uint64_t keys = 0;  ///< that are in the document
  /// What an adapter knows but the proof refuted, so that it is kept verbatim: nothing is lost, less is explained.
  frameworks::Refuted refuted;
  /// The names of those keys; only if asked for.
  std::vector<std::string> key_names;
};

/// keyspace → compose (with its proof) → document, wherever the keyspace came from. Needs memory for structures and
/// chunks, not for bodies.
Result<ComposedDocument> compose_document(const model::Keyspace& keyspace, const DocumentRequest& request,
                                          const Progress& progress);

}  // namespace qsnap::app
