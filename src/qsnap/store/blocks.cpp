// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/limits.hpp>
#include <qsnap/store/blocks.hpp>

namespace qsnap::store {

Result<void> read_blocks(const codec::ByteSource& source, const BlockReader& reader) {
  constexpr std::size_t k_step = limits::k_mib;
  for (std::uint64_t at = 0; at < source.size(); at += k_step) {
    QSNAP_ASSIGN(const std::string bytes, source.read(at, std::min<std::uint64_t>(k_step, source.size() - at)));
    QSNAP_TRY(reader(bytes));
  }
  return {};
}

}  // namespace qsnap::store
