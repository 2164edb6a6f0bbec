// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/base/spool.hpp>
#include <qsnap/model/item_block.hpp>

namespace qsnap::redis {

/// Many small byte strings in the order in which they came, as blocks in a spool: a million key names take one block
/// of memory. One thread.
class ItemLog {
 public:
  using BlockReader = std::function<Result<void>(const model::ItemBlock&)>;

  /// Items of one call stay in one block.
  Result<void> append(std::initializer_list<std::string_view> items);
  /// Hands over every block, in order.
  Result<void> read(const BlockReader& reader) const;

 private:
  Result<void> flush();

  std::optional<Spool> m_spool;  ///< made for the first full block
  std::vector<SpoolRef> m_blocks;
  model::ItemBlock m_last;  ///< not in the spool yet
};

}  // namespace qsnap::redis
