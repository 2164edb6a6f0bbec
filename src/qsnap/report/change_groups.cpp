// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/report/change_groups.hpp>
#include <qsnap/report/value_words.hpp>

namespace qsnap::report {

namespace {

/// Parts with their lengths, so that different lists of parts never give the same text.
class KeyBuilder {
 public:
  KeyBuilder& add(std::string_view part) {
    fmt::format_to(std::back_inserter(m_text), "{}:{}", part.size(), part);
    return *this;
  }
  KeyBuilder& add_value(const std::optional<std::string>& part) { return part ? add(*part) : absent(); }
  KeyBuilder& add_place(const std::optional<diff::Place>& place) {
    return place ? add(place->queue).add(place->state) : absent();
  }
  [[nodiscard]] std::string take() { return std::move(m_text); }

 private:
  KeyBuilder& absent() {
    m_text += '-';
    return *this;
  }
  std::string m_text;
};

bool is_error(const diff::FieldChange& field) {
  return field.path == field_path::k_error || field.path == field_path::k_error_class;
}

bool is_word(char c) {
  return is_digit(c) || is_letter(c) || c == '_' || c == '-';
}

/// Takes a message apart from its front to its end.
class ShapeScan {
 public:
  explicit ShapeScan(std::string_view message) : m_rest(message) {}

  std::string take() {
    while (!m_rest.empty()) {
      const char c = m_rest.front();
      if (const std::size_t word = word_bytes(); word > 0) {
        const std::string_view text = m_rest.substr(0, word);
        m_shape += std::any_of(text.begin(), text.end(), is_digit) ? std::string_view{"#"} : text;
        step(word);
      } else if (const std::size_t quoted = quoted_bytes(c); quoted > 0) {
        m_shape += c;
        m_shape += c;
        step(quoted);
      } else {
        m_shape += c;
        step(1);
      }
    }
    return std::move(m_shape);
  }

 private:
  [[nodiscard]] std::size_t word_bytes() const {
    return static_cast<std::size_t>(std::find_if_not(m_rest.begin(), m_rest.end(), is_word) - m_rest.begin());
  }

  /// Words never reach a quote, so an apostrophe inside one comes here right after a word, and opens nothing.
  std::size_t quoted_bytes(char quote) {
    const std::size_t kind = k_quotes.find(quote);
    if (kind == std::string_view::npos || is_word(m_last) || m_unclosed.at(kind)) {
      return 0;
    }
    const std::size_t end = m_rest.find(quote, 1);
    m_unclosed.at(kind) = end == std::string_view::npos;  // looked for once, so that the scan stays linear
    return m_unclosed.at(kind) ? 0 : end + 1;
  }

  void step(std::size_t bytes) {
    m_last = m_rest[bytes - 1];
    m_rest.remove_prefix(bytes);
  }

  static constexpr std::string_view k_quotes = "'\"`";
  std::string_view m_rest;
  std::string m_shape;
  char m_last = ' ';
  std::array<bool, k_quotes.size()> m_unclosed{};
};

/// "later", "earlier", or nothing.
std::string_view direction(const std::string& due) {
  return std::string_view{due}.substr(std::min(due.rfind(' ') + 1, due.size()));
}

/// What appeared here and is gone there is not alike.
std::string_view step_of(const diff::FieldChange& field) {
  return !field.before ? "new" : !field.after ? "gone" : "";
}

std::string group_key(const diff::Change& change) {
  KeyBuilder key;
  key.add(diff::to_text(change.subject)).add(diff::to_text(change.kind)).add(change.name);
  key.add_place(change.before).add_place(change.after);
  // All of an added or a removed record is its fields: listing them would keep every one apart.
  const bool whole = change.kind == diff::ChangeKind::added || change.kind == diff::ChangeKind::removed;
  for (const diff::FieldChange& field : change.fields) {
    if (is_headline(field)) {
      const bool message = field.path == field_path::k_error && field.after;
      key.add(field.path).add_value(message ? std::optional{message_shape(plain_value(*field.after))} : field.after);
      // What an error was before does not matter to the reader of a summary; from which retry on does.
      key.add_value(is_error(field) ? std::nullopt : field.before);
    } else if (!whole) {
      key.add(field.path).add(direction(due_words(field))).add(step_of(field));
    }
  }
  return key.take();
}

}  // namespace

std::string message_shape(std::string_view message) {
  return ShapeScan{message}.take();
}

bool is_headline(const diff::FieldChange& field) {
  return is_error(field) || field.path == field_path::k_retry_count;
}

const diff::FieldChange* find_field(const diff::Change& change, std::string_view path) {
  const auto at = std::find_if(change.fields.begin(), change.fields.end(),
                               [&](const diff::FieldChange& field) { return field.path == path; });
  return at == change.fields.end() ? nullptr : &*at;
}

std::vector<ChangeGroup> fold_alike(std::span<const diff::Change* const> changes) {
  std::vector<ChangeGroup> groups;
  std::unordered_map<std::string, std::size_t> group_of;
  for (const diff::Change* change : changes) {
    const auto [at, is_new] = group_of.try_emplace(group_key(*change), groups.size());
    if (is_new) {
      groups.emplace_back();
    }
    groups[at->second].push_back(change);
  }
  return groups;
}

std::vector<ChangeGroup> unfolded(std::span<const diff::Change* const> changes) {
  std::vector<ChangeGroup> groups;
  groups.reserve(changes.size());
  for (const diff::Change* change : changes) {
    groups.push_back({change});
  }
  return groups;
}

}  // namespace qsnap::report
