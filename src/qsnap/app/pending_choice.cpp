// SPDX-License-Identifier: Apache-2.0
#include <fnmatch.h>

#include <algorithm>
#include <functional>
#include <set>

#include <fmt/format.h>

#include <qsnap/app/pending_choice.hpp>

namespace qsnap::app {

namespace {

using store::PendingEntry;
using Names = std::vector<std::string>;
using Test = std::function<bool(const PendingEntry&)>;

constexpr std::string_view k_default_home = "test-cases/";

Names names_where(const std::vector<PendingEntry>& entries, const Test& fits) {
  Names names;
  for (const PendingEntry& entry : entries) {
    if (fits(entry)) {
      names.push_back(entry.name.text());
    }
  }
  return names;
}

Names names_like_pattern(const std::vector<PendingEntry>& entries, const std::string& pattern) {
  const bool is_bare = pattern.find('/') == std::string::npos;
  const std::string whole = is_bare ? std::string{k_default_home} + pattern : pattern;
  Names names;
  for (const PendingEntry& entry : entries) {  // those of a set by their names in it, too
    const auto fits = [&](const std::string& name) { return ::fnmatch(whole.c_str(), name.c_str(), 0) == 0; };
    if (fits(entry.name.text()) || fits(entry.name.bare().text())) {
      names.push_back(entry.name.text());
    }
  }
  return names;
}

Error ambiguous(const std::string& word, Names names) {
  return make_error(ErrorCode::usage, fmt::format("\"{}\" may be any of {} pending snapshots", word, names.size()),
                    std::move(names));
}

/// A full name is that one; a bare one is a test case, of whichever set; a part is the end of a name.
Result<Names> names_of_word(const std::vector<PendingEntry>& entries, const std::string& word) {
  if (word.find_first_of("*?[") != std::string::npos) {
    return names_like_pattern(entries, word);
  }
  const auto of_any_set = [&](const PendingEntry& entry) {
    return entry.name.bare().text() == std::string{k_default_home} + word;
  };
  for (const Test& fits : {Test{[&](const PendingEntry& entry) { return entry.name.text() == word; }}, Test{of_any_set},
                           Test{[&](const PendingEntry& entry) { return entry.name.text().ends_with('/' + word); }}}) {
    Names names = names_where(entries, fits);
    if (!names.empty()) {
      return names.size() > 1 ? ambiguous(word, std::move(names)) : Result<Names>{std::move(names)};
    }
  }
  return Names{};
}

Error no_match(const std::string& word, std::size_t pending) {
  return make_error(
      ErrorCode::not_found, fmt::format("nothing is pending for \"{}\"", word),
      {pending == 0 ? "nothing is pending at all: run the test first" : "git qsnap pending shows what is"});
}

}  // namespace

Result<std::vector<PendingEntry>> choose_pending(std::vector<PendingEntry> entries, const Names& words) {
  if (words.empty()) {
    return entries;
  }
  std::set<std::string, std::less<>> wanted;
  for (const std::string& word : words) {
    QSNAP_ASSIGN(const Names names, names_of_word(entries, word));
    if (names.empty()) {
      return no_match(word, entries.size());
    }
    wanted.insert(names.begin(), names.end());
  }
  std::erase_if(entries, [&](const PendingEntry& entry) { return !wanted.contains(entry.name.text()); });
  return entries;
}

}  // namespace qsnap::app
