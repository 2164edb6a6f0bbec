// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/store/name.hpp>
#include <qsnap/store/set_name.hpp>

namespace qsnap::store {

TEST_SUITE("qsnap::store::SetName") {
  TEST_CASE("a branch's name becomes one component, and comes back from it") {
    const std::vector<std::pair<std::string, std::string>> names = {{"main", "main"},
                                                                    {"feature/x", "feature%2Fx"},
                                                                    {"release/2.0", "release%2F2.0"},
                                                                    {"a%2Fb", "a%252Fb"},
                                                                    {".hidden", "%2Ehidden"},
                                                                    {"x.", "x%2E"},
                                                                    {"x.lock", "x%2Elock"},
                                                                    {"-x", "%2Dx"},
                                                                    {"Fix", "Fix"},
                                                                    {"\xC3\xA9", "%C3%A9"},
                                                                    {"a b", "a%20b"},
                                                                    {"a~1", "a%7E1"},
                                                                    {"HEAD@{1}", "HEAD%40%7B1%7D"}};
    for (const auto& row : names) {
      CAPTURE(row.first);
      const auto name = SetName::parse(row.first);
      REQUIRE(name.has_value());
      CHECK(name->encoded() == row.second);
      const auto back = SetName::from_encoded(row.second);
      REQUIRE(back.has_value());
      CHECK(*back == *name);
    }
  }

  TEST_CASE("what could leave the folder or break a line is no set") {
    for (const std::string& text : {std::string{}, std::string{".."}, std::string{"a/../b"}, std::string{"a\nb"},
                                    std::string("a\0b", 3), std::string{"a\\b"}, std::string(201, 'a')}) {
      CAPTURE(text);
      const auto name = SetName::parse(text);
      REQUIRE_FALSE(name.has_value());
      CHECK(name.error().code == ErrorCode::usage);
    }
  }

  TEST_CASE("a name of a set's snapshot knows its set and goes back to bare") {
    const auto name = SnapshotName::parse("sets/feature%2Fx/baselines/dev");
    REQUIRE(name.has_value());
    REQUIRE(name->set().has_value());
    CHECK(name->set()->text() == "feature/x");
    CHECK(name->bare().text() == "baselines/dev");
    CHECK_FALSE(name->bare().set().has_value());
    CHECK(name->bare().in(*name->set()) == *name);
    CHECK(name->in(SetName::default_set()) == name->bare());
  }
}

}  // namespace qsnap::store
