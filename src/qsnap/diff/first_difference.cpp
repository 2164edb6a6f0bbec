// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/diff/first_difference.hpp>

namespace qsnap::diff {

namespace {

/// A container that is open: an object with the name of the member at hand as it is written, or an array.
struct Level {
  bool is_object = false;
  bool wants_name = false;
  std::size_t inside = 0;  ///< behind its bracket
  std::size_t child = 0;   ///< where the value of the member or element at hand begins
  std::size_t index = 0;
  std::string_view name{};  ///< in quotes; empty before the first
};

/// Behind the string that begins at `at`; npos where the text ends inside of it.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (++at; at < json.size(); ++at) {
    if (json[at] == '\\') {
      ++at;
    } else if (json[at] == '"') {
      return at + 1;
    }
  }
  return std::string_view::npos;
}

/// Behind the bracket that closes the container whose inside begins, or goes on behind one of its parts, at `at`.
std::size_t end_of_container(std::string_view json, std::size_t at) {
  for (std::size_t depth = 1; depth > 0 && at < json.size();) {
    const char c = json[at];
    if (c == '"') {
      at = end_of_string(json, at);
      continue;
    }
    depth += c == '{' || c == '[' ? 1 : 0;
    depth -= c == '}' || c == ']' ? 1 : 0;
    ++at;
  }
  return std::min(at, json.size());
}

std::size_t end_of_value(std::string_view json, std::size_t at) {
  const char c = at < json.size() ? json[at] : '\0';
  if (c == '{' || c == '[') {
    return end_of_container(json, at + 1);
  }
  return std::min(c == '"' ? end_of_string(json, at) : json.find_first_of(",]}", at), json.size());
}

/// The containers that are open at the end of a JSON text's beginning.
std::vector<Level> open_levels(std::string_view beginning) {
  std::vector<Level> levels;
  for (std::size_t at = 0; at < beginning.size();) {
    const char c = beginning[at];
    if (c == '"') {
      const std::size_t end = end_of_string(beginning, at);
      if (end == std::string_view::npos) {
        return levels;
      }
      if (!levels.empty() && std::exchange(levels.back().wants_name, false)) {
        levels.back().name = beginning.substr(at, end - at);
        levels.back().child = end + 1;  // behind the colon
      }
      at = end;
      continue;
    }
    ++at;
    if (c == '{' || c == '[') {
      levels.push_back({c == '{', c == '{', at, at});
    } else if ((c == '}' || c == ']') && !levels.empty()) {
      levels.pop_back();
    } else if (c == ',' && !levels.empty()) {
      Level& level = levels.back();
      level = {level.is_object, level.is_object, level.inside, at, level.index + 1, level.name};
    }
  }
  return levels;
}

std::string step(const Level& level) {
  if (!level.is_object) {
    return fmt::format("[{}]", level.index);
  }
  const std::string_view name = level.name.substr(1, level.name.size() - 2);
  const bool plain = !name.empty() && !is_digit(name.front()) && std::all_of(name.begin(), name.end(), [](char c) {
    return is_letter(c) || is_digit(c) || c == '_';
  });
  return plain ? fmt::format(".{}", name) : fmt::format("[{}]", level.name);
}

std::string path_of(const std::vector<Level>& levels) {
  std::string path;
  for (const Level& level : levels) {
    path += step(level);
  }
  return path;
}

/// Two texts that part at `byte`, and are the same again in their last bytes.
class Parting {
 public:
  Parting(std::string_view before, std::string_view after) : m_before(before), m_after(after) {
    const auto [at, other] = std::mismatch(before.begin(), before.end(), after.begin(), after.end());
    m_byte = static_cast<std::size_t>(at - before.begin());
    const auto [end, other_end] = std::mismatch(before.rbegin(), before.rend(), after.rbegin(), after.rend());
    m_same_end = static_cast<std::size_t>(end - before.rbegin());
  }

  [[nodiscard]] FirstDifference find() const {
    std::vector<Level> levels = open_levels(m_before.substr(0, m_byte));
    std::size_t start = 0;
    if (!levels.empty() && has_other_parts(levels.back())) {
      start = levels.back().inside - 1;  // not a part of the container differs, but which parts it has
      levels.pop_back();
    } else if (!levels.empty()) {
      start = levels.back().child;
    }
    FirstDifference found{m_byte, path_of(levels), {}, {}, {}};
    std::size_t old_end = end_of_value(m_before, start), new_end = end_of_value(m_after, start);
    while (!levels.empty() && !has_all(old_end, new_end)) {
      old_end = end_of_container(m_before, old_end);
      new_end = end_of_container(m_after, new_end);
      start = levels.back().inside - 1;
      levels.pop_back();
    }
    found.only_path = path_of(levels);
    found.only_before = m_before.substr(start, old_end - start);
    found.only_after = m_after.substr(start, new_end - start);
    return found;
  }

 private:
  [[nodiscard]] bool ends_value(std::string_view text) const {
    return m_byte == text.size() || text[m_byte] == ',' || text[m_byte] == ']' || text[m_byte] == '}';
  }

  /// Whether the first difference is between values or in a name, so in no value of both sides.
  [[nodiscard]] bool has_other_parts(const Level& innermost) const {
    const bool one_is_empty = innermost.child == m_byte && (ends_value(m_before) || ends_value(m_after));
    return innermost.wants_name || one_is_empty || (ends_value(m_before) && ends_value(m_after));
  }

  /// Whether what lies behind is the same.
  [[nodiscard]] bool has_all(std::size_t old_end, std::size_t new_end) const {
    const std::size_t old_rest = m_before.size() - old_end, new_rest = m_after.size() - new_end;
    return old_rest == new_rest && old_rest <= m_same_end;
  }

  std::string_view m_before;
  std::string_view m_after;
  std::size_t m_byte = 0;
  std::size_t m_same_end = 0;
};

}  // namespace

FirstDifference first_difference(std::string_view before, std::string_view after) {
  return Parting{before, after}.find();
}

}  // namespace qsnap::diff
