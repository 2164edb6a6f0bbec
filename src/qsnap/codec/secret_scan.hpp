// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/redactor.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::codec {

/// Where a redactor with these rules would find a secret, without the secret. Its key can be any: the tokens of every
/// key are left alone. What says to fail at payloads that are not JSON is not for this: they are looked into as text.
/// One thread.
class SecretScan {
 public:
  /// `allowed` names values that are no secrets; it may be empty.
  SecretScan(Redaction redaction, PathRules allowed);
  SecretScan(SecretScan&&) noexcept;
  ~SecretScan();

  /// Paths below the record (".payload.items[2].token", ".volatile.id"), sorted; of a verbatim key as redaction names
  /// them (".items[0]"). A name in a path that is a secret itself is redacted.
  Result<std::vector<std::string>> find(const model::Record& record) const;
  /// The members of the metadata: "description", "tags", "scope", "frameworks".
  [[nodiscard]] std::vector<std::string> find(const model::Metadata& metadata) const;
  /// A text that names a thing, for a message.
  [[nodiscard]] std::string shown(std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace qsnap::codec
