// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/record_json.hpp>

namespace qsnap::codec {

namespace {

constexpr std::string_view k_section_end = "],\n";
constexpr std::string_view k_metadata_end = ",\n";

std::string head_opening() {
  return fmt::format("{{\"qsnap\":{},\n\"metadata\":", k_format_version);
}

std::string_view section_name(ChunkKind kind) {
  const auto section = section_of(kind);
  return section ? model::to_text(*section) : std::string_view{"conflicts"};
}

Error bad_text(std::string_view what) {
  return make_error(ErrorCode::corrupt, std::string{what});
}

}  // namespace

std::string head_text(const model::Metadata& metadata) {
  return head_opening().append(format_metadata(metadata)).append(k_metadata_end);
}

Result<std::string_view> head_metadata(std::string_view head) {
  const std::string opening = head_opening();
  if (!head.starts_with(opening) || !head.ends_with(k_metadata_end)) {
    return bad_text("the document does not begin as it should");
  }
  const std::string_view json = head.substr(opening.size(), head.size() - opening.size() - k_metadata_end.size());
  if (json.find('\n') != std::string_view::npos) {
    return bad_text("the metadata is more than one line");
  }
  return json;
}

std::string opening_text(ChunkKind previous, ChunkKind kind) {
  if (previous == kind) {
    return {};
  }
  return fmt::format("{}\"{}\":[\n", previous == ChunkKind::metadata ? "" : k_section_end, section_name(kind));
}

std::string tail_opening(std::string_view fingerprint) {
  return fmt::format("{}\"fingerprint\":\"{}\",\n", k_section_end, to_hex(fingerprint));
}

std::string checksum_line(std::string_view checksum) {
  return fmt::format("\"checksum\":\"{}\"}}\n", to_hex(checksum));
}

Result<std::vector<std::string_view>> split_records(std::string_view raw, const ChunkPlace& place,
                                                    std::uint64_t records) {
  const std::string opening = opening_text(place.previous, place.kind);
  if (!raw.starts_with(opening)) {
    return bad_text("a section does not begin as it should");
  }
  raw.remove_prefix(opening.size());
  const bool ends_section = place.next != place.kind;
  std::vector<std::string_view> lines;
  lines.reserve(records);  // the index has bounded it by the length of the chunk
  while (lines.size() < records) {
    const bool is_last = ends_section && lines.size() + 1 == records;
    const std::string_view separator = is_last ? k_behind_last_record : k_between_records;
    const std::size_t end = raw.find('\n');
    const std::string_view line = raw.substr(0, end == std::string_view::npos ? end : end + 1);
    if (!line.ends_with(separator) || !line.starts_with('{') || line[line.size() - separator.size() - 1] != '}') {
      return bad_text(fmt::format("record {} is not a line of its own", lines.size() + 1));
    }
    lines.push_back(line.substr(0, line.size() - separator.size()));
    raw.remove_prefix(line.size());
  }
  if (!raw.empty()) {
    return bad_text("there is text behind the last record");
  }
  return lines;
}

}  // namespace qsnap::codec
