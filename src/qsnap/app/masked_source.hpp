// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

/// A snapshot in which every redacted value reads "qsnap-redacted": for comparing with one that was redacted under
/// another key, where tokens tell nothing of each other. `inner` is not owned and must outlive it.
class MaskedSource final : public model::RecordSource {
 public:
  explicit MaskedSource(const model::RecordSource& inner) : m_inner(inner) {}

  [[nodiscard]] const model::Metadata& metadata() const override { return m_inner.metadata(); }
  [[nodiscard]] std::string_view root() const override { return m_inner.root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_inner.fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_inner.chunks(); }
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override;
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override {
    return m_inner.parse(section, line);
  }

 private:
  const model::RecordSource& m_inner;
};

}  // namespace qsnap::app
