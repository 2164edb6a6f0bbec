// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/document_grammar.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/codec/zstd_frame.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// What the tests of the container share: small records, writing and reading in memory, and a builder of containers
/// that no writer makes.
namespace qsnap::codec::testing {

inline model::Record job(std::string_view queue, std::string_view state, std::string_view id, std::string payload) {
  model::Record record;
  record.section = model::Section::jobs;
  record.fields.set("queue", json_bytes(queue));
  record.fields.set("state", json_bytes(state));
  record.fields.set("payload", std::move(payload));
  record.fields.set("enc", json_bytes("json"));
  record.volatiles.set("id", json_bytes(id));
  return record;
}

inline model::Record queue_record(std::string_view queue) {
  model::Record record;
  record.section = model::Section::queues;
  record.fields.set("queue", json_bytes(queue));
  return record;
}

inline model::Record key_record(std::string_view key, std::string items) {
  model::Record record;
  record.section = model::Section::keys;
  record.fields.set("key", json_bytes(key));
  record.fields.set("type", json_bytes("string"));
  record.fields.set("role", json_bytes("data"));
  record.fields.set("part", "0");
  record.fields.set("items", std::move(items));
  return record;
}

inline model::Metadata sample_metadata() {
  model::Metadata metadata;
  metadata.captured_at = instant_from_ms(1'763'632'800'123);
  metadata.description = "two queues";
  metadata.tags = {"small"};
  metadata.frameworks = {{"bullmq", "bull", "6.7.0"}};
  return metadata;
}

/// A few records; every section but config and workers has some.
inline std::vector<model::Record> sample_records() {
  return {queue_record("bullmq:bull:mail"),
          queue_record("bullmq:bull:pdf"),
          job("bullmq:bull:mail", "failed", "1", R"({"to":"a@example.org"})"),
          job("bullmq:bull:mail", "waiting", "2", R"({"to":"b@example.org","n":1.50})"),
          job("bullmq:bull:pdf", "waiting", "7", R"("\u0001 é")"),
          key_record(std::string_view{"raw\xff", 4}, R"(["x"])")};
}

/// `count` jobs of one queue, of about `payload_bytes` bytes each, sorted as a document wants them.
inline std::vector<model::Record> many_jobs(std::size_t count, std::size_t payload_bytes) {
  std::vector<model::Record> jobs;
  jobs.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    jobs.push_back(job("bullmq:bull:mail", "waiting", fmt::format("id-{}", i),
                       fmt::format(R"("{}")", std::string(payload_bytes, static_cast<char>('a' + i % 26)))));
  }
  return jobs;
}

struct Written {
  std::string bytes;
  SnapshotDigest digest;
};

inline Written write(std::span<const model::Record> records, Encoding encoding,
                     const model::Metadata& metadata = sample_metadata(), std::size_t threads = 0) {
  Written written;
  auto writer = SnapshotWriter::begin(
      metadata, encoding,
      [&](std::string_view bytes) -> Result<void> {
        written.bytes += bytes;
        return {};
      },
      threads);
  REQUIRE(writer.has_value());
  for (const model::Record& record : records) {
    REQUIRE(writer->add(record).has_value());
  }
  auto digest = writer->finish();
  REQUIRE(digest.has_value());
  written.digest = *std::move(digest);
  return written;
}

inline Result<SnapshotReader> open(std::string bytes) {
  return SnapshotReader::open(memory_source(std::move(bytes)));
}

/// Opens and reads everything; the text of the document.
inline Result<std::string> read_document(const SnapshotReader& reader) {
  std::string document;
  for (std::size_t i = 0; i < reader.chunks().size(); ++i) {
    QSNAP_TRY(reader.read_chunk(i, [&](const model::Chunk& chunk) -> Result<void> {
      document += chunk.text;
      return {};
    }));
  }
  return document;
}

inline Result<std::string> read_document(std::string bytes) {
  QSNAP_ASSIGN(const SnapshotReader reader, open(std::move(bytes)));
  return read_document(reader);
}

inline std::string must_read(std::string bytes) {
  auto document = read_document(std::move(bytes));
  if (!document) {
    FAIL(document.error().message);
  }
  return *std::move(document);
}

/// A chunk of a hand-made container. `entry` may lie; `frame` is what stands in the file.
struct HandMadeChunk {
  ChunkEntry entry;
  std::string frame;
};

inline HandMadeChunk honest_chunk(ChunkKind kind, std::string_view raw, std::uint64_t records, Encoding encoding) {
  FrameEncoder encoder{encoding};
  auto frame = encoder.encode(raw, 0);
  REQUIRE(frame.has_value());
  HandMadeChunk chunk;
  chunk.entry.kind = kind;
  chunk.entry.digest = sha256(raw);
  chunk.entry.raw_bytes = raw.size();
  chunk.entry.frame_bytes = frame->size();
  chunk.entry.records = records;
  chunk.frame = std::string{*frame};
  return chunk;
}

inline std::string assemble(std::span<const HandMadeChunk> chunks, Encoding encoding,
                            const std::string& fingerprint = std::string(32, 'f')) {
  std::string file = encode_header(encoding);
  ContainerIndex index;
  index.fingerprint = fingerprint;
  for (const HandMadeChunk& chunk : chunks) {
    file += chunk.frame;
    index.chunks.push_back(chunk.entry);
  }
  auto frame = encode_index(index, encoding);
  REQUIRE(frame.has_value());
  return file + *frame;
}

/// The chunks of a sound container, to be made unsound.
inline std::vector<HandMadeChunk> take_apart(const std::string& bytes) {
  auto reader = open(bytes);
  REQUIRE(reader.has_value());
  std::vector<HandMadeChunk> chunks;
  std::size_t offset = k_header_frame_bytes;
  for (std::size_t i = 0; i < reader->chunks().size(); ++i) {
    ChunkEntry entry = reader->index_entry(i);
    const std::size_t length = entry.frame_bytes;
    chunks.push_back({std::move(entry), bytes.substr(offset, length)});
    offset += length;
  }
  return chunks;
}

/// Puts another raw text into a chunk, with everything that the index says of it.
inline void replace_text(HandMadeChunk& chunk, std::string_view raw, Encoding encoding) {
  HandMadeChunk made = honest_chunk(chunk.entry.kind, raw, chunk.entry.records, encoding);
  chunk.frame = std::move(made.frame);
  chunk.entry.digest = made.entry.digest;
  chunk.entry.raw_bytes = made.entry.raw_bytes;
  chunk.entry.frame_bytes = made.entry.frame_bytes;
}

}  // namespace qsnap::codec::testing
