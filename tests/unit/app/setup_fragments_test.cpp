// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <qsnap/app/setup/fragments.hpp>

using namespace qsnap;
using namespace qsnap::app::setup;

TEST_CASE("what is inserted and removed again leaves the same text, whatever its last line looks like") {
  const std::string include = include_section("qsnap.gitconfig");
  for (const std::string_view before : {"", "a", "a\n", "a\r\n", "\n", "\n\n", "[include]\n\tpath = x", "a\n\\"}) {
    const Inserted inserted = insert_block(before, include);
    CHECK(inserted.text.ends_with("\n[include]\n\tpath = qsnap.gitconfig\n") == !before.empty());
    CHECK(remove_piece(inserted.text, inserted.piece) == before);
    CHECK(remove_section(inserted.text, inserted.piece) == before);
  }
}

TEST_CASE("lines that came behind our block keep their line end in front") {
  const Inserted inserted = insert_block("a", attribute_block());
  CHECK(remove_piece(inserted.text + "b\n", inserted.piece) == "a\nb\n");
  CHECK(remove_piece("c\n" + inserted.text, inserted.piece) == "c\na");
  CHECK_FALSE(remove_piece("a\n", inserted.piece));
  CHECK_FALSE(remove_piece("a\n", ""));
}

TEST_CASE("a section that another key has come into is taken out by its line alone") {
  const std::string piece = include_section("qsnap.gitconfig");
  const std::string text = "[user]\n\tname = x\n" + piece + "\tpath = other\n[a]\n";
  CHECK_FALSE(remove_section(text, piece));
  CHECK(remove_include_line(text, "qsnap.gitconfig") == "[user]\n\tname = x\n[include]\n\tpath = other\n[a]\n");
  CHECK(remove_section(piece + "[a]\n", piece) == "[a]\n");
  CHECK(remove_include_line("[include]\n\tpath = qsnap.gitconfig\n[a]\n", "qsnap.gitconfig") == "[a]\n");
  CHECK_FALSE(remove_include_line("[include]\n path=qsnap.gitconfig\n", "qsnap.gitconfig"));
}

TEST_CASE("of an edited block, the lines that are not ours stay") {
  const std::string text = "*.a x\n# >>> qsnap (managed) v1\n" +
                           std::string{"*.b y\n/.queue-snapshots/config.yaml text eol=lf\n"} + "# <<< qsnap\n*.c z\n";
  const auto removed = remove_edited_block(text, attribute_block());
  REQUIRE(removed);
  CHECK(removed->text == "*.a x\n*.b y\n*.c z\n");
  CHECK(removed->foreign_lines_stay);
  CHECK_FALSE(remove_edited_block("# >>> qsnap (managed) v1\nno end\n", attribute_block()));
  CHECK_FALSE(find_block("# <<< qsnap\n# >>> qsnap (managed) v1\n"));
  CHECK(find_block("x\n# >>> qsnap (managed) v7\r\na\r\n# <<< qsnap\r\ny") ==
        "# >>> qsnap (managed) v7\r\na\r\n# <<< qsnap\r\n");
}

TEST_CASE("a block with lines missing leaves nothing behind") {
  const auto removed = remove_edited_block("# >>> qsnap (managed) v1\n# <<< qsnap\n", attribute_block());
  REQUIRE(removed);
  CHECK(removed->text.empty());
  CHECK_FALSE(removed->foreign_lines_stay);
}

TEST_CASE("info/attributes gets everything but the filter") {
  CHECK(attribute_block().find("filter=qsnap") != std::string_view::npos);
  const std::string block = info_attribute_block();
  CHECK(block.find("filter") == std::string::npos);
  CHECK(block.find("-text merge=qsnap diff=qsnap") != std::string::npos);
}

TEST_CASE("a pinned command is the same command, with its program by path") {
  const auto fragment = pinned_fragment("/opt/a \"b\" 'c'/git-qsnap-driver");
  REQUIRE(fragment);
  CHECK(fragment->find(" = git-qsnap-driver") == std::string::npos);
  CHECK(fragment->find(R"(clean = "'/opt/a \"b\" '\\''c'\\''/git-qsnap-driver' clean -- %f")") != std::string::npos);
  CHECK(unpinned_command("'/opt/x/git-qsnap-driver' clean -- %f") == "git-qsnap-driver clean -- %f");
  CHECK(unpinned_command("git-qsnap-driver clean -- %f") == "git-qsnap-driver clean -- %f");
  CHECK(pinned_program(R"('/opt/a "b" '\''c'\''/git-qsnap-driver' clean -- %f)") ==
        "/opt/a \"b\" 'c'/git-qsnap-driver");
  CHECK_FALSE(pinned_program("git-qsnap-driver clean"));
  CHECK_FALSE(unpinned_command("touch x; git-qsnap-driver clean"));
  CHECK_FALSE(unpinned_command("'/opt/x/git-qsnap-driver2' clean"));
  CHECK_FALSE(pinned_fragment("/opt/a\nb/git-qsnap-driver"));
}

TEST_CASE("a path with blanks is quoted for the configuration") {
  CHECK(include_section("~/a b/q.gitconfig") == "[include]\n\tpath = \"~/a b/q.gitconfig\"\n");
}
