// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/redactor.hpp>

/// What redaction does to one record. Private to codec.
namespace qsnap::codec {

class RecordRedactor {
 public:
  explicit RecordRedactor(const Redaction& redaction);

  /// Absent: the record stays as it is. Errors with `refused` for a payload that cannot be looked into, where that is
  /// asked for.
  Result<std::optional<model::Record>> redact(const model::Record& record) const;

 private:
  class Members;

  [[nodiscard]] Result<std::optional<model::Record>> redact_key(const model::Record& record,
                                                                const PathTest& named) const;
  [[nodiscard]] Result<void> check_payload(const model::Record& record) const;

  const Redaction& m_redaction;  ///< not owned
  TextRedactor m_texts;
};

/// The text of a queue's id with its parts redacted; absent: nothing to replace.
[[nodiscard]] std::optional<std::string> redact_queue_id(const TextRedactor& texts, std::string_view id);

/// The items of a verbatim key (docs/format.md): elements of `type` as canonical JSON. Absent: nothing to replace.
/// `place` is that of the items. A hash's fields and a stream's name their values; `key_name` names a string.
Result<std::optional<std::string>> redact_items(const TextRedactor& texts, std::string_view items_json,
                                                std::string_view type, std::string_view key_name,
                                                const ValuePlace& place);

}  // namespace qsnap::codec
