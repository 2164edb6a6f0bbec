// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/api/names.hpp>

namespace qsnap::api {

namespace {

constexpr std::size_t k_most_bytes = 4095;  // of a path, which a side may be

Result<void> check_length(std::string_view text) {
  return text.size() <= k_most_bytes
             ? Result<void>{}
             : make_error(ErrorCode::usage,
                          fmt::format("a name of {} bytes; at most {} are read", text.size(), k_most_bytes));
}

}  // namespace

Result<store::SnapshotName> snapshot_name(std::string_view text) {
  QSNAP_TRY(check_length(text));
  return store::SnapshotName::parse(text);
}

Result<store::Side> snapshot_side(std::string_view text) {
  QSNAP_TRY(check_length(text));
  QSNAP_ASSIGN(store::Side side, store::parse_side(text));
  if (side.kind == store::Side::Kind::live || side.kind == store::Side::Kind::input) {
    return make_error(ErrorCode::usage, fmt::format("{} is not a snapshot", text),
                      {"git qsnap list shows what can be loaded"});
  }
  return side;
}

Result<std::string> file_name(std::string_view text) {
  QSNAP_TRY(check_length(text));
  return std::string{text};
}

}  // namespace qsnap::api
