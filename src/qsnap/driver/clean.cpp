// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include <fmt/format.h>

#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/container_layout.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/driver/clean.hpp>
#include <qsnap/driver/index_entry.hpp>

namespace qsnap::driver {

namespace {

static_assert(k_first_bytes == codec::k_header_frame_bytes);

/// Bytes that somebody else owns: a packed snapshot is held in memory once.
class ViewSource final : public codec::ByteSource {
 public:
  explicit ViewSource(std::string_view bytes) : m_bytes(bytes) {}

  [[nodiscard]] std::uint64_t size() const override { return m_bytes.size(); }

  [[nodiscard]] Result<std::string> read(std::uint64_t offset, std::size_t count) const override {
    if (offset > m_bytes.size() || count > m_bytes.size() - offset) {
      return make_error(ErrorCode::corrupt, "is truncated or damaged");
    }
    return std::string{m_bytes.substr(offset, count)};
  }

 private:
  std::string_view m_bytes;
};

Error stream_error(std::string_view doing) {
  return make_error(ErrorCode::io, fmt::format("cannot {}: {}", doing, std::strerror(errno)));
}

Result<void> write(std::FILE* out, std::string_view bytes) {
  return std::fwrite(bytes.data(), 1, bytes.size(), out) == bytes.size() ? Result<void>{}
                                                                         : stream_error("write to git");
}

/// Appends to `bytes` until it has `most` bytes or the input ends.
Result<void> read_up_to(std::FILE* in, std::string& bytes, std::size_t most) {
  std::array<char, 64 * limits::k_kib> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
  while (bytes.size() < most) {
    const std::size_t got = std::fread(buffer.data(), 1, std::min(buffer.size(), most - bytes.size()), in);
    if (got == 0) {
      return std::ferror(in) != 0 ? stream_error("read from git") : Result<void>{};
    }
    bytes.append(buffer.data(), got);
  }
  return {};
}

Result<void> copy(std::FILE* in, std::FILE* out) {
  std::string block;
  do {
    block.clear();
    QSNAP_TRY(read_up_to(in, block, 64 * limits::k_kib));
    QSNAP_TRY(write(out, block));
  } while (!block.empty());
  return {};
}

}  // namespace

bool may_be_cleaned(std::string_view first_bytes) {
  if (codec::file_kind(first_bytes) != codec::FileKind::snapshot) {
    return false;
  }
  const auto encoding = codec::decode_header(first_bytes.substr(0, k_first_bytes));
  return encoding && *encoding == codec::Encoding::packed;
}

std::optional<std::string> cleaned(std::string_view bytes, const CleanedFile& file) {
  if (!may_be_cleaned(bytes) || bytes.size() > k_most_cleaned_bytes) {
    return std::nullopt;
  }
  const auto reader = codec::SnapshotReader::open(std::make_unique<ViewSource>(bytes));
  if (!reader || !codec::belongs_stored(reader->encoding(), reader->raw_bytes())) {
    return std::nullopt;
  }
  if (file.path && index_has(file.folder, *file.path, bytes)) {
    return std::nullopt;
  }
  std::string stored;
  stored.reserve(reader->raw_bytes() + bytes.size());  // at once, so that nothing is copied as it grows
  const auto done = codec::reencode(*reader, codec::Encoding::stored, [&](std::string_view more) -> Result<void> {
    stored += more;
    return {};
  });
  return done ? std::optional{std::move(stored)} : std::nullopt;
}

Result<void> clean_stream(std::FILE* in, std::FILE* out, const CleanedFile& file) {
  std::string bytes;
  QSNAP_TRY(read_up_to(in, bytes, k_first_bytes));
  if (may_be_cleaned(bytes)) {
    QSNAP_TRY(read_up_to(in, bytes, k_most_cleaned_bytes + 1));
    const auto stored = cleaned(bytes, file);
    QSNAP_TRY(write(out, stored ? *stored : bytes));
  } else {
    QSNAP_TRY(write(out, bytes));
  }
  QSNAP_TRY(copy(in, out));
  return std::fflush(out) == 0 ? Result<void>{} : stream_error("write to git");
}

}  // namespace qsnap::driver
