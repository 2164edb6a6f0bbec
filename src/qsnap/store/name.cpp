// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include <fmt/format.h>

#include <qsnap/store/name.hpp>

namespace qsnap::store {

namespace {

constexpr std::array<std::string_view, 3> k_homes = {"baselines", "test-cases", "history"};
constexpr std::array<std::string_view, 5> k_reserved = {"live", "sets", "lfs", "schemas", "config"};
constexpr std::string_view k_default_home = "test-cases";
constexpr std::string_view k_sets_prefix = "sets/";
constexpr std::size_t k_max_components = 5;
constexpr std::size_t k_max_component_bytes = 100;

template <std::size_t Size>
bool contains(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

/// Without regard to case: on some file systems X.QSNAP and x.qsnap are one file.
bool ends_with_caseless(std::string_view text, std::string_view lower_ending) {
  if (text.size() < lower_ending.size()) {
    return false;
  }
  text.remove_prefix(text.size() - lower_ending.size());
  return std::equal(text.begin(), text.end(), lower_ending.begin(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b; });
}

/// What is wrong with one component; absent when nothing is.
std::optional<std::string> component_problem(std::string_view component) {
  if (component.empty()) {
    return "a part between two '/' is empty";
  }
  if (component.size() > k_max_component_bytes) {
    return fmt::format("a part is longer than {} characters", k_max_component_bytes);
  }
  if (!std::all_of(component.begin(), component.end(), is_name_character)) {
    return "only A-Z, a-z, 0-9, '.', '_', '-' and '/' are allowed";
  }
  if (!is_alphanumeric(component.front())) {
    return "each part starts with a letter or a digit";
  }
  if (component.back() == '.') {
    return "no part ends with '.'";
  }
  if (ends_with_caseless(component, ".lock")) {
    return "no part ends with .lock, which Git uses for itself";
  }
  if (ends_with_caseless(component, k_suffix)) {
    return "a name has no .qsnap at its end; a file is written with ./ in front";
  }
  return std::nullopt;
}

Error bad_name(std::string_view text, std::string_view why, std::vector<std::string> hints = {}) {
  return make_error(ErrorCode::usage, fmt::format("\"{}\" is not a snapshot name: {}", text, why), std::move(hints));
}

std::vector<std::string_view> split_components(std::string_view text) {
  std::vector<std::string_view> out;
  // One more than allowed is enough to know that there are too many.
  while (out.size() <= k_max_components) {
    const std::size_t slash = text.find('/');
    out.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) {
      break;
    }
    text.remove_prefix(slash + 1);
  }
  return out;
}

Result<void> check_components(std::string_view text, const std::vector<std::string_view>& components) {
  for (const std::string_view component : components) {
    if (const auto problem = component_problem(component)) {
      return bad_name(text, *problem);
    }
  }
  return {};
}

/// The first component decides: a home, a reserved word, or (alone) a test case.
Result<void> check_home(std::string_view text, const std::vector<std::string_view>& components) {
  const std::string_view first = components.front();
  if (contains(k_reserved, first)) {
    return bad_name(text, fmt::format("\"{}\" is reserved", first));
  }
  if (contains(k_homes, first) && components.size() == 1) {
    return bad_name(text, fmt::format("it is a folder of snapshots; write {}/NAME", first));
  }
  if (!contains(k_homes, first) && components.size() > 1) {
    return bad_name(text, "it starts with none of baselines/, test-cases/, history/",
                    {fmt::format("{}/{}", k_default_home, text)});
  }
  return {};
}

bool starts_like_path(std::string_view text) {
  return text.starts_with("./") || text.starts_with("../") || text.starts_with('/');
}

Result<Side> revision_side(std::string_view text, std::size_t colon) {
  const std::string_view revision = text.substr(0, colon);
  if (revision.empty()) {
    return make_error(ErrorCode::usage, fmt::format("\"{}\" names no revision in front of ':'", text),
                      {fmt::format("HEAD{}", text)});
  }
  QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(text.substr(colon + 1)));
  return Side{Side::Kind::revision, std::string{text}, name.text(), std::string{revision}, {}};
}

}  // namespace

Result<SnapshotName> SnapshotName::parse(std::string_view text) {
  if (text.empty()) {
    return make_error(ErrorCode::usage, "a snapshot name must not be empty");
  }
  if (text.starts_with(k_sets_prefix)) {
    const std::size_t slash = text.find('/', k_sets_prefix.size());
    if (slash == std::string_view::npos) {
      return bad_name(text, "behind sets/SET/ the name of a snapshot is missing");
    }
    QSNAP_ASSIGN(SetName set, SetName::from_encoded(text.substr(0, slash).substr(k_sets_prefix.size())));
    QSNAP_ASSIGN(const SnapshotName bare, parse(text.substr(slash + 1)));
    return bare.set() || set.is_default() ? bad_name(text, "it names two sets, or the default one by a folder")
                                          : Result<SnapshotName>{bare.in(set)};
  }
  const std::vector<std::string_view> components = split_components(text);
  QSNAP_TRY(check_components(text, components));
  QSNAP_TRY(check_home(text, components));
  if (components.size() > k_max_components) {
    return bad_name(text, fmt::format("it has more than {} parts", k_max_components));
  }
  const bool bare = components.size() == 1;
  return SnapshotName{bare ? fmt::format("{}/{}", k_default_home, text) : std::string{text}, {}};
}

std::string_view SnapshotName::bare_text() const {
  const std::size_t prefix = m_set ? k_sets_prefix.size() + m_set->encoded().size() + 1 : 0;
  return std::string_view{m_text}.substr(prefix);
}

SnapshotName SnapshotName::bare() const {
  return {std::string{bare_text()}, {}};
}

SnapshotName SnapshotName::in(const SetName& set) const {
  return set.is_default() ? bare()
                          : SnapshotName{fmt::format("{}{}/{}", k_sets_prefix, set.encoded(), bare_text()), set};
}

Result<std::vector<SnapshotName>> parse_names(const std::vector<std::string>& texts) {
  std::vector<SnapshotName> names;
  for (const std::string& text : texts) {
    QSNAP_ASSIGN(SnapshotName name, SnapshotName::parse(text));
    names.push_back(std::move(name));
  }
  return names;
}

Result<Side> parse_side(std::string_view text) {
  if (text == "live") {
    return Side{Side::Kind::live, "live", {}, {}, {}};
  }
  if (text == "-") {
    return Side{Side::Kind::input, "-", {}, {}, {}};
  }
  if (text.find('\0') != std::string_view::npos) {
    return make_error(ErrorCode::usage, "a side of a comparison must not hold a NUL byte");
  }
  // A name never holds ':', a revision may ("HEAD^{/fix: x}"): the last one divides. What starts like a path is
  // one, so that a file whose name holds ':' can be written as ./a:b.qsnap.
  const bool is_path = starts_like_path(text);
  if (!is_path && text.ends_with('}') && text.find("@{") != std::string_view::npos) {  // its instant may hold ':'
    return Side{Side::Kind::history, std::string{text}, {}, {}, {}};
  }
  const std::size_t colon = text.rfind(':');
  if (colon != std::string_view::npos && !is_path) {
    return revision_side(text, colon);
  }
  if (is_path || text.ends_with(k_suffix)) {
    return Side{Side::Kind::file, std::string{text}, {}, {}, std::filesystem::path{text}};
  }
  if (text.find('@') != std::string_view::npos) {  // no name holds one
    return Side{Side::Kind::history, std::string{text}, {}, {}, {}};
  }
  QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(text));
  return Side{Side::Kind::name, std::string{text}, name.text(), {}, {}};
}

std::optional<Range> parse_range(std::string_view text) {
  const std::size_t dots = text.find("..");
  const std::size_t colon = text.rfind(':');
  const bool is_side = starts_like_path(text) || text.ends_with(k_suffix) ||
                       (colon != std::string_view::npos && SnapshotName::parse(text.substr(colon + 1)));
  if (dots == std::string_view::npos || is_side || text == "..") {
    return std::nullopt;
  }
  const bool three = text.substr(dots).starts_with("...");
  const std::string_view before = text.substr(0, dots), after = text.substr(dots + (three ? 3 : 2));
  const auto or_head = [](std::string_view revision) { return std::string{revision.empty() ? "HEAD" : revision}; };
  return Range{three ? Range::Start::merge_base : Range::Start::before, or_head(before), or_head(after)};
}

}  // namespace qsnap::store
