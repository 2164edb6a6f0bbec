// SPDX-License-Identifier: Apache-2.0
#include <utility>
#include <vector>

#include <qsnap/app/masked_source.hpp>
#include <qsnap/codec/redaction_token.hpp>

namespace qsnap::app {

Result<void> MaskedSource::read_chunk(std::size_t index, const ChunkReader& reader) const {
  return m_inner.read_chunk(index, [&](const model::Chunk& chunk) -> Result<void> {
    model::Chunk masked;
    std::vector<std::pair<std::size_t, std::size_t>> places;  // the text may move while it grows
    for (const std::string_view line : chunk.lines) {
      const std::string text = codec::without_token_values(line);
      places.emplace_back(masked.text.size(), text.size());
      masked.text += text;
    }
    for (const auto& [begin, size] : places) {
      masked.lines.push_back(std::string_view{masked.text}.substr(begin, size));
    }
    return reader(masked);
  });
}

}  // namespace qsnap::app
