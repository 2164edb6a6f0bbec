// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include <qsnap/base/progress.hpp>
#include <qsnap/model/snapshot.hpp>

namespace qsnap::app {

/// Reports how far a load has come, and lets the user stop it between chunks. Owns neither of the two.
class ReportingSource final : public model::RecordSource {
 public:
  ReportingSource(const model::RecordSource& source, const Progress& progress)
      : m_source(source), m_progress(progress) {}

  [[nodiscard]] const model::Metadata& metadata() const override { return m_source.metadata(); }
  [[nodiscard]] std::string_view root() const override { return m_source.root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_source.fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_source.chunks(); }
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override {
    QSNAP_TRY(m_progress.check());
    m_progress.report("loading", index, chunks().size());
    return m_source.read_chunk(index, reader);
  }
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override {
    return m_source.parse(section, line);
  }

 private:
  const model::RecordSource& m_source;
  const Progress& m_progress;
};

}  // namespace qsnap::app
