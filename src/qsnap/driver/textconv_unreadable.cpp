// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/driver/textconv_unreadable.hpp>
#include <qsnap/report/escape.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::driver {

namespace {

using namespace std::string_view_literals;

/// What begins like this, as people call it.
struct Beginning {
  std::string_view bytes;
  std::string_view what;
};

constexpr std::array<Beginning, 8> k_beginnings = {{
    {"<<<<<<< "sv, "a text with Git's conflict markers, no queue snapshot"sv},
    {"{\"qsnap\":"sv, "the text of a queue snapshot, out of its container: no snapshot"sv},
    {"{"sv, "JSON, no queue snapshot"sv},
    {"["sv, "JSON, no queue snapshot"sv},
    {"REDIS"sv, "a dump of a Redis, no queue snapshot; git qsnap import makes one of it"sv},
    {"\x28\xB5\x2F\xFD"sv, "zstd data of another program, no queue snapshot"sv},
    {"\x1F\x8B"sv, "gzip data, no queue snapshot"sv},
    {"PK\x03\x04"sv, "a zip archive, no queue snapshot"sv},
}};

/// The second to fourth byte of every skippable frame, with which another program's zstd may begin.
constexpr std::string_view k_skippable = "\x2A\x4D\x18";

std::string_view what_begins_with(std::string_view bytes) {
  const std::size_t text = std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size());
  const auto known = std::find_if(k_beginnings.begin(), k_beginnings.end(), [&](const Beginning& beginning) {
    return bytes.substr(text).starts_with(beginning.bytes);
  });
  if (known != k_beginnings.end()) {
    return known->what;
  }
  return bytes.size() > 1 && bytes.substr(1).starts_with(k_skippable)
             ? "zstd data of another program, no queue snapshot"sv
             : "no queue snapshot"sv;
}

/// Absent where the file cannot be read to its end.
std::optional<std::string> digest_of(const codec::ByteSource& file) {
  constexpr std::uint64_t k_piece = limits::k_mib;
  codec::Sha256 digest;
  for (std::uint64_t at = 0; at < file.size(); at += k_piece) {
    const auto piece = file.read(at, std::min(k_piece, file.size() - at));
    if (!piece) {
      return std::nullopt;
    }
    digest.update(*piece);
  }
  return to_hex(digest.digest());
}

std::string line(std::string_view what) {
  return fmt::format("# {}\n", report::escape_terminal(what));
}

/// With what tells these bytes from others.
std::string line(std::string_view what, const codec::ByteSource& file) {
  constexpr std::size_t k_digits = 12;
  const auto digest = digest_of(file);
  return line(fmt::format("{} ({} bytes, sha256 {})", what, file.size(),
                          digest ? std::string_view{*digest}.substr(0, k_digits) : "unknown"));
}

std::string pointer_line(std::string_view text, const codec::ByteSource& file) {
  const auto pointer = codec::parse_lfs_pointer(text);
  if (!pointer) {
    return line("a damaged Git LFS pointer, no queue snapshot", file);
  }
  return line(fmt::format("Git LFS pointer: sha256:{}, {}; git lfs pull brings the snapshot", pointer->object_id,
                          report::byte_size(pointer->bytes)));
}

std::string with_hints(const Error& error) {
  std::string text = error.message;
  for (const std::string& hint : error.hints) {
    text.append("; ").append(hint);
  }
  return text;
}

}  // namespace

std::string unreadable_line(const Error& error) {
  return line(with_hints(error));
}

std::string unreadable_line(const codec::ByteSource& file, const Error& error) {
  // One byte more than a pointer may have, and more than the beginnings take.
  const auto first = file.read(0, std::min<std::uint64_t>(file.size(), codec::k_most_pointer_bytes + 1));
  if (!first) {
    return unreadable_line(first.error());
  }
  if (first->empty()) {
    return line("an empty file, no queue snapshot");
  }
  switch (codec::file_kind(*first)) {
    case codec::FileKind::lfs_pointer:
      return pointer_line(*first, file);
    case codec::FileKind::other:
      return line(what_begins_with(*first), file);
    case codec::FileKind::snapshot:
      break;
  }
  return line(fmt::format("a queue snapshot that cannot be read: {}", with_hints(error)), file);
}

}  // namespace qsnap::driver
