// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/config/path_pattern.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::config {

namespace {

using Step = PathPattern::Step;

constexpr std::size_t k_pattern_bytes = 4096;
constexpr std::size_t k_pattern_steps = 64;

std::optional<std::uint32_t> hex_digits(std::string_view text) {
  std::uint32_t value = 0;
  for (const char c : text) {
    const auto digit = hex_value(c);
    if (!digit) {
      return std::nullopt;
    }
    value = value << 4U | *digit;
  }
  return value;
}

std::optional<char> short_escape(char letter) {
  constexpr std::string_view letters = "\"\\/bfnrt", meanings = "\"\\/\b\f\n\r\t";
  const std::size_t at = letters.find(letter);
  return at == std::string_view::npos ? std::nullopt : std::optional{meanings[at]};
}

/// Reads a pattern or a path from left to right. Wildcards are for patterns alone: in a concrete path they would be
/// names that a JSON reader has to quote.
class PathParser {
 public:
  enum class Wildcards : std::uint8_t { allowed, refused };

  PathParser(std::string_view text, Wildcards wildcards) : m_text(text), m_wildcards(wildcards) {}

  Result<std::string> section() {
    const std::string name{take_until(".[")};
    const bool known = std::any_of(model::k_sections.begin(), model::k_sections.end(),
                                   [&](model::Section section) { return model::to_text(section) == name; });
    if (!known) {
      return error("must start with config, queues, jobs, workers or keys");
    }
    return name;
  }

  Result<std::vector<PathPattern::Condition>> conditions() {
    std::vector<PathPattern::Condition> list;
    if (!condition_follows()) {
      return list;
    }
    ++m_at;
    while (true) {
      PathPattern::Condition condition;
      condition.member = take_until("=,[]");
      if (condition.member.empty() || !take('=')) {
        return error_here("a condition is written [member=value]");
      }
      QSNAP_ASSIGN(condition.value, condition_value());
      list.push_back(std::move(condition));
      if (take(']')) {
        return list;
      }
      if (!take(',')) {
        return error_here("a condition ends with , or ]");
      }
    }
  }

  Result<std::vector<Step>> steps() {
    std::vector<Step> list;
    while (m_at < m_text.size()) {
      QSNAP_ASSIGN(Step next, step());
      next.end = m_at;
      list.push_back(std::move(next));
    }
    return list;
  }

  [[nodiscard]] Error error(std::string_view what) const {
    return make_error(ErrorCode::usage, fmt::format("path \"{}\": {}", m_text, what));
  }

 private:
  [[nodiscard]] Error error_here(std::string_view what) const {
    return error(fmt::format("{} (behind \"{}\")", what, m_text.substr(0, m_at)));
  }

  /// "jobs[queue=mail]" has conditions, "jobs[\"a\"]" and "jobs[*]" go on with a step.
  [[nodiscard]] bool condition_follows() const {
    const std::string_view rest = m_text.substr(m_at);
    if (!rest.starts_with('[') || rest.starts_with("[\"") || rest.starts_with("[*")) {
      return false;
    }
    return rest.substr(0, rest.find(']')).find('=') != std::string_view::npos;
  }

  Result<std::string> condition_value() {
    if (m_text.substr(m_at).starts_with('"')) {
      return quoted();
    }
    return std::string{take_until(",]")};
  }

  Result<Step> step() {
    if (take('.')) {
      return dot_step();
    }
    if (take('[')) {
      QSNAP_ASSIGN(Step inner, bracket_step());
      if (!take(']')) {
        return error_here("a bracket is not closed");
      }
      return inner;
    }
    return error_here("a step starts with . or [");
  }

  Result<Step> dot_step() {
    const std::string_view name = take_until(".[");
    if (name.empty()) {
      return error_here("a name is missing behind a dot");
    }
    if (name == "*" || name == "**") {
      return wildcard(name);
    }
    return Step{Step::Kind::name, std::string{name}};
  }

  Result<Step> bracket_step() {
    if (m_text.substr(m_at).starts_with('"')) {
      QSNAP_ASSIGN(std::string name, quoted());
      return Step{Step::Kind::name, std::move(name)};
    }
    const std::string_view inner = take_until("]");
    if (inner == "*") {
      return wildcard(inner);
    }
    const auto index = parse_integer(inner);
    if (!index || *index < 0) {
      return error_here("brackets hold a number, * or a name in quotes");
    }
    return Step{Step::Kind::index, {}, static_cast<std::size_t>(*index)};
  }

  Result<Step> wildcard(std::string_view text) {
    if (m_wildcards == Wildcards::refused) {
      return error_here("wildcards are for patterns");
    }
    return Step{text == "*" ? Step::Kind::any : Step::Kind::any_depth, {}};
  }

  /// A name in quotes with the escapes of a JSON string.
  Result<std::string> quoted() {
    std::string out;
    for (++m_at; m_at < m_text.size(); ++m_at) {
      if (m_text[m_at] == '"') {
        ++m_at;
        return out;
      }
      if (m_text[m_at] != '\\') {
        out += m_text[m_at];
        continue;
      }
      QSNAP_ASSIGN(const char c, escape());
      out += c;
    }
    return error_here("a quote is not closed");
  }

  /// The character behind a backslash; the cursor stays on the last one it used. \u is for control characters
  /// alone: everything else stands for itself in the canonical form.
  Result<char> escape() {
    const std::string_view rest = m_text.substr(++m_at);
    if (const auto plain = rest.empty() ? std::nullopt : short_escape(rest.front())) {
      return *plain;
    }
    constexpr std::size_t k_digits = 4;
    const auto code =
        rest.size() > k_digits && rest.front() == 'u' ? hex_digits(rest.substr(1, k_digits)) : std::nullopt;
    if (!code || *code >= 0x80) {
      return error_here("an escape is not one of JSON's short ones or \\u00..");
    }
    m_at += k_digits;
    return static_cast<char>(*code);
  }

  bool take(char c) {
    const bool there = m_at < m_text.size() && m_text[m_at] == c;
    m_at += there ? 1 : 0;
    return there;
  }

  std::string_view take_until(std::string_view stops) {
    const std::size_t end = std::min(m_text.find_first_of(stops, m_at), m_text.size());
    const std::string_view taken = m_text.substr(m_at, end - m_at);
    m_at = end;
    return taken;
  }

  std::string_view m_text;
  Wildcards m_wildcards;
  std::size_t m_at = 0;
};

bool step_matches(const Step& pattern, const Step& concrete) {
  switch (pattern.kind) {
    case Step::Kind::any:
    case Step::Kind::any_depth:
      return true;
    case Step::Kind::name:
      return concrete.kind == Step::Kind::name && concrete.name == pattern.name;
    case Step::Kind::index:
      return concrete.kind == Step::Kind::index && concrete.index == pattern.index;
  }
  return false;
}

}  // namespace

Result<PathPattern> PathPattern::parse(std::string_view text) {
  PathParser parser{text, PathParser::Wildcards::allowed};
  if (text.size() > k_pattern_bytes) {
    return make_error(ErrorCode::usage, fmt::format("a path of {} bytes is too long", text.size()));
  }
  PathPattern pattern;
  pattern.m_text = text;
  QSNAP_ASSIGN(pattern.m_section, parser.section());
  QSNAP_ASSIGN(pattern.m_conditions, parser.conditions());
  QSNAP_ASSIGN(pattern.m_steps, parser.steps());
  if (pattern.m_steps.size() > k_pattern_steps) {
    return parser.error(fmt::format("more than {} steps", k_pattern_steps));
  }
  return pattern;
}

std::optional<std::string_view> PathPattern::first_name() const {
  const bool named = !m_steps.empty() && m_steps.front().kind == Step::Kind::name;
  return named ? std::optional{std::string_view{m_steps.front().name}} : std::nullopt;
}

bool PathPattern::matches(std::string_view path) const {
  const auto steps = parse_path(path);
  return steps && matches(*steps);
}

/// Dynamic programming over (steps of the pattern used up) per step of the path: no backtracking, so many "**" cost
/// pattern × path and no more.
class PathPattern::Matcher {
 public:
  explicit Matcher(const std::vector<Step>& steps) : m_steps(steps), m_reached(steps.size() + 1, false) {
    m_reached[0] = true;
    skip_any_depths();
  }

  [[nodiscard]] bool at_node() const { return m_reached.back(); }

  void enter(const Step& step) {
    m_next.assign(m_reached.size(), false);
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
      if (m_reached[i] && step_matches(m_steps[i], step)) {
        m_next[m_steps[i].kind == Step::Kind::any_depth ? i : i + 1] = true;
      }
    }
    m_reached.swap(m_next);
    skip_any_depths();
  }

 private:
  void skip_any_depths() {
    for (std::size_t i = 0; i < m_steps.size(); ++i) {
      if (m_reached[i] && m_steps[i].kind == Step::Kind::any_depth) {
        m_reached[i + 1] = true;
      }
    }
  }

  const std::vector<Step>& m_steps;
  std::vector<bool> m_reached;  ///< whether the first so many steps of the pattern are used up
  std::vector<bool> m_next;
};

bool PathPattern::matches(std::span<const Step> path) const {
  Matcher matcher{m_steps};
  for (const Step& step : path) {
    if (matcher.at_node()) {
      return true;  // it matches an inner node, so everything below
    }
    matcher.enter(step);
  }
  return matcher.at_node();
}

std::vector<std::size_t> PathPattern::matched_nodes(std::span<const Step> path) const {
  Matcher matcher{m_steps};
  std::vector<std::size_t> nodes;
  for (std::size_t depth = 0;; ++depth) {
    if (matcher.at_node()) {
      nodes.push_back(depth);
    }
    if (depth == path.size()) {
      return nodes;
    }
    matcher.enter(path[depth]);
  }
}

Result<std::vector<PathPattern::Step>> parse_path(std::string_view path) {
  return PathParser{path, PathParser::Wildcards::refused}.steps();
}

}  // namespace qsnap::config
