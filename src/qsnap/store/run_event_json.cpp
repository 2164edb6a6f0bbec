// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/store/run_event_json.hpp>

namespace qsnap::store {

namespace {

constexpr std::size_t k_most_test_bytes = 1 * limits::k_kib;

struct KindWord {
  RunEventKind kind;
  std::string_view word;
};
constexpr std::array k_kind_words = {KindWord{RunEventKind::asserted, "asserted"},
                                     KindWord{RunEventKind::loaded, "loaded"}, KindWord{RunEventKind::saved, "saved"}};

std::string_view word_of(RunEventKind kind) {
  const auto* const at =
      std::find_if(k_kind_words.begin(), k_kind_words.end(), [&](const KindWord& known) { return known.kind == kind; });
  return at->word;
}

Error bad_event() {
  return make_error(ErrorCode::corrupt, "this is no event of a test run");
}

/// What a line says, before it is known to be all there.
struct EventParts {
  std::optional<RunEventKind> kind;
  std::optional<SnapshotName> name;
  std::optional<Instant> at;
  bool held = true;
  std::string test;
};

Result<void> read_text(std::string_view member, const std::string& text, EventParts& parts) {
  if (member == "event") {
    const auto* const known =
        std::find_if(k_kind_words.begin(), k_kind_words.end(), [&](const KindWord& kind) { return kind.word == text; });
    if (known == k_kind_words.end()) {
      return bad_event();
    }
    parts.kind = known->kind;
  } else if (member == "name") {
    QSNAP_ASSIGN(parts.name, SnapshotName::parse(text));
  } else if (member == "at") {
    parts.at = parse_instant(text);
  } else if (member == "test") {
    parts.test = text;
  }
  return {};
}

}  // namespace

std::string format_run_event(const RunEvent& event) {
  JsonWriter json;
  json.begin_object().key("event").bytes(word_of(event.kind)).key("name").bytes(event.name.text());
  if (event.kind == RunEventKind::asserted) {
    json.key("held").boolean(event.held);
  }
  if (!event.test.empty()) {
    const std::string_view test = event.test;
    json.key("test").bytes(test.substr(0, character_start(test, k_most_test_bytes)));
  }
  return json.key("at").bytes(format_instant(event.at)).end_object().take();
}

Result<RunEvent> parse_run_event(std::string_view line) {
  QSNAP_ASSIGN(const std::vector<model::Field> members, codec::object_members(line));
  EventParts parts;
  for (const model::Field& member : members) {
    if (member.name == "held") {
      parts.held = member.json != "false";
    } else if (const auto text = codec::json_to_bytes(member.json)) {
      QSNAP_TRY(read_text(member.name, *text, parts));
    }
  }
  if (!parts.kind || !parts.name || !parts.at) {
    return bad_event();
  }
  return RunEvent{*parts.kind, *std::move(parts.name), parts.held, std::move(parts.test), *parts.at};
}

}  // namespace qsnap::store
