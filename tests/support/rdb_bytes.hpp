// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include <qsnap/redis/rdb/rdb_input.hpp>

namespace qsnap::redis {

/// An RDB in memory that comes in pieces.
class RdbBytes final : public RdbInput {
 public:
  explicit RdbBytes(std::string_view bytes, std::size_t piece = std::string_view::npos)
      : m_rest(bytes), m_piece(piece) {}

  Result<std::string_view> next() override {
    const std::string_view taken = m_rest.substr(0, m_piece);
    m_rest.remove_prefix(taken.size());
    return taken;
  }

 private:
  std::string_view m_rest;
  std::size_t m_piece;
};

}  // namespace qsnap::redis
