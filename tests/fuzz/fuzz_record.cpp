// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fuzz/fuzz_target.hpp>
#include <string>
#include <utility>
#include <vector>

#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/record_json.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/frameworks/check_state.hpp>
#include <qsnap/frameworks/rebuild.hpp>

/// An input is lines: the number of a section ('0' to '4'), then a record. What can be read is made a document of,
/// and the document becomes keys.
namespace qsnap::frameworks {

namespace {

using fuzz::require;
using model::Record;

std::vector<Record> parse_lines(std::string_view text) {
  std::vector<Record> records;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.empty() || line[0] < '0' || line[0] > '4') {
      continue;
    }
    const model::Section section = model::k_sections[static_cast<std::size_t>(line[0] - '0')];
    auto record = codec::parse_record(section, line.substr(1));
    if (record) {
      require(codec::format_record(*record) == line.substr(1), "format_record(parse_record(x)) == x");
      records.push_back(*std::move(record));
    }
  }
  return records;
}

std::string member_bytes(const Record& record, std::string_view member) {
  const auto json = record.fields.find(member);
  return json ? codec::json_to_bytes(*json).value_or(std::string{*json}) : "";
}

bool stands_before(const Record& a, const Record& b) {
  if (a.section != b.section || a.section != model::Section::jobs) {
    return a.section < b.section;
  }
  return std::pair{member_bytes(a, "queue"), member_bytes(a, "state")} <
         std::pair{member_bytes(b, "queue"), member_bytes(b, "state")};
}

codec::SnapshotReader document_of(const std::vector<Record>& records) {
  std::string bytes;
  auto writer = codec::SnapshotWriter::begin({}, codec::Encoding::stored, [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  });
  require(writer.has_value(), "a document begins");
  for (const Record& record : records) {
    require(writer->add(record).has_value(), "a record that can be read can be written");
  }
  require(writer->finish().has_value(), "a document ends");
  auto reader = codec::SnapshotReader::open(codec::memory_source(std::move(bytes)));
  require(reader.has_value(), "what was written can be opened");
  return *std::move(reader);
}

void check_document(const codec::SnapshotReader& document, const std::vector<Record>& records) {
  std::vector<Record> read;
  const auto all = model::for_each_record(document, [&](const Record& record) -> Result<void> {
    read.push_back(record);
    return {};
  });
  require(all && read == records, "what was written is what is read");
  const auto findings = codec::check_container(document);
  require(findings && findings->empty(), "what was written is sound");
}

/// Takes everything, and looks at what a Redis would be given.
class CheckingSink final : public model::KeySink {
 public:
  Result<void> write(const model::KeyWrite& write) override {
    require(write.items != nullptr, "a write has items");
    const auto width = model::items_per_element(write.type);
    require(!width || write.items->size() % *width == 0, "no element is split");
    require(write.type != model::RedisType::string || write.items->size() == 1, "a string is one value");
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < write.items->size(); ++i) {
      bytes += (*write.items)[i].size();
    }
    require(bytes == write.items->bytes(), "items are whole");
    return {};
  }
};

void check_rebuild(const codec::SnapshotReader& document) {
  CheckingSink sink;
  const RebuildOptions exact{.exact = true, .shift = {}, .now = {}};
  const RebuildOptions shifted{.exact = false, .shift = std::chrono::hours{1}, .now = instant_from_ms(1)};
  for (const RebuildOptions& options : {exact, shifted}) {
    const auto dropped = rebuild_keys(document, options, sink);
    require(dropped || dropped.error().code != ErrorCode::internal, "a record is no reason for an internal error");
  }
  require(check_state(document).has_value(), "any state can be checked");
}

/// As rebuild_keys does it: nothing follows an error. Whether all records were taken.
bool rebuild_with(const Adapter& adapter, const std::vector<Record>& records) {
  CheckingSink sink;
  const auto rebuild = adapter.rebuild("bull");
  Result<void> done;
  for (std::size_t i = 0; i < records.size() && done; ++i) {
    done = rebuild->add(records[i], sink);
  }
  if (done) {
    done = rebuild->finish(sink);
  }
  require(done || done.error().code != ErrorCode::internal, "records are no reason for an internal error");
  return done.has_value();
}

/// A record that an adapter refuses must not keep it from the rest: each by itself, and then all that it takes.
void check_each(const std::vector<Record>& records) {
  for (const auto& adapter : adapters()) {
    std::vector<Record> taken;
    for (const Record& record : records) {
      if (rebuild_with(*adapter, {record})) {
        taken.push_back(record);
      }
    }
    rebuild_with(*adapter, taken);
  }
}

}  // namespace

}  // namespace qsnap::frameworks

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace qsnap::frameworks;
  std::vector<Record> records = parse_lines(qsnap::fuzz::text_of(data, size));
  std::stable_sort(records.begin(), records.end(), stands_before);
  const qsnap::codec::SnapshotReader document = document_of(records);
  check_document(document, records);
  check_rebuild(document);
  check_each(records);
  return 0;
}
