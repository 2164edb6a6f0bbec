// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <string_view>
#include <unit/codec/container_support.hpp>
#include <unit/driver/scratch_file.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/driver/clean.hpp>
#include <qsnap/driver/filter_process.hpp>
#include <qsnap/driver/pkt_line.hpp>

namespace qsnap::driver {

namespace {

using codec::Encoding;
namespace snapshots = codec::testing;

using testing::content_of;
using testing::scratch_file;

/// What git says, in its framing: lines of lists, contents, flushes.
class Script {
 public:
  Script& line(std::string_view text) {
    REQUIRE(m_writer.line(text).has_value());
    return *this;
  }
  Script& flush() {
    REQUIRE(m_writer.flush().has_value());
    return *this;
  }
  Script& greeting() {
    line("git-filter-client").line("version=2").flush();
    return line("capability=clean").line("capability=smudge").line("capability=delay").flush();
  }
  Script& file(std::string_view path, std::string_view bytes) {
    line("command=clean").line(fmt::format("pathname={}", path)).flush();
    REQUIRE(m_writer.content(bytes).has_value());
    return flush();
  }

  /// Runs the filter over what was said; its whole answer, where it ended without an error.
  Result<std::string> answer() {
    std::rewind(m_said.get());
    const auto out = scratch_file();
    QSNAP_TRY(filter_process(m_said.get(), out.get(), "/"));
    return content_of(out.get());
  }

 private:
  testing::ScratchFile m_said = scratch_file();
  PacketWriter m_writer{m_said.get()};
};

/// The packets of an answer, readable: "text|" for each, "0000" for a flush.
std::string readable(const std::string& answer) {
  const auto file = scratch_file(answer);
  PacketReader reader{file.get()};
  std::string text;
  for (auto packet = reader.next(); packet->kind != PacketKind::end_of_input; packet = reader.next()) {
    text += packet->kind == PacketKind::flush ? "0000|" : std::string{packet->content} + "|";
  }
  return text;
}

constexpr std::string_view k_welcome = "git-filter-server\n|version=2\n|0000|capability=clean\n|0000|";

std::string success(std::string_view content) {
  return content.empty() ? "status=success\n|0000|0000|0000|"
                         : fmt::format("status=success\n|0000|{}|0000|0000|", content);
}

}  // namespace

TEST_SUITE("driver::filter_process") {
  TEST_CASE("greets, answers each file and ends with git") {
    const auto answer = Script{}.greeting().file("a", "text").file("b\nc", "").file("d", "more\n").answer();
    REQUIRE(answer.has_value());
    CHECK(readable(*answer) == std::string{k_welcome} + success("text") + success("") + success("more\n"));
  }

  TEST_CASE("gives the stored form of a packed snapshot") {
    const std::string packed = snapshots::write(snapshots::sample_records(), Encoding::packed).bytes;
    const std::string stored = snapshots::write(snapshots::sample_records(), Encoding::stored).bytes;
    const auto answer = Script{}.greeting().file("x.qsnap", packed).answer();
    REQUIRE(answer.has_value());
    CHECK(readable(*answer) == std::string{k_welcome} + success(stored));
  }

  TEST_CASE("goes on after a file that is too long to hold, and after a command that it does not know") {
    const std::string endless(k_most_cleaned_bytes + 1, 'x');
    const auto answer = Script{}
                            .greeting()
                            .file("endless", endless)
                            .line("command=smudge")
                            .line("pathname=s")
                            .flush()
                            .flush()
                            .file("a", "text")
                            .answer();
    REQUIRE(answer.has_value());
    CHECK(readable(*answer) == std::string{k_welcome} + "status=error\n|0000|status=error\n|0000|" + success("text"));
  }

  TEST_CASE("ends with an error where git does not keep the protocol") {
    CHECK_FALSE(Script{}.answer().has_value());
    CHECK_FALSE(Script{}.line("hello").flush().answer().has_value());
    CHECK_FALSE(Script{}.line("git-filter-client").line("version=3").flush().answer().has_value());
    CHECK_FALSE(Script{}
                    .line("git-filter-client")
                    .line("version=2")
                    .flush()
                    .line("capability=smudge")
                    .flush()
                    .answer()
                    .has_value());
    CHECK_FALSE(Script{}.greeting().line("command=clean").answer().has_value());
    CHECK_FALSE(Script{}.greeting().line("command=clean").flush().line("half a file").answer().has_value());
    Script endless_list;
    endless_list.greeting();
    for (int i = 0; i < 1000; ++i) {
      endless_list.line("key=value");
    }
    CHECK_FALSE(endless_list.flush().answer().has_value());
  }
}

}  // namespace qsnap::driver
