// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/lfs_pointer.hpp>

namespace qsnap::codec {

namespace {

constexpr std::string_view k_version = "version https://git-lfs.github.com/spec/v1\n";
constexpr std::string_view k_oid = "oid sha256:";
constexpr std::size_t k_oid_digits = 64;

}  // namespace

bool is_lfs_object_id(std::string_view text) {
  return text.size() == k_oid_digits && from_hex(text).has_value();
}

/// There is one spelling of a pointer, so whatever does not come out again as it went in is none.
Result<LfsPointer> parse_lfs_pointer(std::string_view text) {
  constexpr std::string_view k_size = "\nsize ";
  const Error damaged = make_error(ErrorCode::corrupt, "is a damaged Git LFS pointer, or one of another version");
  if (text.size() > k_most_pointer_bytes || !text.starts_with(k_version)) {
    return damaged;
  }
  std::string_view rest = text.substr(k_version.size());
  if (!rest.starts_with(k_oid)) {
    return damaged;
  }
  rest.remove_prefix(k_oid.size());
  const std::string_view id = rest.substr(0, k_oid_digits);
  rest.remove_prefix(id.size());
  if (!rest.starts_with(k_size)) {
    return damaged;
  }
  rest.remove_prefix(k_size.size());
  const auto size = parse_integer(rest.substr(0, rest.find('\n')));
  if (!is_lfs_object_id(id) || !size || *size < 0) {
    return damaged;
  }
  LfsPointer pointer{std::string{id}, static_cast<std::uint64_t>(*size)};
  return format_lfs_pointer(pointer) == text ? Result<LfsPointer>{std::move(pointer)} : damaged;
}

std::string format_lfs_pointer(const LfsPointer& pointer) {
  if (pointer.bytes == 0) {  // git-lfs keeps an empty file as it is
    return {};
  }
  return fmt::format("{}{}{}\nsize {}\n", k_version, k_oid, pointer.object_id, pointer.bytes);
}

}  // namespace qsnap::codec
