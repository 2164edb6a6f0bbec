// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/record_json.hpp>

#include "container_support.hpp"

namespace qsnap::codec {

namespace {

using testing::assemble;
using testing::HandMadeChunk;
using testing::honest_chunk;
using testing::job;
using testing::key_record;
using testing::many_jobs;
using testing::must_read;
using testing::replace_text;
using testing::sample_metadata;
using testing::sample_records;
using testing::take_apart;
using testing::write;
using testing::Written;

constexpr std::array k_encodings = {Encoding::packed, Encoding::stored};

const std::filesystem::path k_golden = std::filesystem::path{QSNAP_SOURCE_DIR} / "tests/golden/format-v1";

/// The golden file, after writing it anew where QSNAP_UPDATE_GOLDEN asks for that.
std::string golden(std::string_view name, std::string_view actual) {
  const std::filesystem::path path = k_golden / name;
  if (std::getenv("QSNAP_UPDATE_GOLDEN") != nullptr) {
    REQUIRE_MESSAGE(std::getenv("CI") == nullptr, "golden files are not rewritten in CI");
    REQUIRE(write_file_atomically(path, actual).has_value());
  }
  auto bytes = read_file(path, limits::k_mib);
  REQUIRE_MESSAGE(bytes.has_value(), "run with QSNAP_UPDATE_GOLDEN=1 to make ", path.native());
  return *std::move(bytes);
}

/// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "qsnap-codec-XXXXXX").native();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    m_path = name;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(m_path, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

 private:
  std::filesystem::path m_path;
};

std::vector<model::Record> read_records(const SnapshotReader& reader) {
  std::vector<model::Record> records;
  const auto read = model::for_each_record(reader, [&](const model::Record& record) -> Result<void> {
    records.push_back(record);
    return {};
  });
  REQUIRE(read.has_value());
  return records;
}

std::string reencoded(const std::string& bytes, Encoding encoding) {
  auto reader = testing::open(bytes);
  REQUIRE(reader.has_value());
  std::string out;
  const auto done = reencode(*reader, encoding, [&](std::string_view more) -> Result<void> {
    out += more;
    return {};
  });
  REQUIRE(done.has_value());
  return out;
}

std::vector<std::string> findings(const std::string& bytes) {
  auto reader = testing::open(bytes);
  REQUIRE(reader.has_value());
  auto found = check_container(*reader);
  REQUIRE(found.has_value());
  return *std::move(found);
}

std::size_t first_of(const std::vector<HandMadeChunk>& chunks, ChunkKind kind) {
  std::size_t i = 0;
  while (chunks[i].entry.kind != kind) {
    ++i;
  }
  return i;
}

std::string raw_text(const std::string& bytes, std::size_t chunk) {
  auto reader = testing::open(bytes);
  REQUIRE(reader.has_value());
  auto raw = reader->raw_chunk(chunk);
  REQUIRE(raw.has_value());
  return *std::move(raw);
}

/// The sample with the text of the first chunk of `kind` put through `change`; all digests of the index fit.
template <class Change>
std::string tampered(ChunkKind kind, const Change& change) {
  const Written sound = write(sample_records(), Encoding::stored);
  auto chunks = take_apart(sound.bytes);
  const std::size_t i = first_of(chunks, kind);
  std::string raw = raw_text(sound.bytes, i);
  change(raw);
  replace_text(chunks[i], raw, Encoding::stored);
  return assemble(chunks, Encoding::stored, sound.digest.fingerprint);
}

void replace_first(std::string& text, std::string_view what, std::string_view with) {
  const std::size_t at = text.find(what);
  REQUIRE(at != std::string::npos);
  text.replace(at, what.size(), with);
}

}  // namespace

TEST_SUITE("codec::SnapshotWriter") {
  TEST_CASE("the files of format version 1 stay readable, and the stored form stays the same to the byte") {
    const Written packed = write(sample_records(), Encoding::packed);
    const Written stored = write(sample_records(), Encoding::stored);
    const std::string document = golden("small.json", must_read(stored.bytes));
    CHECK(must_read(golden("small.stored.qsnap", stored.bytes)) == document);
    CHECK(must_read(golden("small.packed.qsnap", packed.bytes)) == document);
    CHECK(must_read(stored.bytes) == document);
    CHECK(golden("small.stored.qsnap", stored.bytes) == stored.bytes);
    CHECK(golden("small.root", to_hex(stored.digest.root) + '\n') == to_hex(stored.digest.root) + '\n');
  }

  TEST_CASE("the same records give the same bytes") {
    const auto records = many_jobs(500, 700);
    for (const Encoding encoding : k_encodings) {
      CHECK(write(records, encoding).bytes == write(records, encoding).bytes);
    }
  }

  TEST_CASE("both encodings have the same document, root, fingerprint and checksum") {
    const auto records = many_jobs(500, 700);
    const Written packed = write(records, Encoding::packed);
    const Written stored = write(records, Encoding::stored);
    CHECK(must_read(packed.bytes) == must_read(stored.bytes));
    CHECK(packed.digest.root == stored.digest.root);
    CHECK(packed.digest.fingerprint == stored.digest.fingerprint);
    CHECK(packed.digest.checksum == stored.digest.checksum);
    CHECK(packed.digest.raw_bytes == stored.digest.raw_bytes);
    CHECK(packed.bytes.size() * 5 < stored.bytes.size());
    CHECK(packed.digest.file_bytes == packed.bytes.size());
    CHECK(packed.digest.records == 500);
  }

  TEST_CASE("the root is that of the records, not of the capture") {
    model::Metadata later = sample_metadata();
    later.captured_at += std::chrono::hours{1};
    const Written before = write(sample_records(), Encoding::stored);
    const Written after = write(sample_records(), Encoding::stored, later);
    CHECK(before.digest.root == after.digest.root);
    CHECK(before.digest.fingerprint == after.digest.fingerprint);
    CHECK(before.digest.checksum != after.digest.checksum);
    auto records = sample_records();
    records.back() = key_record("raw\xff", R"(["y"])");
    CHECK(write(records, Encoding::stored).digest.root != before.digest.root);
  }

  TEST_CASE("an error of the sink comes back") {
    const auto sink = [](std::string_view) -> Result<void> { return make_error(ErrorCode::io, "disk full"); };
    const auto writer = SnapshotWriter::begin(sample_metadata(), Encoding::packed, sink);
    REQUIRE_FALSE(writer.has_value());
    CHECK(writer.error().message == "disk full");
  }

  TEST_CASE("the same bytes come out for any number of threads, and they reach the sink in order") {
    const std::vector<model::Record> records = many_jobs(6'000, 900);
    for (const Encoding encoding : k_encodings) {
      const Written alone = write(records, encoding);
      for (const std::size_t threads : {1U, 2U, 4U}) {
        CAPTURE(threads);
        CHECK(write(records, encoding, sample_metadata(), threads).bytes == alone.bytes);
      }
    }
  }

  TEST_CASE("an error of the sink in the middle comes back, with threads as without") {
    const std::vector<model::Record> records = many_jobs(6'000, 900);
    for (const std::size_t threads : {0U, 1U, 4U}) {
      CAPTURE(threads);
      int room = 20;
      const auto sink = [&](std::string_view) -> Result<void> {
        return room-- > 0 ? Result<void>{} : make_error(ErrorCode::io, "disk full");
      };
      auto writer = SnapshotWriter::begin(sample_metadata(), Encoding::stored, sink, threads);
      REQUIRE(writer.has_value());
      Result<void> added;
      for (std::size_t i = 0; added && i < records.size(); ++i) {
        added = writer->add(records[i]);
      }
      REQUIRE_FALSE(added.has_value());
      CHECK(added.error().message == "disk full");
    }
  }
}

TEST_SUITE("codec::SnapshotReader") {
  TEST_CASE("what was written comes back") {
    for (const auto& records : {sample_records(), many_jobs(1'000, 900), std::vector<model::Record>{}}) {
      for (const Encoding encoding : k_encodings) {
        const Written written = write(records, encoding);
        const auto reader = testing::open(written.bytes);
        REQUIRE(reader.has_value());
        CHECK(reader->metadata() == sample_metadata());
        CHECK(reader->encoding() == encoding);
        CHECK(reader->root() == written.digest.root);
        CHECK(reader->fingerprint() == written.digest.fingerprint);
        CHECK(reader->raw_bytes() == written.digest.raw_bytes);
        CHECK(reader->file_bytes() == written.bytes.size());
        CHECK(read_records(*reader) == records);
      }
    }
  }

  TEST_CASE("the index tells section, queue, state and number of records without decoding") {
    const auto reader = testing::open(write(sample_records(), Encoding::packed).bytes);
    REQUIRE(reader.has_value());
    std::uint64_t jobs = 0;
    std::size_t without_section = 0;
    for (const model::ChunkInfo& chunk : reader->chunks()) {
      if (chunk.section == model::Section::jobs && jobs == 0) {
        CHECK(chunk.queue == "bullmq:bull:mail");
        CHECK(chunk.state == "failed");
      }
      jobs += chunk.section == model::Section::jobs ? chunk.records : 0;
      without_section += chunk.section ? 0U : 1U;
    }
    CHECK(jobs == 3);
    CHECK(without_section == 2);  // metadata and tail
    CHECK(reader->index_entry(reader->chunks().size() - 2).last_key == (std::string{"key\0raw\xff\0"
                                                                                    "0",
                                                                                    10}));
  }

  TEST_CASE("long names and keys are not repeated in the index") {
    const std::string name(10'000, 'n');
    const auto reader = testing::open(write(std::array{job(name, "waiting", name, "1")}, Encoding::packed).bytes);
    REQUIRE(reader.has_value());
    const ChunkEntry entry = reader->index_entry(3);
    REQUIRE(entry.records == 1);
    CHECK(entry.queue.empty());
    CHECK(entry.state == "waiting");
    CHECK(entry.last_key.size() == 21);
    CHECK(entry.last_key.starts_with("xxh3:"));
  }

  TEST_CASE("a record above a chunk's cap comes back, whether it packs well or not") {
    const std::string zeros(5 * limits::k_mib, '0');
    const std::vector records = {job("q:q:q", "waiting", "1", '"' + zeros + '"'), job("q:q:q", "waiting", "2", "1")};
    for (const Encoding encoding : k_encodings) {
      const auto reader = testing::open(write(records, encoding).bytes);
      REQUIRE(reader.has_value());
      CHECK(read_records(*reader) == records);
    }
  }

  TEST_CASE("a document with conflicts can be opened, and its other sections read") {
    const Written plain = write(sample_records(), Encoding::packed);
    auto chunks = take_apart(plain.bytes);
    const std::string text = "\"conflicts\":[\n{\"a\":1},\n{\"b\":2}\n";
    chunks.insert(chunks.begin() + 1, honest_chunk(ChunkKind::conflicts, text, 2, Encoding::packed));
    replace_text(chunks[2], "],\n\"config\":[\n", Encoding::packed);
    const std::string bytes = assemble(chunks, Encoding::packed, plain.digest.fingerprint);
    const auto reader = testing::open(bytes);
    REQUIRE(reader.has_value());
    CHECK_FALSE(reader->chunks()[1].section.has_value());
    CHECK(reader->has_conflicts());
    CHECK_FALSE(testing::open(plain.bytes)->has_conflicts());
    CHECK(reader->chunks()[1].records == 2);
    CHECK(reader->root() != plain.digest.root);
    CHECK(read_records(*reader) == sample_records());
    std::vector<std::string> lines;
    REQUIRE(reader
                ->read_chunk(1,
                             [&](const model::Chunk& chunk) -> Result<void> {
                               lines.assign(chunk.lines.begin(), chunk.lines.end());
                               return {};
                             })
                .has_value());
    CHECK(lines == std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"});
    CHECK(findings(bytes) == std::vector<std::string>{"chunk 1: the document has conflicts that nobody has resolved",
                                                      "chunk 1: conflict 1: bad conflict: kind is no text",
                                                      "chunk 1: conflict 2: bad conflict: kind is no text"});
  }

  TEST_CASE("an error of the callback comes back as it is") {
    const auto reader = testing::open(write(sample_records(), Encoding::packed).bytes);
    REQUIRE(reader.has_value());
    const auto read = reader->read_chunk(
        1, [](const model::Chunk&) -> Result<void> { return make_error(ErrorCode::cancelled, "interrupted"); });
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().message == "interrupted");
  }
}

TEST_SUITE("codec::SnapshotReader::open_file") {
  TEST_CASE("a snapshot is read from its file") {
    const TemporaryFolder folder;
    const Written written = write(many_jobs(300, 900), Encoding::packed);
    REQUIRE(write_file_atomically(folder.path() / "a.qsnap", written.bytes).has_value());
    const auto reader = SnapshotReader::open_file(folder.path() / "a.qsnap");
    REQUIRE(reader.has_value());
    const auto document = testing::read_document(*reader);
    REQUIRE(document.has_value());
    CHECK(*document == must_read(written.bytes));
  }

  TEST_CASE("what is no snapshot is named, with what it is") {
    const TemporaryFolder folder;
    struct Case {
      std::string bytes;
      std::string message;
    };
    const std::string sound = write(sample_records(), Encoding::packed).bytes;
    const Case cases[] = {
        {"", "is not a git-qsnap snapshot"},
        {"{\"jobs\":[]}\n", "is not a git-qsnap snapshot"},
        {std::string(100, '\0'), "is not a git-qsnap snapshot"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", "is a Git LFS pointer, not a snapshot"},
        {sound.substr(0, sound.size() / 2), "is truncated or damaged"},
        {sound + '\n', "is truncated or damaged"},
    };
    for (const Case& c : cases) {
      CAPTURE(c.message);
      const auto path = folder.path() / "x.qsnap";
      REQUIRE(write_file_atomically(path, c.bytes).has_value());
      const auto reader = SnapshotReader::open_file(path);
      REQUIRE_FALSE(reader.has_value());
      CHECK(reader.error().code == ErrorCode::corrupt);
      CHECK(reader.error().message == path.native() + ": " + c.message);
    }
  }

  TEST_CASE("a Git LFS pointer comes with the command that fetches the file") {
    const auto reader = testing::open("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n");
    REQUIRE_FALSE(reader.has_value());
    CHECK(reader.error().hints == std::vector<std::string>{"git lfs pull"});
  }

  TEST_CASE("links, pipes, folders and missing files are refused") {
    const TemporaryFolder folder;
    const auto& root = folder.path();
    REQUIRE(write_file_atomically(root / "a.qsnap", write({}, Encoding::packed).bytes).has_value());
    std::filesystem::create_symlink(root / "a.qsnap", root / "link");
    REQUIRE(::mkfifo((root / "pipe").c_str(), 0600) == 0);
    for (const char* name : {"link", "pipe", "missing", "."}) {
      CAPTURE(name);
      const auto reader = SnapshotReader::open_file(root / name);
      REQUIRE_FALSE(reader.has_value());
      CHECK(reader.error().code == ErrorCode::io);
      CHECK(reader.error().message.find((root / name).native()) != std::string::npos);
    }
  }

  TEST_CASE("damage found later names file and chunk") {
    const TemporaryFolder folder;
    std::string bytes = write(sample_records(), Encoding::stored).bytes;
    replace_first(bytes, "a@example.org", "A@example.org");
    REQUIRE(write_file_atomically(folder.path() / "x.qsnap", bytes).has_value());
    const auto reader = SnapshotReader::open_file(folder.path() / "x.qsnap");
    REQUIRE(reader.has_value());
    const auto document = testing::read_document(*reader);
    REQUIRE_FALSE(document.has_value());
    CHECK(document.error().message.starts_with((folder.path() / "x.qsnap").native() + ": chunk 3: "));
  }
}

TEST_SUITE("codec::file_kind") {
  TEST_CASE("files are known by their magic") {
    CHECK(file_kind(write({}, Encoding::packed).bytes) == FileKind::snapshot);
    CHECK(file_kind(write({}, Encoding::stored).bytes.substr(0, 16)) == FileKind::snapshot);
    CHECK(file_kind("version https://git-lfs.github.com/spec/v1\n") == FileKind::lfs_pointer);
    CHECK(file_kind("") == FileKind::other);
    CHECK(file_kind("\x57\x2A\x4D\x18") == FileKind::other);
    CHECK(file_kind("\x28\xB5\x2F\xFD") == FileKind::other);
  }
}

TEST_SUITE("codec::reencode") {
  TEST_CASE("it gives the bytes that the writer gives in that encoding") {
    auto records = many_jobs(800, 900);
    records.push_back(key_record("zeros", "[\"" + std::string(3 * limits::k_mib, '0') + "\"]"));
    for (const auto& document : {sample_records(), records}) {
      const std::string packed = write(document, Encoding::packed).bytes;
      const std::string stored = write(document, Encoding::stored).bytes;
      CHECK(reencoded(packed, Encoding::stored) == stored);
      CHECK(reencoded(stored, Encoding::packed) == packed);
      CHECK(reencoded(packed, Encoding::packed) == packed);
      CHECK(reencoded(stored, Encoding::stored) == stored);
    }
  }
}

TEST_SUITE("codec::relabel") {
  TEST_CASE("it gives the bytes that the writer gives under the other metadata") {
    model::Metadata other = sample_metadata();
    other.description = std::string(5'000, 'd');
    other.tags = {"large", "release"};
    for (const auto& records : {sample_records(), many_jobs(800, 900), std::vector<model::Record>{}}) {
      for (const Encoding encoding : k_encodings) {
        const Written before = write(records, encoding), after = write(records, encoding, other);
        const auto reader = testing::open(before.bytes);
        REQUIRE(reader.has_value());
        std::string relabelled;
        REQUIRE(relabel(*reader, other, [&](std::string_view bytes) -> Result<void> {
                  relabelled += bytes;
                  return {};
                }).has_value());
        CHECK(relabelled == after.bytes);
        CHECK(before.digest.root == after.digest.root);
        CHECK(findings(relabelled).empty());
      }
    }
  }
}

TEST_SUITE("codec::check_container") {
  TEST_CASE("there is nothing to find in what the writer wrote") {
    for (const auto& records : {sample_records(), many_jobs(1'000, 900), std::vector<model::Record>{}}) {
      for (const Encoding encoding : k_encodings) {
        CHECK(findings(write(records, encoding).bytes).empty());
      }
    }
  }

  TEST_CASE("a damaged frame is found, and the rest is still looked at") {
    std::string bytes = write(sample_records(), Encoding::stored).bytes;
    replace_first(bytes, "bull:pdf", "BULL:pdf");
    replace_first(bytes, "a@example.org", "A@example.org");
    const auto found = findings(bytes);
    REQUIRE(found.size() == 2);
    CHECK(found[0].starts_with("chunk 2: "));
    CHECK(found[1].starts_with("chunk 3: "));
  }

  TEST_CASE("records in other than their canonical form are found, though every digest fits") {
    const auto found = findings(tampered(ChunkKind::jobs, [](std::string& raw) { replace_first(raw, ":", ": "); }));
    REQUIRE(found.size() >= 1);
    CHECK(found[0] == "chunk 3: a section does not begin as it should");
    const auto in_record =
        findings(tampered(ChunkKind::jobs, [](std::string& raw) { replace_first(raw, "\"enc\":", "\"enc\": "); }));
    REQUIRE(in_record.size() == 1);
    CHECK(in_record[0].starts_with("chunk 3: record 1: "));
  }

  TEST_CASE("jobs out of order are found") {
    auto records = sample_records();
    std::swap(records[2], records[4]);
    const auto found = findings(write(records, Encoding::stored).bytes);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == "chunk 3: the jobs are not sorted by queue and state");
  }

  TEST_CASE("a chunk that ends elsewhere than the cut rule says is found") {
    const Written sound = write(sample_records(), Encoding::stored);
    auto chunks = take_apart(sound.bytes);
    const std::size_t jobs = first_of(chunks, ChunkKind::jobs);
    REQUIRE(chunks[jobs].entry.records == 3);
    const std::string raw = raw_text(sound.bytes, jobs);
    const std::size_t cut = raw.find("},\n{\"enc\"") + 3;
    auto second = honest_chunk(ChunkKind::jobs, raw.substr(cut), 2, Encoding::stored);
    second.entry.last_key = chunks[jobs].entry.last_key;
    chunks[jobs].entry.records = 1;
    replace_text(chunks[jobs], raw.substr(0, cut), Encoding::stored);
    chunks.insert(chunks.begin() + static_cast<std::ptrdiff_t>(jobs) + 1, second);
    const auto found = findings(assemble(chunks, Encoding::stored, sound.digest.fingerprint));
    REQUIRE(found.size() == 1);
    CHECK(found[0] == "chunk 3: its text or its end is not what the format makes of these records");
  }

  TEST_CASE("an index that names another queue, state or key is found") {
    const Written sound = write(sample_records(), Encoding::stored);
    for (std::string ChunkEntry::*member : {&ChunkEntry::queue, &ChunkEntry::state, &ChunkEntry::last_key}) {
      auto chunks = take_apart(sound.bytes);
      chunks[3].entry.*member = "other";
      const auto found = findings(assemble(chunks, Encoding::stored, sound.digest.fingerprint));
      REQUIRE(found.size() == 1);
      CHECK(found[0] == "chunk 3: the index names another queue, state, key or count than the records");
    }
  }

  TEST_CASE("a wrong fingerprint is found, in the index and in the document") {
    const Written sound = write(sample_records(), Encoding::stored);
    auto chunks = take_apart(sound.bytes);
    CHECK(findings(assemble(chunks, Encoding::stored)) ==
          std::vector<std::string>{"the document's fingerprint is not the one in the index"});
    // Now with a document that says the same wrong thing, and a checksum that fits.
    const std::string wrong(32, 'f');
    std::string document = must_read(sound.bytes);
    document.resize(document.rfind("],\n\"fingerprint\""));
    const std::string checksum = sha256(document + tail_opening(wrong));
    replace_text(chunks.back(), tail_opening(wrong) + checksum_line(checksum), Encoding::stored);
    const auto found = findings(assemble(chunks, Encoding::stored, wrong));
    REQUIRE(found.size() == 1);
    CHECK(found[0].starts_with("the fingerprint is 6666"));
  }

  TEST_CASE("a wrong checksum is found") {
    const auto found = findings(tampered(ChunkKind::tail, [](std::string& raw) {
      char& digit = raw[raw.size() - 4];
      digit = digit == '0' ? '1' : '0';
    }));
    CHECK(found == std::vector<std::string>{"the document's checksum is wrong"});
  }
}

}  // namespace qsnap::codec
