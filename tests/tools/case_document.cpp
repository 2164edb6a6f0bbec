// SPDX-License-Identifier: Apache-2.0
// case_document pack CASE.json OUT.qsnap: a snapshot of a state as merge-driver/cases has it.
// case_document unpack FILE.qsnap: prints it so.
//
// {"metadata":{…},"conflicts":[…],"config":[…],"queues":[…],"jobs":[…],"workers":[…],"keys":[…]}: the document without
// what a program can tell. Sections without records are left out, as are members of the metadata that are the usual
// ones.
#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/conflict_json.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>

namespace {

using namespace qsnap;
using model::Field;

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> k_usual_metadata = {{
    {"captured_at", R"("2026-01-01T00:00:00.000Z")"},
    {"consistency", R"("point-in-time")"},
    {"description", R"("")"},
    {"frameworks", "[]"},
    {"scope", R"({"prefixes":[],"queues":[]})"},
    {"tags", "[]"},
}};

Result<model::Metadata> read_metadata(std::string_view json) {
  model::Fields members;
  for (const auto& [name, value] : k_usual_metadata) {
    members.set(name, std::string{value});
  }
  QSNAP_ASSIGN(const std::vector<Field> given, codec::object_members(json));
  for (const Field& member : given) {
    members.set(member.name, member.json);
  }
  JsonWriter whole;
  whole.begin_object();
  for (const Field& member : members) {
    whole.key(member.name).raw(member.json);
  }
  return codec::parse_metadata(whole.end_object().text());
}

Result<model::Record> read_record(model::Section section, std::string_view json) {
  QSNAP_ASSIGN(const std::vector<Field> members, codec::object_members(json));
  model::Record record;
  record.section = section;
  for (const Field& member : members) {
    if (member.name != "volatile") {
      record.fields.set(member.name, member.json);
      continue;
    }
    QSNAP_ASSIGN(const std::vector<Field> volatiles, codec::object_members(member.json));
    for (const Field& one : volatiles) {
      record.volatiles.set(one.name, one.json);
    }
  }
  return codec::parse_record(section, codec::format_record(record));
}

struct Case {
  model::Metadata metadata;
  std::vector<model::Conflict> conflicts;
  std::vector<model::Record> records;  ///< in document order
};

Result<void> read_section(Case& state, model::Section section, const std::vector<Field>& members) {
  for (const Field& member : members) {
    if (member.name != model::to_text(section)) {
      continue;
    }
    QSNAP_ASSIGN(const std::vector<std::string> lines, codec::array_elements(member.json));
    for (const std::string& line : lines) {
      QSNAP_ASSIGN(model::Record record, read_record(section, line));
      state.records.push_back(std::move(record));
    }
  }
  return {};
}

Result<Case> read_case(std::string_view text) {
  QSNAP_ASSIGN(const std::vector<Field> members, codec::object_members(text));
  Case state;
  QSNAP_ASSIGN(state.metadata, read_metadata("{}"));
  for (const Field& member : members) {
    if (member.name == "metadata") {
      QSNAP_ASSIGN(state.metadata, read_metadata(member.json));
    } else if (member.name == "conflicts") {
      QSNAP_ASSIGN(const std::vector<std::string> lines, codec::array_elements(member.json));
      for (const std::string& line : lines) {
        QSNAP_ASSIGN(model::Conflict conflict, codec::parse_conflict(line));
        state.conflicts.push_back(std::move(conflict));
      }
    }
  }
  for (const model::Section section : model::k_sections) {
    QSNAP_TRY(read_section(state, section, members));
  }
  return state;
}

Result<void> pack(const std::string& file, const std::string& output) {
  QSNAP_ASSIGN(const std::string text, read_file(file, 64 * limits::k_mib));
  QSNAP_ASSIGN(const Case state, read_case(text));
  std::string bytes;
  const codec::ByteSink sink = [&](std::string_view piece) {
    bytes += piece;
    return Result<void>{};
  };
  QSNAP_ASSIGN(codec::SnapshotWriter writer,
               codec::SnapshotWriter::begin(state.metadata, codec::Encoding::stored, sink, 0, state.conflicts));
  for (const model::Record& record : state.records) {
    QSNAP_TRY(writer.add(record));
  }
  QSNAP_TRY(writer.finish());
  return write_file_atomically(output, bytes);
}

/// A member with an element on each line.
void append_lines(std::string& out, std::string_view name, const std::vector<std::string>& lines) {
  if (lines.empty()) {
    return;
  }
  out += fmt::format("{}\n  \"{}\": [", out.size() > 1 ? "," : "", name);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    out += fmt::format("{}\n    {}", i > 0 ? "," : "", lines[i]);
  }
  out += "\n  ]";
}

Result<std::string> unusual_metadata(const model::Metadata& metadata) {
  QSNAP_ASSIGN(const std::vector<Field> members, codec::object_members(codec::format_metadata(metadata)));
  JsonWriter unusual;
  unusual.begin_object();
  for (const Field& member : members) {
    bool is_usual = false;
    for (const auto& [name, value] : k_usual_metadata) {
      is_usual = is_usual || (member.name == name && member.json == value);
    }
    if (!is_usual) {
      unusual.key(member.name).raw(member.json);
    }
  }
  return unusual.end_object().take();
}

Result<void> unpack(const std::string& file) {
  QSNAP_ASSIGN(const codec::SnapshotReader reader, codec::SnapshotReader::open_file(file));
  std::string out = "{";
  QSNAP_ASSIGN(const std::string metadata, unusual_metadata(reader.metadata()));
  if (metadata != "{}") {
    out += fmt::format("\n  \"metadata\": {}", metadata);
  }
  QSNAP_ASSIGN(const std::vector<model::Conflict> conflicts, reader.conflicts());
  std::vector<std::string> lines;
  for (const model::Conflict& conflict : conflicts) {
    lines.push_back(codec::format_conflict(conflict));
  }
  append_lines(out, "conflicts", lines);
  for (const model::Section section : model::k_sections) {
    lines.clear();
    QSNAP_TRY(model::for_each_record(reader, section, [&](const model::Record& record) {
      lines.push_back(codec::format_record(record));
      return Result<void>{};
    }));
    append_lines(out, model::to_text(section), lines);
  }
  fmt::print("{}\n}}\n", out);
  return {};
}

Result<void> run(const std::vector<std::string>& words) {
  if (words.size() == 3 && words[0] == "pack") {
    return pack(words[1], words[2]);
  }
  if (words.size() == 2 && words[0] == "unpack") {
    return unpack(words[1]);
  }
  return make_error(ErrorCode::usage, "case_document pack CASE.json OUT.qsnap | unpack FILE.qsnap");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto done = run({argv + 1, argv + argc});
    if (!done) {
      fmt::print(stderr, "case_document: {}\n", done.error().message);
    }
    return done ? 0 : 1;
  } catch (const std::exception& bug) {
    fmt::print(stderr, "case_document: {}\n", bug.what());
    return 1;
  }
}
