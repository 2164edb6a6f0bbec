// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <unit/codec/container_support.hpp>
#include <unit/driver/scratch_file.hpp>

#include <doctest/doctest.h>

#include <qsnap/codec/git_form.hpp>
#include <qsnap/driver/clean.hpp>

namespace qsnap::driver {

namespace {

using codec::Encoding;
namespace snapshots = codec::testing;

using testing::content_of;
using testing::scratch_file;

std::string streamed(std::string_view bytes) {
  const auto in = scratch_file(bytes);
  const auto out = scratch_file();
  REQUIRE(clean_stream(in.get(), out.get(), {}).has_value());
  return content_of(out.get());
}

/// The same document, as a program with another zstd would have packed it: level 3 where the writer takes 9.
std::string packed_otherwise(const std::string& packed) {
  const auto reader = snapshots::open(packed);
  REQUIRE(reader.has_value());
  auto chunks = snapshots::take_apart(packed);
  codec::FrameEncoder encoder{Encoding::packed};
  constexpr std::uint64_t k_far_behind = 64 * limits::k_mib;
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    const auto raw = reader->raw_chunk(i);
    REQUIRE(raw.has_value());
    const auto frame = encoder.encode(*raw, k_far_behind);
    REQUIRE(frame.has_value());
    chunks[i].frame = std::string{*frame};
    chunks[i].entry.frame_bytes = frame->size();
  }
  return snapshots::assemble(chunks, Encoding::packed, std::string{reader->fingerprint()});
}

}  // namespace

TEST_SUITE("driver::clean") {
  TEST_CASE("gives the bytes that the writer gives in the stored encoding") {
    const auto records = snapshots::many_jobs(800, 900);
    const std::string packed = snapshots::write(records, Encoding::packed).bytes;
    const std::string stored = snapshots::write(records, Encoding::stored).bytes;
    CHECK(cleaned(packed, {}) == stored);
    CHECK(streamed(packed) == stored);
  }

  TEST_CASE("gives the same bytes whatever packed the snapshot") {
    const std::string packed = snapshots::write(snapshots::many_jobs(800, 900), Encoding::packed).bytes;
    const std::string other = packed_otherwise(packed);
    REQUIRE(other != packed);
    CHECK(cleaned(other, {}) == cleaned(packed, {}));
  }

  TEST_CASE("lets everything through that is no sound packed snapshot") {
    const std::string packed = snapshots::write(snapshots::sample_records(), Encoding::packed).bytes;
    std::string damaged = packed;
    damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 1);
    std::string damaged_late = snapshots::write(snapshots::many_jobs(800, 900), Encoding::packed).bytes;
    damaged_late[damaged_late.size() / 2] = static_cast<char>(damaged_late[damaged_late.size() / 2] ^ 1);
    std::string later_version = packed;
    later_version[16] = 9;
    const std::string inputs[] = {"",
                                  "{\"some\":\"text\"}\n",
                                  "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n",
                                  "\x28\xb5\x2f\xfd",
                                  snapshots::write(snapshots::sample_records(), Encoding::stored).bytes,
                                  packed.substr(0, 10),
                                  packed.substr(0, packed.size() - 1),
                                  packed + "x",
                                  damaged,
                                  damaged_late,
                                  later_version};
    for (const std::string& input : inputs) {
      CAPTURE(input.size());
      CHECK_FALSE(cleaned(input, {}).has_value());
      CHECK(streamed(input) == input);
    }
  }

  TEST_CASE("lets a document through that is too large for Git to keep it raw") {
    const std::size_t jobs = codec::k_most_stored_raw_bytes / (64 * limits::k_kib);
    const std::string over = snapshots::write(snapshots::many_jobs(jobs, 64 * limits::k_kib), Encoding::packed).bytes;
    CHECK_FALSE(cleaned(over, {}).has_value());
    const std::string under =
        snapshots::write(snapshots::many_jobs(jobs - 1, 64 * limits::k_kib), Encoding::packed).bytes;
    CHECK(cleaned(under, {}).has_value());
  }

  TEST_CASE("copies what begins like a snapshot and is longer than any that it would treat") {
    std::string endless = codec::encode_header(Encoding::packed);
    endless.resize(k_most_cleaned_bytes + 100'000, 'x');
    CHECK(streamed(endless) == endless);
  }
}

}  // namespace qsnap::driver
