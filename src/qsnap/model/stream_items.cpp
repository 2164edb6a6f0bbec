// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/model/stream_items.hpp>

namespace qsnap::model {

void push_stream_tuple(ItemBlock& block, const StreamTuple& tuple) {
  block.push(fmt::format_int(tuple.size()).str());
  for (const std::string_view item : tuple) {
    block.push(item);
  }
}

Result<std::vector<StreamTuple>> stream_tuples(const ItemBlock& block) {
  std::vector<StreamTuple> tuples;
  std::size_t at = 0;
  while (at < block.size()) {
    const auto length = parse_integer(block[at]);
    ++at;
    if (!length || *length < 1 || static_cast<std::uint64_t>(*length) > block.size() - at) {
      return make_error(ErrorCode::corrupt, "bad stream tuple");
    }
    StreamTuple& tuple = tuples.emplace_back();
    for (std::int64_t i = 0; i < *length; ++i, ++at) {
      tuple.push_back(block[at]);
    }
  }
  return tuples;
}

}  // namespace qsnap::model
