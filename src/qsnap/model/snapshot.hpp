// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/clock.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::model {

enum class Consistency : std::uint8_t { point_in_time, none };

/// A framework in a namespace, whatever detection says: `--framework bullmq=bull`.
struct ForcedFramework {
  std::string name;
  std::string name_space;

  friend bool operator==(const ForcedFramework&, const ForcedFramework&) = default;
  friend auto operator<=>(const ForcedFramework&, const ForcedFramework&) = default;
};

/// What was asked to be in the snapshot, and how it was to be read. Empty lists of prefixes and queues mean "the whole
/// database". Sorted, without doubles.
struct Scope {
  std::vector<std::string> prefixes;
  std::vector<std::string> queues;
  std::vector<ForcedFramework> frameworks = {};  ///< they narrow nothing

  [[nodiscard]] bool whole_database() const { return prefixes.empty() && queues.empty(); }
  friend bool operator==(const Scope&, const Scope&) = default;
};

/// A framework that was found, with the version that its own keys tell ("6.7.0"), or empty.
struct FrameworkInfo {
  std::string name;
  std::string name_space;
  std::string version;

  friend bool operator==(const FrameworkInfo&, const FrameworkInfo&) = default;
};

/// The document's "metadata" member: about the capture, not of the state. No host, no tool version (law 2).
struct Metadata {
  Instant captured_at;  ///< the server's TIME at the point of the capture
  Consistency consistency = Consistency::point_in_time;
  std::string description;
  std::vector<std::string> tags;  ///< sorted, without doubles
  Scope scope;
  std::vector<FrameworkInfo> frameworks;  ///< sorted by name and namespace
  std::string redaction_key_id;           ///< of the key that made the tokens in this snapshot; empty: not redacted

  friend bool operator==(const Metadata&, const Metadata&) = default;
};

/// Takes the records of a document in document order: sections in order, jobs by queue, state and position.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  virtual Result<void> add(const Record& record) = 0;
  /// The same for a record that the caller needs no more: a sink that keeps it can have it without a copy.
  virtual Result<void> take(Record record) { return add(record); }  // NOLINT(performance-unnecessary-value-param)
};

/// What the index says of one chunk, without decoding it.
struct ChunkInfo {
  std::optional<Section> section;  ///< absent for the chunks of metadata, conflicts and the tail
  std::string digest;              ///< SHA-256 of the raw bytes, 32 bytes
  std::uint64_t raw_bytes = 0;
  std::uint64_t records = 0;
  std::string queue;  ///< of the chunk's first record, plain text; empty where it has none
  std::string state;
};

/// A decoded chunk: the JSON text of each record, in order, as views into `text`.
struct Chunk {
  std::string text;
  std::vector<std::string_view> lines;

  Chunk() = default;
  Chunk(Chunk&&) = delete;  // the views would dangle
  Chunk(const Chunk&) = delete;
};

/// A stored document, read by chunk. Equal digests mean equal bytes, so equal chunks need no decoding.
/// Implemented by codec::SnapshotReader. One thread.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  [[nodiscard]] virtual const Metadata& metadata() const = 0;
  /// 32 bytes each. Equal roots: the same state to the byte. Equal fingerprints: the same meaning but for timing.
  [[nodiscard]] virtual std::string_view root() const = 0;
  [[nodiscard]] virtual std::string_view fingerprint() const = 0;
  [[nodiscard]] virtual std::span<const ChunkInfo> chunks() const = 0;
  /// Decodes and checks one chunk into `chunk` and hands it to `reader`; the chunk is gone afterwards.
  using ChunkReader = std::function<Result<void>(const Chunk&)>;
  virtual Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const = 0;
  [[nodiscard]] virtual Result<Record> parse(Section section, std::string_view line) const = 0;
};

/// Calls `reader` for each record of the source, in document order.
Result<void> for_each_record(const RecordSource& source, const std::function<Result<void>(const Record&)>& reader);
/// The same for the chosen section alone; chunks of others are not decoded.
Result<void> for_each_record(const RecordSource& source, Section section,
                             const std::function<Result<void>(const Record&)>& reader);

/// How many records a section has, as the index tells it.
[[nodiscard]] std::uint64_t count_records(const RecordSource& source, Section section);

/// How diff, merge and report look inside JSON values without owning a JSON library. Implemented by codec.
class PayloadReader {
 public:
  struct Leaf {
    std::string path;  ///< ".items[2].price", "" for a scalar at the top; names that are no identifiers: ["a.b"]
    std::string json;  ///< a scalar, or an empty object or array
  };

  virtual ~PayloadReader() = default;
  /// The value with the members of every object sorted, for comparing by meaning.
  [[nodiscard]] virtual Result<std::string> sorted(std::string_view json) const = 0;
  /// All leaves in order of appearance, with sorted members.
  [[nodiscard]] virtual Result<std::vector<Leaf>> leaves(std::string_view json) const = 0;
  /// The members of an object in order of appearance, or the elements of an array, without names. Values canonical.
  /// Errors with `corrupt` for any other value.
  [[nodiscard]] virtual Result<std::vector<Field>> members(std::string_view json) const = 0;
  /// The bytes that a JSON string or {"$b64":"…"} stands for; absent for any other value.
  [[nodiscard]] virtual std::optional<std::string> bytes(std::string_view json) const = 0;

  /// A payload as people read it: the JSON that its codec ("zlib+pickle") decodes to, or, without a codec, the JSON
  /// with what is encoded in its strings decoded. `payload` is canonical, `enc` its style. Errors with `corrupt` or
  /// `limit_exceeded` where it is not what the codec says. A reader that knows no codecs gives it as it stands.
  [[nodiscard]] virtual Result<std::string> decoded(std::string_view payload, std::string_view enc,
                                                    std::string_view codec) const;
  /// A few words for a payload that cannot be decoded, in which two different ones differ.
  [[nodiscard]] virtual std::string summary(std::string_view payload, std::string_view enc) const;
};

}  // namespace qsnap::model
