// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::codec {

/// The text of a record that carries its meaning (docs/format.md, "Fingerprint"): sorted JSON of `fields` without
/// "refs", derived members ("counts", "verbatim", "body"), and for keys without "expire_at_ms".
Result<std::string> semantic_text(const model::Record& record);

/// SHA-256 over the meaning of a state, fed record by record in document order. Config, queues, jobs and keys of role
/// data; no metadata, workers, volatile members, keys of role derived or lock. A job's refs count as (role, target
/// queue, target name, semantic hash of the target without its own refs), so ids do not matter; targets may come
/// before or after. The exact algorithm is in fingerprint.cpp and docs/format.md. Keeps 16 bytes a record, 8 more a
/// job and about 32 a reference.
class FingerprintBuilder final : public model::RecordSink {
 public:
  FingerprintBuilder();
  FingerprintBuilder(FingerprintBuilder&&) noexcept;
  ~FingerprintBuilder() override;

  Result<void> add(const model::Record& record) override;
  /// 32 bytes. Call once, after the last record.
  [[nodiscard]] std::string finish();

 private:
  struct State;
  std::unique_ptr<State> m_state;
};

}  // namespace qsnap::codec
