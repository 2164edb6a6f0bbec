// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include <qsnap/search/chunk_filter.hpp>

namespace qsnap::search {

namespace {

/// The words of canonical JSON: no escape in it stands for a part of a word.
void add_words(std::string_view json, WordFilterMaker& maker) {
  constexpr std::size_t k_letter_escape = 2, k_number_escape = 6;  // \n, \u001f
  WordHasher word;
  const auto end_word = [&] {
    if (!word.is_empty()) {
      maker.add(word);
      word = {};
    }
  };
  for (std::size_t at = 0; at < json.size(); ++at) {
    if (is_word_byte(json[at])) {
      word.add(json[at]);
      continue;
    }
    end_word();
    if (json[at] == '\\' && at + 1 < json.size()) {
      at += (json[at + 1] == 'u' ? k_number_escape : k_letter_escape) - 1;
    }
  }
  end_word();
}

void add_decoded(const model::Fields& members, const MemberReader& reader, WordFilterMaker& maker) {
  for (const model::Field& member : members) {
    if (const auto decoded = reader.decoded(members, member)) {
      add_words(*decoded, maker);
    }
  }
}

}  // namespace

Result<WordFilter> filter_of_chunk(const codec::SnapshotReader& snapshot, std::size_t chunk, const MemberReader& reader,
                                   WordFilterMaker& maker) {
  const model::ChunkInfo& info = snapshot.chunks()[chunk];
  QSNAP_TRY(snapshot.read_chunk(chunk, [&](const model::Chunk& text) -> Result<void> {
    maker.begin(text.text.size());
    add_words(text.text, maker);
    for (const std::string_view line : text.lines) {
      QSNAP_ASSIGN(const model::Record record, snapshot.parse(*info.section, line));
      add_decoded(record.fields, reader, maker);
      add_decoded(record.volatiles, reader, maker);
    }
    return {};
  }));
  return maker.finish();
}

}  // namespace qsnap::search
