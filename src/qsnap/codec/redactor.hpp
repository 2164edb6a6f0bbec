// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/text_redactor.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/redaction.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::codec {

/// Which values of a record rules name by path. An empty function: no rule is about this record.
using PathRules = std::function<PathTest(const model::Record&)>;

/// Everything that redaction goes by. Copies share nothing but the functions.
struct Redaction {
  model::RedactionRules rules;
  PathRules paths;  ///< may be empty
  RedactionKey key;
};

/// Replaces secrets in records by tokens, on their way to the writer: nothing is hashed, packed or written before.
///
/// The records stay a document that fsck accepts and a load understands: names of things (ids, keys, queues) are
/// changed only where they look like a secret, and everywhere in the same way; `enc` is the style that a capture of the
/// loaded state would find; numbers and instants of frameworks stay. Redacting what is redacted changes nothing.
///
/// Jobs come out sorted by the queue ids that they have then; where a queue's id was changed, that takes a Spool.
/// One thread. Memory: one record, and 16 bytes for each job in that case.
class Redactor final : public model::RecordSink {
 public:
  /// `out` is not owned and must outlive the redactor.
  Redactor(const Redaction& redaction, model::RecordSink& out);
  Redactor(Redactor&&) noexcept;
  ~Redactor() override;

  /// Errors with `refused` for a payload that cannot be looked into, where that is asked for.
  Result<void> add(const model::Record& record) override;
  /// Hands on what was held back. Nothing may be added behind it.
  Result<void> finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

/// The metadata of a redacted snapshot: with the key's id, and without secrets in what was found. Errors with `refused`
/// where the scope itself, which a later load and verify need as it is, looks like a secret.
Result<model::Metadata> redacted_metadata(const Redaction& redaction, model::Metadata metadata);

/// Words for a message, an id or a key's name: as a redacted snapshot would show them.
[[nodiscard]] std::string redacted_words(const Redaction& redaction, std::string_view text);

}  // namespace qsnap::codec
