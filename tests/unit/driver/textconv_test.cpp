// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <unit/driver/textconv_support.hpp>
#include <vector>

#include <doctest/doctest.h>

namespace qsnap::driver {

namespace {

using codec::Encoding;
using testing::block;
using testing::textconv;
namespace snapshots = codec::testing;

model::Record mail_job(std::string_view state = "failed") {
  return snapshots::job("bullmq:bull:mail", state, "17", R"({"to":"ann@example.com","n":1.50})");
}

model::Record with(model::Record record, std::string_view member, std::string json) {
  record.fields.set(member, std::move(json));
  return record;
}

model::Record with_volatile(model::Record record, std::string_view member, std::string json) {
  record.volatiles.set(member, std::move(json));
  return record;
}

/// Three instants: made, due 300.2 s later.
model::Record delayed_job(std::string due_at_ms) {
  model::Record job = with_volatile(mail_job("delayed"), "created_at_ms", "1763632800000");
  return with_volatile(std::move(job), "due_at_ms", std::move(due_at_ms));
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// A document with conflicts, which no writer of snapshots makes.
std::string with_conflicts(const std::string& lines, std::uint64_t count) {
  auto chunks = snapshots::take_apart(snapshots::write(std::vector{mail_job(), mail_job()}, Encoding::stored).bytes);
  const std::string text = "\"conflicts\":[\n" + lines + "\n";
  chunks.insert(chunks.begin() + 1,
                snapshots::honest_chunk(codec::ChunkKind::conflicts, text, count, Encoding::stored));
  const std::string opening = "\"config\":[\n";
  snapshots::replace_text(chunks.at(2), "],\n" + opening, Encoding::stored);
  return snapshots::assemble(chunks, Encoding::stored);
}

/// Jobs that take so many bytes that something is printed before the last of them is read.
std::vector<model::Record> many_long_jobs() {
  constexpr std::size_t k_jobs = 40, k_payload = 60'000;
  return snapshots::many_jobs(k_jobs, k_payload);
}

}  // namespace

TEST_SUITE("textconv") {
  TEST_CASE("a job is a block of lines under a label, its members by name, its numbers as found") {
    const auto job = with(with(mail_job(), "name", R"("send_email")"), "error", R"("SmtpError: 421")");
    CHECK(block(job) == R"(    {"job bullmq:bull:mail failed send_email": {
      "error": "SmtpError: 421",
      "payload": {
        "n": 1.50,
        "to": "ann@example.com"
      }
    }})");
  }

  TEST_CASE("the whole is one JSON value with every section in it, also without records") {
    const std::string text = textconv(std::vector<model::Record>{});
    CHECK(contains(text, "\"config\": [],\n  \"queues\": [],\n  \"jobs\": [],\n  \"keys\": []\n}\n"));
    CHECK(codec::canonical_json(text).has_value());
    CHECK_FALSE(contains(text, "captured_at"));
    CHECK(contains(textconv(std::vector<model::Record>{}, TextView::full),
                   "\"captured_at\": \"2025-11-20T10:00:00.123Z\""));
  }

  TEST_CASE("the semantic view has nothing volatile, the full one has all of it") {
    const auto job = with(with_volatile(mail_job(), "worker", R"("host:1")"), "body", R"("verbatim")");
    CHECK_FALSE(contains(block(job), "host:1"));
    CHECK_FALSE(contains(block(job), "verbatim"));
    const std::string full = block(job, TextView::full);
    CHECK(contains(full, "\"body\": \"verbatim\""));
    CHECK(contains(full, "\"volatile\": {\n        \"id\": \"17\",\n        \"worker\": \"host:1\"\n      }"));
  }

  TEST_CASE("what a job waits for is told in seconds, to 1 %, however the instants jitter") {
    CHECK(contains(block(delayed_job("1763633100000")), "\"due_after_s\": 300,"));
    CHECK(block(delayed_job("1763633100000")) == block(delayed_job("1763633099999")));
    CHECK(block(delayed_job("1763633100000")) == block(delayed_job("1763633100200")));
    CHECK_FALSE(contains(block(delayed_job("1763633100000")), "17636331"));
    CHECK(contains(block(delayed_job("1763629200000")), "\"due_after_s\": -3600,"));
    CHECK(contains(block(delayed_job("1763640001000")), "\"due_after_s\": 7200,"));
    CHECK(contains(block(delayed_job("4000000000000")), "\"due_after_s\": 2236377600,"));
    CHECK_FALSE(contains(block(with(delayed_job("1763633100000"), "delay_ms", "300000")), "due_after_s"));
  }

  TEST_CASE("references are a set, and read in one order") {
    const std::string parent = R"({"name":"p","queue":"q","role":"parent"})";
    const std::string child = R"({"role":"processed","name":"c","queue":"q"})";
    const auto job = with(mail_job(), "refs", "[" + parent + "," + child + "]");
    CHECK(block(job) == block(with(mail_job(), "refs", "[" + child + "," + parent + "]")));
    CHECK(contains(block(job), "\"name\": \"c\""));
  }

  TEST_CASE("how a payload is spelt is told where it is not plain JSON") {
    CHECK_FALSE(contains(block(mail_job()), "enc"));
    CHECK(contains(block(with(mail_job(), "enc", R"("json-py")")), "\"enc\": \"json-py\""));
  }

  TEST_CASE("a payload in a codec is decoded, and one that is not is told by size and digest") {
    const auto pickled = [](std::string payload) {
      model::Record job = with(mail_job(), "codec", R"("pickle")");
      return block(with(with(std::move(job), "enc", R"("base64")"), "payload", std::move(payload)));
    };
    const std::string decoded = pickled(R"("gASVDgAAAAAAAAB9lCiMAWKUSwKMAWGUSwF1Lg==")");
    CHECK(contains(decoded, "\"payload\": {\n        \"a\": 1,\n        \"b\": 2\n      }"));
    CHECK_FALSE(contains(decoded, "\"enc\""));
    CHECK(contains(pickled(R"("AAAA")"), "\"payload\": \"3 bytes, sha256 "));
    CHECK(pickled(R"("AAAA")") != pickled(R"("AAAB")"));
  }

  TEST_CASE("a label repeats nothing, and hides nothing either") {
    struct Case {
      std::string name, id, label;
      bool says_name;
    };
    const std::vector<Case> cases = {
        {R"("send mail")", R"("a b")", "job bullmq:bull:mail failed send mail #a b", true},
        {R"("a #b")", R"("c")", "job bullmq:bull:mail failed a #b #c", false},
        {R"("")", R"("c")", "job bullmq:bull:mail failed  #c", false},
        {R"({"$b64":"/w=="})", R"("c")", "job bullmq:bull:mail failed %FF #c", false},
        {R"("a\"\u001b[2J")", R"("c")", R"(job bullmq:bull:mail failed a\"\u001b[2J #c)", true},
        {R"(5)", R"("c")", "job bullmq:bull:mail failed 5 #c", false},
    };
    for (const Case& each : cases) {
      CAPTURE(each.name);
      const std::string text = block(with(with(mail_job(), "name", each.name), "id", each.id));
      CHECK(contains(text, "{\"" + each.label + "\": {\n"));
      CHECK(contains(text, "\"name\":") != each.says_name);
      CHECK_FALSE(contains(text, "\"id\":"));
    }
    const std::string long_name(1000, 'x');
    const std::string text = block(with(mail_job(), "name", "\"" + long_name + "\""));
    CHECK(contains(text, "\"name\": \"" + long_name + "\""));
    CHECK(text.find('\n') < 200);
  }

  TEST_CASE("what commands a terminal is escaped, and stays the same JSON") {
    const std::string payload = "\"\x7f \u009b31m \u202e \u2066 \\u001b é 🚀\"";
    const std::string text = block(with(mail_job(), "payload", payload));
    CHECK(contains(text, R"("payload": "\u007f \u009b31m \u202e \u2066 \u001b é 🚀")"));
    const std::string names = block(with(mail_job(), "payload", "{\"\u202e\":1}"));
    CHECK(contains(names, R"("\u202e": 1)"));
  }

  TEST_CASE("the parts of a verbatim key are one block, an item on each line") {
    const auto part = [](std::string number, std::string items) {
      return with(snapshots::key_record("raw", std::move(items)), "part", std::move(number));
    };
    const std::string text = textconv({part("0", R"([["a","1"],["b","2"]])"), part("1", R"([["c","3"]])")});
    CHECK(contains(text, R"(    {"key raw": {
      "items": [
        ["a","1"],
        ["b","2"],
        ["c","3"]
      ],
      "role": "data",
      "type": "string"
    }})"));
    const std::string alone = textconv({part("1", "[]"), part("3", "[]")});
    CHECK(contains(alone, "\"items\": [],\n      \"part\": 1,"));
    CHECK(contains(alone, "\"items\": [],\n      \"part\": 3,"));
  }

  TEST_CASE("derived keys, locks and expiries are in the full view alone") {
    const auto lock = with(snapshots::key_record("some:lock", R"(["x"])"), "role", R"("lock")");
    const auto data = with(snapshots::key_record("some:data", R"(["x"])"), "expire_at_ms", "1763632800000");
    const std::string text = textconv({data, lock});
    CHECK_FALSE(contains(text, "some:lock"));
    CHECK_FALSE(contains(text, "expire_at_ms"));
    const std::string full = textconv({data, lock}, TextView::full);
    CHECK(contains(full, "{\"key some:lock\": {"));
    CHECK(contains(full, "\"expire_at_ms\": 1763632800000,"));
  }

  TEST_CASE("a generated id or an instant alone changes no line") {
    const auto before = textconv({delayed_job("1763633100000")});
    model::Record job = with_volatile(delayed_job("1763633200000"), "id", R"("18")");
    const auto after = textconv({with_volatile(std::move(job), "created_at_ms", "1763632900000")});
    CHECK(before == after);
  }

  TEST_CASE("jobs whose order means nothing stand by counters, or else by payload before what changes in a life") {
    const auto job = [](std::string_view state, std::string payload, std::string retries, std::string_view id = "x") {
      return with(snapshots::job("bullmq:bull:mail", state, id, std::move(payload)), "retry_count", std::move(retries));
    };
    const auto a = job("failed", R"("a")", "5"), b = job("failed", R"("b")", "1");
    CHECK(textconv({a, b}) == textconv({b, a}));
    CHECK(contains(textconv({b, a}), "\"a\",\n      \"retry_count\": 5\n    }},\n    {\"job"));
    CHECK(textconv({a, b}, TextView::full) != textconv({b, a}, TextView::full));
    const auto first = job("waiting", R"("a")", "0"), second = job("waiting", R"("b")", "0");
    CHECK(textconv({first, second}) != textconv({second, first}));
    CHECK(textconv({b, a, second}).find(R"("a")") < textconv({b, a, second}).find("waiting"));

    const auto ninth = job("failed", R"("z")", "0", "9"), tenth = job("failed", R"("a")", "0", "10");
    CHECK(textconv({tenth, ninth}).find(R"("z")") < textconv({tenth, ninth}).find(R"("a")"));
  }

  TEST_CASE("conflicts come right behind the head") {
    const std::string text = textconv(with_conflicts(
        R"({"kind":"changed","name":"send","ours":1,"path":".priority","queue":"bullmq:bull:mail","subject":"job"})",
        1));
    CHECK(codec::canonical_json(text).has_value());
    CHECK(contains(text, "  },\n  \"conflicts\": [\n    {\"conflict job bullmq:bull:mail send\": {\n"));
    CHECK(contains(text, "\"ours\": 1,\n      \"path\": \".priority\""));
    CHECK(text.find("\"conflicts\"") < text.find("\"config\": []"));
    CHECK(testing::is_one_note(textconv(with_conflicts(R"({"a":1,"a":2})", 1))));
  }

  TEST_CASE("both encodings are printed alike") {
    const auto records = snapshots::sample_records();
    CHECK(textconv(snapshots::write(records, Encoding::packed).bytes) ==
          textconv(snapshots::write(records, Encoding::stored).bytes));
  }
}

TEST_SUITE("textconv of what is no snapshot") {
  TEST_CASE("it is one line that says what it is") {
    const std::string digest(64, 'a');
    const std::vector<std::pair<std::string, std::string>> cases = {
        {"", "# an empty file, no queue snapshot\n"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:" + digest + "\nsize 12900000\n",
         "# Git LFS pointer: sha256:" + digest + ", 12 MiB; git lfs pull brings the snapshot\n"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:\x1b[2J\nsize 1\n", "# a damaged Git LFS pointer"},
        {"version https://git-lfs.github.com/spec/v1\noid sha256:" + digest + "\nsize 1\nmore\n",
         "# a damaged Git LFS pointer, no queue snapshot ("},
        {"\x28\xB5\x2F\xFDxyz", "# zstd data of another program"},
        {"\x50\x2A\x4D\x18xyz", "# zstd data of another program"},
        {" {\"a\":1}", "# JSON, no queue snapshot (8 bytes, sha256 "},
        {"{\"qsnap\":1,\n", "# the text of a queue snapshot, out of its container"},
        {"<<<<<<< ours\n", "# a text with Git's conflict markers"},
        {"REDIS0011", "# a dump of a Redis"},
        {"hello\nworld\n", "# no queue snapshot (12 bytes, sha256 "},
    };
    for (const auto& [bytes, line] : cases) {
      const std::string text = textconv(bytes);
      CAPTURE(text);
      CHECK(testing::is_one_note(text));
      CHECK(text.starts_with(line));
      CHECK_FALSE(contains(text, "\x1b"));
    }
    CHECK(textconv("hello") != textconv("jello"));
  }

  TEST_CASE("a file that cannot be opened is told with its name, escaped") {
    const test::TempDir folder;
    const std::string missing = testing::textconv_of_file(folder.path() / "a\nb\x1b.qsnap");
    CHECK(testing::is_one_note(missing));
    CHECK(contains(missing, "a\\nb\\x1b.qsnap: No such file"));
    CHECK(contains(testing::textconv_of_file(folder.path()), "not a regular file"));
  }

  TEST_CASE("a later version is told by its number") {
    std::string bytes = snapshots::write(snapshots::sample_records(), Encoding::packed).bytes;
    constexpr std::size_t k_version_at = 16;
    bytes.at(k_version_at) = 9;
    CHECK(contains(textconv(bytes), "format version 9, this program reads 1; install a newer git-qsnap"));
  }

  TEST_CASE("cut anywhere, or any byte changed, a short snapshot is one line or the same text") {
    const std::string bytes = snapshots::write(snapshots::sample_records(), Encoding::packed).bytes;
    const std::string whole = textconv(bytes);
    const test::TempDir folder;
    const auto file = folder.path() / "x.qsnap";
    constexpr std::size_t k_step = 3;
    for (std::size_t at = 0; at < bytes.size(); at += k_step) {
      CAPTURE(at);
      std::ofstream{file, std::ios::binary} << bytes.substr(0, at);
      CHECK(testing::is_one_note(testing::textconv_of_file(file)));
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x40);
      std::ofstream{file, std::ios::binary} << changed;
      const std::string text = testing::textconv_of_file(file);
      CHECK((testing::is_one_note(text) || text == whole));
    }
  }

  TEST_CASE("a snapshot broken behind what was printed already says so in its last line, and printed the truth") {
    const auto records = many_long_jobs();
    std::string bytes = snapshots::write(records, Encoding::stored).bytes;
    const std::string whole = textconv(bytes);
    const std::size_t last = bytes.rfind(std::string(100, static_cast<char>('a' + (records.size() - 1) % 26)));
    REQUIRE(last != std::string::npos);
    bytes[last] = '!';
    const std::string text = textconv(bytes);
    const std::size_t end = text.rfind("\n# ");
    REQUIRE(end != std::string::npos);
    CHECK(whole.starts_with(text.substr(0, end)));
    CHECK(contains(text.substr(end), "cannot be read: chunk "));
    CHECK(testing::is_one_note(text.substr(end + 1)));
  }

  TEST_CASE("a record that is none is told, whatever its chunk's digest says") {
    auto chunks = snapshots::take_apart(snapshots::write(std::vector{mail_job()}, Encoding::stored).bytes);
    auto jobs = std::find_if(chunks.begin(), chunks.end(),
                             [](const auto& chunk) { return chunk.entry.kind == codec::ChunkKind::jobs; });
    REQUIRE(jobs != chunks.end());
    snapshots::replace_text(*jobs, "],\n\"jobs\":[\n{\"queue\":\"q\"}\n", Encoding::stored);
    const std::string text = textconv(snapshots::assemble(chunks, Encoding::stored));
    CHECK(testing::is_one_note(text));
    CHECK(contains(text, "bad record in jobs"));
  }

  TEST_CASE("a stream that takes no more is an error") {
    const test::TempDir folder;
    const auto file = folder.path() / "x.qsnap";
    std::ofstream{file} << "x";
    const testing::ScratchFile full{std::fopen("/dev/full", "w")};
    REQUIRE(full != nullptr);
    const auto printed = print_textconv(file, TextView::semantic, full.get());
    REQUIRE_FALSE(printed.has_value());
    CHECK(printed.error().code == ErrorCode::io);
  }
}

}  // namespace qsnap::driver
