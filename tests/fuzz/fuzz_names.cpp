// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fuzz/fuzz_target.hpp>
#include <string>

#include <qsnap/store/name.hpp>

namespace qsnap::store {

namespace {

using fuzz::require;

void check_path(const std::filesystem::path& path) {
  require(path.is_relative() && path.lexically_normal() == path, "a name stays in the folder");
  const auto components = std::distance(path.begin(), path.end());
  require(components >= 2 && components <= 5, "a name has two to five components");
  for (const std::filesystem::path& component : path) {
    require(!component.native().starts_with('.') && !component.native().starts_with('-'),
            "no component is hidden or looks like an option");
  }
}

void check_name(std::string_view text) {
  const auto name = SnapshotName::parse(text);
  if (!name) {
    require(name.error().code == ErrorCode::usage, "a bad name is a mistake of the user");
    return;
  }
  require(std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; }), "names are printable");
  const auto again = SnapshotName::parse(name->text());
  require(again && *again == *name, "a name can be read from its own text");
  check_path(name->relative_path());
}

void check_side(std::string_view text) {
  const auto side = parse_side(text);
  if (!side) {
    return;
  }
  require(side->text == text, "a side keeps its text");
  const bool has_name = side->kind == Side::Kind::name || side->kind == Side::Kind::revision;
  require(!has_name || SnapshotName::parse(side->name).has_value(), "the name of a side is a name");
  require(side->kind != Side::Kind::revision || !side->revision.empty(), "a revision is not empty");
  require(side->kind != Side::Kind::file || !side->file.empty(), "a file is not empty");
}

}  // namespace

}  // namespace qsnap::store

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = qsnap::fuzz::text_of(data, size);
  qsnap::store::check_name(text);
  qsnap::store::check_side(text);
  return 0;
}
