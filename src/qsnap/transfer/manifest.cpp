// SPDX-License-Identifier: Apache-2.0
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/base64.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/transfer/manifest.hpp>

namespace qsnap::transfer {

namespace {

constexpr std::string_view k_version = "version git-qsnap-lfs/";
constexpr std::string_view k_first_line = "version git-qsnap-lfs/1";
constexpr std::string_view k_object = "oid sha256:", k_size = "size ";
constexpr std::size_t k_head_lines = 3;
constexpr std::size_t k_digest_bytes = 32;

Error damaged(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("is no manifest: {}", what));
}

/// Without the '=' that every digest would end in: two thirds of the hexadecimal form, and that is most of a manifest.
std::string short_form(std::string_view id) {
  std::string text = to_base64(from_hex(id).value());
  text.pop_back();
  return text;
}

std::optional<std::string> id_of(std::string_view short_form) {
  const std::optional<std::string> digest = codec::from_base64(std::string{short_form} + '=');
  return digest && digest->size() == k_digest_bytes ? std::optional{to_hex(*digest)} : std::nullopt;
}

std::optional<std::uint64_t> size_of(std::string_view text) {
  const std::optional<std::int64_t> number = parse_integer(text);
  return number && *number >= 0 ? std::optional{static_cast<std::uint64_t>(*number)} : std::nullopt;
}

Result<Chunk> parse_chunk(std::string_view line) {
  const std::size_t blank = line.find(' ');
  const std::optional<std::string> id = id_of(line.substr(0, blank));
  const std::optional<std::uint64_t> bytes =
      blank == std::string_view::npos ? std::nullopt : size_of(line.substr(blank + 1));
  if (!id || !bytes || *bytes == 0 || *bytes > k_most_chunk_bytes) {
    return damaged("a chunk is none");
  }
  return Chunk{*id, *bytes};
}

}  // namespace

std::string format_manifest(const Manifest& manifest) {
  std::string text =
      fmt::format("{}\n{}{}\n{}{}\n", k_first_line, k_object, manifest.object_id, k_size, manifest.bytes);
  for (const Chunk& chunk : manifest.chunks) {
    fmt::format_to(std::back_inserter(text), "{} {}\n", short_form(chunk.id), chunk.bytes);
  }
  return text;
}

Result<Manifest> parse_manifest(std::string_view text) {
  if (text.size() > k_most_manifest_bytes || !text.ends_with('\n')) {
    return damaged("it has no end");
  }
  const std::vector<std::string_view> lines = split(text, '\n');
  if (lines[0] != k_first_line) {
    return lines[0].starts_with(k_version)
               ? make_error(ErrorCode::unsupported_version, "is a manifest of a later version", {"update git-qsnap"})
               : damaged("its first line is another one");
  }
  if (lines.size() < k_head_lines || !lines[1].starts_with(k_object) || !lines[2].starts_with(k_size)) {
    return damaged("it does not begin with the object");
  }
  Manifest manifest{std::string{lines[1].substr(k_object.size())}, 0, {}};
  const std::optional<std::uint64_t> bytes = size_of(lines[2].substr(k_size.size()));
  if (!codec::is_lfs_object_id(manifest.object_id) || !bytes || *bytes > limits::k_document_bytes) {
    return damaged("it does not begin with the object");
  }
  manifest.bytes = *bytes;
  std::uint64_t sum = 0;
  for (std::size_t i = k_head_lines; i < lines.size(); ++i) {
    QSNAP_ASSIGN(Chunk chunk, parse_chunk(lines[i]));
    sum += chunk.bytes;  // at most k_most_manifest_bytes × k_most_chunk_bytes: far below 2^64
    manifest.chunks.push_back(std::move(chunk));
  }
  return sum == manifest.bytes ? Result<Manifest>{std::move(manifest)} : damaged("its chunks do not make the object");
}

}  // namespace qsnap::transfer
