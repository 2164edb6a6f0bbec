// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fuzz/fuzz_target.hpp>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/zstd_frame.hpp>

/// Three kinds of input, because a fuzzer never guesses a checksum:
///   "c" encoding, chunks    each "\x1e" kind records ":" text; the container round them is made here, and is sound
///   "i" encoding, payload   of an index; its frame and its checksum are made here
///   anything else           a whole file
namespace qsnap::codec {

namespace {

using fuzz::require;

constexpr char k_separator = '\x1e';

Encoding encoding_of(char letter) {
  return letter == 's' ? Encoding::stored : Encoding::packed;
}

Result<std::string> reencoded(const SnapshotReader& reader, Encoding encoding) {
  std::string bytes;
  QSNAP_TRY(reencode(reader, encoding, [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  }));
  return bytes;
}

/// A document without findings is the same in both encodings.
void check_sound(const SnapshotReader& reader) {
  const auto bytes = reencoded(reader, reader.encoding() == Encoding::packed ? Encoding::stored : Encoding::packed);
  require(bytes.has_value(), "a sound document has another encoding");
  const auto other = SnapshotReader::open(memory_source(*bytes));
  require(other && other->root() == reader.root(), "the other encoding has the same root");
  const auto findings = check_container(*other);
  require(findings && findings->empty(), "the other encoding is as sound");
}

void read_all(const SnapshotReader& reader) {
  bool is_readable = true;
  for (std::size_t i = 0; i < reader.chunks().size(); ++i) {
    const auto section = reader.chunks()[i].section;
    const auto read = reader.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
      for (const std::string_view line : section ? chunk.lines : std::vector<std::string_view>{}) {
        is_readable = reader.parse(*section, line).has_value() && is_readable;
      }
      return {};
    });
    is_readable = read.has_value() && is_readable;
  }
  const auto findings = check_container(reader);
  require(findings.has_value(), "bytes in memory can be checked");
  require(is_readable || !findings->empty(), "what cannot be read is a finding");
  if (findings->empty()) {
    check_sound(reader);
  }
}

void check_file(std::string bytes) {
  const auto reader = SnapshotReader::open(memory_source(std::move(bytes)));
  if (reader) {
    read_all(*reader);
  }
}

void append_little_endian(std::string& out, std::uint64_t value, std::size_t bytes) {
  for (std::size_t i = 0; i < bytes; ++i) {
    out += static_cast<char>(value >> (8 * i) & 0xffU);
  }
}

void check_index(std::string_view payload, Encoding encoding) {
  constexpr std::uint64_t k_magic = 0x184D2A58;
  std::string frame;
  append_little_endian(frame, k_magic, 4);
  append_little_endian(frame, payload.size() + k_index_tail_bytes, 4);
  frame += payload;
  append_little_endian(frame, payload.size(), 4);
  append_little_endian(frame, xxh64(payload), 8);
  frame += "QSND";
  const auto tail = decode_index_tail(std::string_view{frame}.substr(frame.size() - k_index_tail_bytes));
  require(tail.has_value(), "the tail made here is sound");
  const auto index = decode_index(frame, *tail, encoding);
  if (index) {
    const auto again = encode_index(*index, encoding);
    require(again && *again == frame, "an index has one spelling");
  }
}

/// One chunk of the input, in an honest frame. Absent where the input is not of that form.
std::optional<std::string> append_chunk(std::string_view chunk, FrameEncoder& encoder, ContainerIndex& index) {
  const std::size_t colon = chunk.find(':');
  if (colon == std::string_view::npos || colon < 2 || chunk[0] < '0' || chunk[0] > '7') {
    return std::nullopt;
  }
  const auto records = parse_integer(chunk.substr(1, colon - 1));
  const std::string_view raw = chunk.substr(colon + 1);
  if (!records || *records < 0 || raw.empty()) {
    return std::nullopt;
  }
  const auto frame = encoder.encode(raw, 0);
  require(frame.has_value(), "a chunk can be encoded");
  index.chunks.push_back({.kind = static_cast<ChunkKind>(chunk[0] - '0'),
                          .digest = sha256(raw),
                          .raw_bytes = raw.size(),
                          .frame_bytes = frame->size(),
                          .records = static_cast<std::uint64_t>(*records),
                          .queue = {},
                          .state = {},
                          .last_key = {}});
  return std::string{*frame};
}

void check_chunks(std::string_view chunks, Encoding encoding) {
  FrameEncoder encoder{encoding};
  ContainerIndex index{.fingerprint = std::string(32, 'f'), .chunks = {}};
  std::string file = encode_header(encoding);
  while (chunks.starts_with(k_separator)) {
    const std::size_t end = std::min(chunks.find(k_separator, 1), chunks.size());
    const auto frame = append_chunk(chunks.substr(1, end - 1), encoder, index);
    if (!frame) {
      return;
    }
    file += *frame;
    chunks.remove_prefix(end);
  }
  const auto frame = encode_index(index, encoding);
  require(frame.has_value(), "an index of few chunks can be encoded");
  check_file(file + *frame);
}

}  // namespace

}  // namespace qsnap::codec

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsnap::codec;
  const std::string_view input = qsnap::fuzz::text_of(data, size);
  if (size >= 2 && input.starts_with('c')) {
    check_chunks(input.substr(2), encoding_of(input[1]));
  } else if (size >= 2 && input.starts_with('i')) {
    check_index(input.substr(2), encoding_of(input[1]));
  } else {
    check_file(std::string{input});
  }
  return 0;
}
