// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/utf8.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/codec/merge_journal_json.hpp>

namespace qsnap::codec {

namespace {

using model::Field;
using model::MergeCount;
using model::MergeJournalEntry;
using model::MergeNote;

constexpr std::size_t k_most_text_bytes = 256;
constexpr std::size_t k_most_notes_bytes = 24 * limits::k_kib;  ///< of decisions, and again of conflicts

struct EntryText {
  std::string_view name;
  std::string MergeJournalEntry::*value;
};
constexpr std::array k_entry_texts = {EntryText{"path", &MergeJournalEntry::path},
                                      EntryText{"outcome", &MergeJournalEntry::outcome},
                                      EntryText{"problem", &MergeJournalEntry::problem},
                                      EntryText{"ours", &MergeJournalEntry::our_name},
                                      EntryText{"theirs", &MergeJournalEntry::their_name},
                                      EntryText{"base_root", &MergeJournalEntry::base_root},
                                      EntryText{"our_root", &MergeJournalEntry::our_root},
                                      EntryText{"their_root", &MergeJournalEntry::their_root},
                                      EntryText{"result_root", &MergeJournalEntry::result_root}};

struct NoteText {
  std::string_view name;
  std::string MergeNote::*value;
};
constexpr std::array k_note_texts = {NoteText{"what", &MergeNote::what},   NoteText{"subject", &MergeNote::subject},
                                     NoteText{"queue", &MergeNote::queue}, NoteText{"state", &MergeNote::state},
                                     NoteText{"id", &MergeNote::id},       NoteText{"name", &MergeNote::name},
                                     NoteText{"path", &MergeNote::path}};

/// Not in the middle of a character.
std::string_view cut(std::string_view text, std::size_t most) {
  return text.substr(0, character_start(text, most));
}

std::string note_json(const MergeNote& note) {
  JsonWriter json;
  json.begin_object();
  for (const NoteText& text : k_note_texts) {
    if (const std::string_view value = cut(note.*text.value, k_most_text_bytes); !value.empty()) {
      json.key(text.name).bytes(value);
    }
  }
  return json.end_object().take();
}

/// Answers how many did not fit.
std::uint64_t write_notes(JsonWriter& json, const std::vector<MergeNote>& notes) {
  std::size_t written = 0, bytes = 0;
  json.begin_array();
  for (; written < notes.size(); ++written) {
    const std::string note = note_json(notes[written]);
    bytes += note.size();
    if (bytes > k_most_notes_bytes) {
      break;
    }
    json.raw(note);
  }
  json.end_array();
  return notes.size() - written;
}

void write_left_out(JsonWriter& json, std::string_view name, std::uint64_t count) {
  if (count > 0) {
    json.key(name).integer(static_cast<std::int64_t>(count));
  }
}

Error bad_entry() {
  return make_error(ErrorCode::corrupt, "is no line of a merge journal");
}

Result<std::uint64_t> count_of(std::string_view json) {
  const auto number = parse_integer(json);
  return number && *number >= 0 ? Result<std::uint64_t>{static_cast<std::uint64_t>(*number)} : bad_entry();
}

Result<std::string> text_of(std::string_view json) {
  auto text = json_to_bytes(json);
  return text ? Result<std::string>{*std::move(text)} : bad_entry();
}

Result<std::vector<MergeNote>> parse_notes(std::string_view json) {
  QSNAP_ASSIGN(const std::vector<std::string> elements, array_elements(json));
  std::vector<MergeNote> notes;
  for (const std::string& element : elements) {
    QSNAP_ASSIGN(const std::vector<Field> members, object_members(element));
    MergeNote note;
    for (const Field& member : members) {
      const auto* const text = std::find_if(k_note_texts.begin(), k_note_texts.end(),
                                            [&](const NoteText& known) { return known.name == member.name; });
      if (text != k_note_texts.end()) {
        QSNAP_ASSIGN(note.*text->value, text_of(member.json));
      }
    }
    notes.push_back(std::move(note));
  }
  return notes;
}

Result<std::vector<MergeCount>> parse_counts(std::string_view json) {
  QSNAP_ASSIGN(const std::vector<Field> members, object_members(json));
  std::vector<MergeCount> counts;
  for (const Field& member : members) {
    QSNAP_ASSIGN(const std::uint64_t times, count_of(member.json));
    counts.push_back({member.name, times});
  }
  return counts;
}

Result<void> read_member(const Field& member, MergeJournalEntry& entry) {
  const auto* const text = std::find_if(k_entry_texts.begin(), k_entry_texts.end(),
                                        [&](const EntryText& known) { return known.name == member.name; });
  if (text != k_entry_texts.end()) {
    QSNAP_ASSIGN(entry.*text->value, text_of(member.json));
  } else if (member.name == "at") {
    QSNAP_ASSIGN(const std::string at, text_of(member.json));
    const auto instant = parse_instant(at);
    if (!instant) {
      return bad_entry();
    }
    entry.at = *instant;
  } else if (member.name == "virtual") {
    entry.for_virtual_base = member.json == "true";
  } else if (member.name == "counts") {
    QSNAP_ASSIGN(entry.counts, parse_counts(member.json));
  } else if (member.name == "decisions") {
    QSNAP_ASSIGN(entry.decisions, parse_notes(member.json));
  } else if (member.name == "conflicts") {
    QSNAP_ASSIGN(entry.conflicts, parse_notes(member.json));
  } else if (member.name == "decisions_left_out") {
    QSNAP_ASSIGN(entry.decisions_left_out, count_of(member.json));
  } else if (member.name == "conflicts_left_out") {
    QSNAP_ASSIGN(entry.conflicts_left_out, count_of(member.json));
  }
  return {};
}

}  // namespace

std::string format_merge_entry(const model::MergeJournalEntry& entry) {
  constexpr std::size_t k_most_entry_text_bytes = 4 * limits::k_kib;  // a path has no more
  JsonWriter json;
  json.begin_object().key("at").bytes(format_instant(entry.at));
  for (const EntryText& text : k_entry_texts) {
    if (const std::string_view value = cut(entry.*text.value, k_most_entry_text_bytes); !value.empty()) {
      json.key(text.name).bytes(value);
    }
  }
  json.key("virtual").boolean(entry.for_virtual_base).key("counts").begin_object();
  for (const MergeCount& count : entry.counts) {
    json.key(count.rule).integer(static_cast<std::int64_t>(count.times));
  }
  json.end_object().key("decisions");
  write_left_out(json, "decisions_left_out", entry.decisions_left_out + write_notes(json, entry.decisions));
  json.key("conflicts");
  write_left_out(json, "conflicts_left_out", entry.conflicts_left_out + write_notes(json, entry.conflicts));
  return json.end_object().take();
}

Result<model::MergeJournalEntry> parse_merge_entry(std::string_view line) {
  QSNAP_ASSIGN(const std::vector<Field> members, object_members(line));
  MergeJournalEntry entry;
  for (const Field& member : members) {
    QSNAP_TRY(read_member(member, entry));
  }
  return entry.path.empty() || entry.outcome.empty() ? Result<MergeJournalEntry>{bad_entry()} : std::move(entry);
}

}  // namespace qsnap::codec
