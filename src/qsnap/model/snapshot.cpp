// SPDX-License-Identifier: Apache-2.0
#include <qsnap/model/snapshot.hpp>

namespace qsnap::model {

namespace {

using RecordReader = std::function<Result<void>(const Record&)>;

Result<void> read_records(const RecordSource& source, std::size_t chunk_index, const RecordReader& reader) {
  const std::optional<Section> section = source.chunks()[chunk_index].section;
  return source.read_chunk(chunk_index, [&](const Chunk& chunk) -> Result<void> {
    for (const std::string_view line : chunk.lines) {
      QSNAP_ASSIGN(const Record record, source.parse(*section, line));
      QSNAP_TRY(reader(record));
    }
    return {};
  });
}

}  // namespace

Result<void> for_each_record(const RecordSource& source, const RecordReader& reader) {
  for (const Section section : k_sections) {
    QSNAP_TRY(for_each_record(source, section, reader));
  }
  return {};
}

Result<void> for_each_record(const RecordSource& source, Section section, const RecordReader& reader) {
  for (std::size_t i = 0; i < source.chunks().size(); ++i) {
    if (source.chunks()[i].section == section) {
      QSNAP_TRY(read_records(source, i, reader));
    }
  }
  return {};
}

std::uint64_t count_records(const RecordSource& source, Section section) {
  std::uint64_t records = 0;
  for (const ChunkInfo& chunk : source.chunks()) {
    records += chunk.section == section ? chunk.records : 0;
  }
  return records;
}

Result<std::string> PayloadReader::decoded(std::string_view payload, std::string_view /*enc*/,
                                           std::string_view /*codec*/) const {
  return std::string{payload};
}

std::string PayloadReader::summary(std::string_view payload, std::string_view /*enc*/) const {
  return std::string{payload};
}

}  // namespace qsnap::model
