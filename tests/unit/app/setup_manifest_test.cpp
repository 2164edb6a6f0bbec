// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>

#include <doctest/doctest.h>

#include <qsnap/app/setup/manifest.hpp>

using namespace qsnap;
using namespace qsnap::app::setup;

namespace {

Manifest sample() {
  Manifest manifest;
  manifest.set({FileRole::config, "", "ab12", "[include]\n"});
  manifest.set({FileRole::work_tree_attributes, "worktrees/x", std::nullopt, "bytes \xff\n"});
  manifest.folders = {"qsnap", "info"};
  manifest.hooks = {{"pre-commit", "cd34"}};
  return manifest;
}

}  // namespace

TEST_CASE("a manifest reads back as it was written") {
  const std::string json = manifest_json(sample());
  const auto read = parse_manifest(json);
  REQUIRE(read);
  CHECK(manifest_json(*read) == json);
  CHECK(read->find(FileRole::config, "anything")->piece == "[include]\n");
  CHECK(read->find(FileRole::work_tree_attributes, "worktrees/x")->piece == "bytes \xff\n");
  CHECK_FALSE(read->find(FileRole::work_tree_attributes, "worktrees/x")->existed());
  CHECK(read->find(FileRole::work_tree_attributes, "") == nullptr);
  CHECK(read->find(FileRole::fragment, "") == nullptr);
}

TEST_CASE("every cut of a manifest is an error") {
  const std::string json = manifest_json(sample());
  const std::string_view value = std::string_view{json}.substr(0, json.size() - 1);  // without its line end
  for (std::size_t size = 0; size < value.size(); ++size) {
    CHECK_FALSE(parse_manifest(value.substr(0, size)));
  }
}

TEST_CASE("a piece that was changed, an unknown file and a later version are refused") {
  const auto with = [](std::string_view from, std::string_view to) {
    std::string json = manifest_json(sample());
    json.replace(json.find(from), from.size(), to);
    return parse_manifest(json);
  };
  CHECK(with("[include]", "[exclude]").error().code == ErrorCode::corrupt);
  CHECK(with("\"config\"", "\"../config\"").error().code == ErrorCode::corrupt);
  CHECK(with("\"qsnap_install\":1", "\"qsnap_install\":2").error().code == ErrorCode::unsupported_version);
  CHECK(parse_manifest("{}").error().code == ErrorCode::corrupt);
  CHECK_FALSE(parse_manifest("[]"));
}
