// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/search/query.hpp>

namespace qsnap::search {

namespace {

std::string in_small_letters(std::string_view text) {
  std::string small{text};
  std::transform(small.begin(), small.end(), small.begin(), to_lower);
  return small;
}

/// `"card declined"` with the quotes that a shell left there.
std::string_view without_quotes(std::string_view text) {
  const bool quoted = text.size() >= 2 && text.starts_with('"') && text.ends_with('"');
  return quoted ? text.substr(1, text.size() - 2) : text;
}

Term make_term(TermField field, std::string_view value) {
  const bool quoted = value.starts_with('"');
  std::string text = in_small_letters(without_quotes(value));
  const bool open = !quoted && text.size() > 1 && text.ends_with('*');
  if (open) {
    text.pop_back();
  }
  return {field, std::move(text), open};
}

struct NamedField {
  std::string_view name;
  TermField field;
};
constexpr std::array<NamedField, 5> k_fields{{{"queue", TermField::queue},
                                              {"state", TermField::state},
                                              {"name", TermField::name},
                                              {"error", TermField::error},
                                              {"id", TermField::id}}};

Result<void> add_word(Query& query, std::string_view word) {
  const std::size_t colon = word.find(':');
  const std::string_view name = word.substr(0, std::min(colon, word.size()));
  const auto named =
      std::find_if(k_fields.begin(), k_fields.end(), [&](const NamedField& f) { return f.name == name; });
  const bool is_field = named != k_fields.end() || name == "tag" || name == "in";
  if (colon == std::string_view::npos || !is_field) {
    query.terms.push_back(make_term(TermField::any, word));
    return {};
  }
  const std::string_view value = without_quotes(word.substr(colon + 1));
  if (value.empty()) {
    return make_error(ErrorCode::usage, fmt::format("{}: what?", name),
                      {fmt::format("git qsnap search '{}:WORD'; quotes make a word of it: '\"{}\"'", name, word)});
  }
  if (name == "tag") {
    query.tags.emplace_back(value);
  } else if (name == "in") {
    query.places.emplace_back(value);
  } else {
    query.terms.push_back(make_term(named->field, word.substr(colon + 1)));
  }
  return {};
}

/// A queue is named as a whole, as everywhere: by its id, or by its name alone. A state, too.
bool is_named(std::string_view text, const Term& term) {
  const std::string small = in_small_letters(text);
  if (!term.open) {
    return term.field == TermField::queue ? model::queue_matches(small, term.text) : small == term.text;
  }
  if (!is_utf8(small)) {  // its words are in no filter
    return false;
  }
  const auto id = model::QueueId::parse(small);
  return small.starts_with(term.text) || (term.field == TermField::queue && id && id->name.starts_with(term.text));
}

bool is_named_whole(TermField field) {
  return field == TermField::queue || field == TermField::state;
}

bool is_searched(std::string_view member, TermField field) {
  switch (field) {
    case TermField::any:
      return true;
    case TermField::name:
      return member == "name";
    case TermField::error:
      return member == "error" || member == "error_class";
    case TermField::id:
      return member == "id";
    case TermField::queue:
    case TermField::state:
      break;
  }
  return false;
}

/// A path without the numbers of elements, which are no words of the record: ".items.price".
std::string names_of(std::string_view path) {
  std::string names;
  for (std::size_t at = 0; at < path.size(); ++at) {
    const std::size_t end = path[at] == '[' ? path.find_first_not_of("0123456789", at + 1) : std::string_view::npos;
    if (end != std::string_view::npos && end > at + 1 && path[end] == ']') {
      at = end;
    } else {
      names += path[at];
    }
  }
  return names;
}

/// A line that has terms, while they are being looked for.
struct FoundLine {
  std::size_t line;
  std::optional<Mark> mark;  ///< absent: in its path
};

/// The first line that has the term.
std::optional<FoundLine> find_line(const std::vector<RecordLine>& lines, const Term& term) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_searched(lines[i].member, term.field)) {
      continue;
    }
    if (const auto mark = find_term(lines[i].text, term)) {
      return FoundLine{i, mark};
    }
    if (!lines[i].path.empty() && term.field == TermField::any && find_term(names_of(lines[i].path), term)) {
      return FoundLine{i, std::nullopt};
    }
  }
  return std::nullopt;
}

std::vector<Hit> hits_of(const std::vector<RecordLine>& lines, const std::vector<FoundLine>& found) {
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::vector<Mark> marks;
    bool any = false;
    for (const FoundLine& one : found) {
      any = any || one.line == i;
      if (one.line == i && one.mark) {
        add_mark(marks, *one.mark);
      }
    }
    const bool is_told = lines[i].path.empty() && (lines[i].member == "queue" || lines[i].member == "state");
    if (any && !is_told) {
      hits.push_back({fmt::format("{}{}", lines[i].member, lines[i].path), excerpt_of(lines[i].text, marks)});
    }
  }
  return hits;
}

}  // namespace

bool Query::is_about_snapshots() const {
  return std::all_of(terms.begin(), terms.end(), [](const Term& term) { return term.field == TermField::any; });
}

Result<Query> parse_query(const std::vector<std::string>& words) {
  Query query;
  for (const std::string& word : words) {
    if (without_quotes(word).empty()) {
      return make_error(ErrorCode::usage, "an empty word is in everything", {"git qsnap search WORD"});
    }
    QSNAP_TRY(add_word(query, word));
  }
  if (query.terms.empty() && query.tags.empty() && query.places.empty()) {
    return make_error(ErrorCode::usage, "search for what?", {"git qsnap search WORD"});
  }
  return query;
}

std::vector<WordHash> hashes_of(const Query& query) {
  std::vector<WordHash> hashes;
  for (const Term& term : query.terms) {
    // What an id writes otherwise (%3A, base64) cannot be asked for by its words.
    const bool is_written_so = term.text.find_first_of(":%") == std::string::npos && is_utf8(term.text);
    if (!is_named_whole(term.field) || is_written_so) {
      const auto of_term = term.open ? hashes_of_beginning(term.text) : hashes_of_text(term.text);
      hashes.insert(hashes.end(), of_term.begin(), of_term.end());
    }
  }
  return hashes;
}

std::optional<Mark> find_term(std::string_view text, const Term& term) {
  const std::string_view wanted = term.text;
  const auto equal = [](char a, char b) { return to_lower(a) == b; };
  for (auto from = text.begin();; ++from) {
    from = std::search(from, text.end(), wanted.begin(), wanted.end(), equal);
    if (from == text.end()) {
      return std::nullopt;
    }
    const auto begin = static_cast<std::size_t>(from - text.begin());
    const std::size_t end = begin + wanted.size();
    const bool starts = begin == 0 || !is_word_byte(text[begin - 1]) || !is_word_byte(wanted.front());
    const bool ends = term.open || end == text.size() || !is_word_byte(text[end]) || !is_word_byte(wanted.back());
    if (starts && ends) {
      return Mark{begin, wanted.size()};
    }
  }
}

Result<std::optional<std::vector<Hit>>> match_record(const Query& query, const model::Record& record,
                                                     const MemberReader& reader) {
  using Matched = std::optional<std::vector<Hit>>;
  for (const Term& term : query.terms) {
    if (is_named_whole(term.field) &&
        !is_named(text_of(record.fields, term.field == TermField::queue ? "queue" : "state"), term)) {
      return Matched{};
    }
  }
  QSNAP_ASSIGN(const std::vector<RecordLine> lines, record_lines(record, reader));
  std::vector<FoundLine> found;
  for (const Term& term : query.terms) {
    if (is_named_whole(term.field)) {
      continue;
    }
    const auto line = find_line(lines, term);
    if (!line) {
      return Matched{};
    }
    found.push_back(*line);
  }
  return Matched{hits_of(lines, found)};
}

}  // namespace qsnap::search
