// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/qsnap.hpp>

/// What the headers for test frameworks share: the name of a snapshot that is made of the test's own name. The rule is
/// that of all integrations (integrations/README.md, integrations/name-vectors.json).
namespace qsnap::detail {

inline bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

inline bool is_mark(char c) {
  return c == '.' || c == '_' || c == '-';
}

/// Without regard to case.
inline bool ends_with(std::string_view text, std::string_view lower_ending) {
  const auto equal = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; };
  return text.size() >= lower_ending.size() && std::equal(lower_ending.rbegin(), lower_ending.rend(), text.rbegin(),
                                                          [&](char ending, char c) { return equal(c, ending); });
}

/// Whether it may stand between two '/' of a snapshot's name as it is.
inline bool is_component(std::string_view part) {
  constexpr std::size_t most = 100;
  return !part.empty() && part.size() <= most && is_alphanumeric(part.front()) && part.back() != '.' &&
         std::all_of(part.begin(), part.end(), [](char c) { return is_alphanumeric(c) || is_mark(c); }) &&
         !ends_with(part, ".lock") && !ends_with(part, ".qsnap");
}

/// FNV-1a, 32 bits, as 8 hexadecimal digits.
inline std::string hash_of(std::string_view text) {
  std::uint32_t hash = 2166136261U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  }
  std::string digits;
  for (int shift = 28; shift >= 0; shift -= 4) {
    digits += "0123456789abcdef"[(hash >> static_cast<unsigned>(shift)) & 15U];
  }
  return digits;
}

inline void cut_marks_at_end(std::string& text) {
  while (!text.empty() && is_mark(text.back())) {
    text.pop_back();
  }
}

/// Readable, and with a hash where something was changed, so that two parts never become one.
inline std::string component_of(std::string_view part) {
  if (is_component(part)) {
    return std::string{part};
  }
  constexpr std::size_t most = 91;
  std::string text;
  for (const char c : part) {
    const bool kept = is_alphanumeric(c) || c == '.' || c == '_';
    if (kept || text.empty() || text.back() != '-') {
      text += kept ? c : '-';
    }
  }
  text.erase(text.begin(), std::find_if(text.begin(), text.end(), [](char c) { return !is_mark(c); }));
  cut_marks_at_end(text);
  text.resize(std::min(text.size(), most));
  cut_marks_at_end(text);
  return (text.empty() ? "x" : text) + '-' + hash_of(part);
}

/// "test-cases/suite/test": a name that store and command line take.
inline std::string snapshot_name(std::vector<std::string> parts) {
  constexpr std::size_t most = 4;
  while (parts.size() > most) {
    parts[0] += '\n' + parts[1];
    parts.erase(parts.begin() + 1);
  }
  std::string name = "test-cases";
  for (const std::string& part : parts) {
    name += '/' + component_of(part);
  }
  return name;
}

/// Which assertion without a name it is in its test: the second one has "2" behind the test's name.
class CallCounter {
 public:
  /// A test begins.
  void reset() { m_calls.clear(); }
  std::string next_name(std::vector<std::string> parts) {
    const std::size_t call = ++m_calls[parts];
    if (call > 1) {
      parts.push_back(std::to_string(call));
    }
    return snapshot_name(std::move(parts));
  }

 private:
  std::map<std::vector<std::string>, std::size_t> m_calls;
};

/// "suite / test", for whoever reviews.
inline std::string test_id(const std::vector<std::string>& parts) {
  std::string id;
  for (const std::string& part : parts) {
    id += (id.empty() ? "" : " / ") + part;
  }
  return id;
}

inline CheckOptions with_test(CheckOptions options, const std::vector<std::string>& parts) {
  if (options.test.empty()) {
    options.test = test_id(parts);
  }
  return options;
}

}  // namespace qsnap::detail
