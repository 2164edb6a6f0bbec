// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include <qsnap/base/spool.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace qsnap::app {

/// A document on its way: bytes are appended front to back and later read in any order.
class DocumentSpool final : public codec::ByteSource {
 public:
  static Result<std::unique_ptr<DocumentSpool>> create();

  Result<void> append(std::string_view bytes);

  [[nodiscard]] std::uint64_t size() const override { return m_spool.size(); }
  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const override;

 private:
  explicit DocumentSpool(Spool spool) : m_spool(std::move(spool)) {}

  Spool m_spool;
};

}  // namespace qsnap::app
