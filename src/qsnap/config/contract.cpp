// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <functional>
#include <span>
#include <unordered_set>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/config/contract.hpp>
#include <qsnap/config/nearest_word.hpp>
#include <qsnap/config/yaml_tree.hpp>
#include <qsnap/config/yaml_values.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/state_words.hpp>

namespace qsnap::config {

namespace {

using Kind = YamlNode::Kind;

constexpr std::size_t k_most_invariants = 1000;
constexpr std::size_t k_most_words = 100;  // in a list
constexpr std::size_t k_longest_word = 1024;
constexpr std::size_t k_longest_name = 200;

bool is_scalar(const YamlNode& node) {
  return node.kind == Kind::scalar;
}

/// What other readers of YAML take for something else than a text, and JSON does not know: 0x10, .5, yes.
bool is_ambiguous(std::string_view plain) {
  constexpr std::array<std::string_view, 8> k_words = {"true", "false", "yes", "no", "on", "off", "null", "~"};
  std::string lower{plain};
  std::transform(lower.begin(), lower.end(), lower.begin(), to_lower);
  return plain.find_first_of("+-.0123456789") == 0 || std::find(k_words.begin(), k_words.end(), lower) != k_words.end();
}

const YamlNode* find(const YamlNode& map, std::string_view key) {
  const auto member = std::find_if(map.members.begin(), map.members.end(),
                                   [&](const YamlMember& candidate) { return candidate.name == key; });
  return member == map.members.end() ? nullptr : &member->value;
}

/// Turns the tree into a Contract. Every error names the line.
class ContractReader {
 public:
  explicit ContractReader(std::string_view file_name) : m_file(file_name) {}

  Result<Contract> read(const YamlNode& root) {
    constexpr std::array<std::string_view, 2> k_keys = {"version", "contract"};
    QSNAP_TRY(check_keys(m_file, root, "the file", k_keys));
    const YamlNode* version = find(root, "version");
    if (version == nullptr) {
      return error(root, "version is missing; the first line should be \"version: 1\"");
    }
    if (!is_scalar(*version) || version->quoted || version->scalar != "1") {
      return error(*version, "version must be 1, which is the only one that this program reads");
    }
    const YamlNode* list = find(root, "contract");
    if (list == nullptr || list->empty()) {
      return error(list == nullptr ? root : *list, "contract must be a list of what has to hold");
    }
    QSNAP_TRY(check_list(*list, "contract", k_most_invariants));
    Contract contract{std::string{m_file}, {}};
    for (const YamlNode& item : list->items) {
      QSNAP_ASSIGN(Invariant next, invariant(item));
      contract.invariants.push_back(std::move(next));
    }
    return contract;
  }

 private:
  using Rule = decltype(Invariant::rule);
  /// One kind of invariant: the key that says so, the keys that go with it, and who reads it.
  struct RuleKind {
    std::string_view key;
    std::array<std::string_view, 8> others;  ///< empty behind the last one
    Result<Rule> (ContractReader::*read)(const YamlNode&);
  };
  static constexpr std::array<RuleKind, 6> k_kinds();

  [[nodiscard]] Error error(const YamlNode& node, std::string_view what) const {
    return config_error(m_file, node.line, what);
  }

  Result<void> check_list(const YamlNode& node, std::string_view what, std::size_t most) const {
    if (node.kind != Kind::sequence) {
      return error(node, fmt::format("{} must be a list", what));
    }
    if (node.items.size() > most) {
      return error(node, fmt::format("{} has more than {} entries", what, most));
    }
    return {};
  }

  Result<Invariant> invariant(const YamlNode& node) {
    QSNAP_ASSIGN(const RuleKind kind, kind_of(node));
    Invariant invariant{.name = {}, .rule = CountInvariant{}, .line = node.line};
    QSNAP_ASSIGN(invariant.name, name_of(node));
    QSNAP_ASSIGN(invariant.rule, std::invoke(kind.read, *this, node));
    return invariant;
  }

  Result<std::string> name_of(const YamlNode& node) {
    const YamlNode* name = find(node, "name");
    if (name == nullptr || !is_scalar(*name) || name->scalar.empty() || name->scalar.size() > k_longest_name) {
      return error(name == nullptr ? node : *name, "name must say in a few words what has to hold");
    }
    if (!m_names.insert(name->scalar).second) {
      return error(*name, fmt::format("\"{}\" is there twice", name->scalar));
    }
    return name->scalar;
  }

  /// Which of the kinds a map is of. All its keys are known afterwards, and go together.
  Result<RuleKind> kind_of(const YamlNode& node) const;

  Result<Rule> count(const YamlNode& node) {
    CountInvariant count;
    QSNAP_ASSIGN(count.of, selections(*find(node, "count"), "count"));
    QSNAP_ASSIGN(count.bounds, bounds(node));
    for (const auto& bound : {count.bounds.equals, count.bounds.at_least, count.bounds.at_most}) {
      const auto whole = bound ? bound->value.integer() : 0;
      if (!whole || *whole < 0) {
        return error(node, fmt::format("{} is no number of jobs", bound->text));
      }
    }
    if (count.bounds.empty()) {
      return error(node, "count needs equals, at_least or at_most");
    }
    return Rule{std::move(count)};
  }

  Result<Rule> empty(const YamlNode& node) {
    CountInvariant count;
    QSNAP_ASSIGN(count.of, selections(*find(node, "empty"), "empty"));
    count.bounds.equals = Bound{Decimal{0}, "0"};
    return Rule{std::move(count)};
  }

  Result<Rule> exists(const YamlNode& node) {
    CountInvariant count;
    QSNAP_ASSIGN(count.of, selections(*find(node, "exists"), "exists"));
    count.bounds.at_least = Bound{Decimal{1}, "1"};
    return Rule{std::move(count)};
  }

  Result<Rule> each(const YamlNode& node) {
    EachInvariant each;
    QSNAP_ASSIGN(each.of, selection(*find(node, "each"), "each"));
    QSNAP_ASSIGN(each.member, path(node, "member"));
    QSNAP_TRY(read_equals(node, each));
    QSNAP_ASSIGN(each.bounds, bounds(node));
    QSNAP_TRY(read_one_of(node, each));
    QSNAP_TRY(read_matches(node, each));
    QSNAP_TRY(read_present(node, each));
    const bool says_something = !each.bounds.empty() || !each.one_of.empty() || each.matches.has_value() ||
                                each.presence != EachInvariant::Presence::any;
    if (!says_something) {
      return error(node, "each needs equals, at_least, at_most, one_of, matches or present");
    }
    const bool judges_values = !each.bounds.empty() || !each.one_of.empty() || each.matches.has_value();
    if (judges_values && each.presence == EachInvariant::Presence::absent) {
      return error(node, "what must be absent has no value to judge");
    }
    return Rule{std::move(each)};
  }

  Result<Rule> before(const YamlNode& node) {
    const YamlNode& before = *find(node, "before");
    constexpr std::array<std::string_view, 2> k_keys = {"first", "then"};
    QSNAP_TRY(check_keys(m_file, before, "before", k_keys));
    OrderInvariant order;
    for (const std::string_view key : k_keys) {
      const YamlNode* jobs = find(before, key);
      if (jobs == nullptr) {
        return error(before, "before needs first and then");
      }
      JobSelection& side = key == "first" ? order.earlier : order.later;
      QSNAP_ASSIGN(side, selection(*jobs, key));
      const auto unordered = std::find_if_not(side.states.begin(), side.states.end(), model::order_counts);
      if (unordered != side.states.end()) {
        return error(*jobs, fmt::format("jobs that are {} have no order; those have that are paused, pending, "
                                        "prioritized or waiting",
                                        *unordered));
      }
    }
    return Rule{std::move(order)};
  }

  Result<Rule> unique(const YamlNode& node) {
    UniqueInvariant unique;
    QSNAP_ASSIGN(unique.member, path(node, "unique"));
    if (const YamlNode* of = find(node, "of")) {
      QSNAP_ASSIGN(unique.of, selection(*of, "of"));
    }
    return Rule{std::move(unique)};
  }

  Result<std::vector<JobSelection>> selections(const YamlNode& node, std::string_view what) {
    std::vector<JobSelection> list;
    if (node.kind != Kind::sequence) {
      QSNAP_ASSIGN(JobSelection one, selection(node, what));
      list.push_back(std::move(one));
      return list;
    }
    QSNAP_TRY(check_list(node, what, k_most_words));
    if (node.items.empty()) {
      return error(node, fmt::format("{} must say which jobs: {{queue: mail, state: failed}}", what));
    }
    for (const YamlNode& item : node.items) {
      QSNAP_ASSIGN(JobSelection one, selection(item, what));
      list.push_back(std::move(one));
    }
    return list;
  }

  Result<JobSelection> selection(const YamlNode& node, std::string_view what) {
    constexpr std::array<std::string_view, 3> k_keys = {"queue", "state", "name"};
    if (node.kind != Kind::map) {
      return error(node, fmt::format("{} must say which jobs: {{queue: mail, state: failed}}, or {{}} for all", what));
    }
    QSNAP_TRY(check_keys(m_file, node, what, k_keys));
    JobSelection selection;
    QSNAP_ASSIGN(selection.queues, words(node, "queue"));
    QSNAP_ASSIGN(selection.states, words(node, "state"));
    QSNAP_ASSIGN(selection.names, words(node, "name"));
    const auto known = model::known_states();
    for (const std::string& state : selection.states) {
      if (!std::binary_search(known.begin(), known.end(), state)) {
        return error(*find(node, "state"),
                     fmt::format("no framework has a state \"{}\"{}", state, did_you_mean(state, known)));
      }
    }
    return selection;
  }

  /// A text or a list of texts; empty where the key is not there.
  Result<std::vector<std::string>> words(const YamlNode& map, std::string_view key) {
    const YamlNode* node = find(map, key);
    std::vector<std::string> words;
    if (node == nullptr) {
      return words;
    }
    const std::span<const YamlNode> items =
        node->kind == Kind::sequence ? std::span<const YamlNode>{node->items} : std::span{node, 1};
    if (items.size() > k_most_words) {
      return error(*node, fmt::format("{} has more than {} entries", key, k_most_words));
    }
    for (const YamlNode& item : items) {
      if (!is_scalar(item) || item.scalar.empty() || item.scalar.size() > k_longest_word) {
        return error(item, fmt::format("{} must be a text or a list of texts", key));
      }
      words.push_back(item.scalar);
    }
    if (words.empty()) {
      return error(*node, fmt::format("{} must be a text or a list of texts", key));
    }
    return words;
  }

  Result<PathPattern> path(const YamlNode& map, std::string_view key) {
    const YamlNode* node = find(map, key);
    if (node == nullptr || !is_scalar(*node) || node->scalar.empty()) {
      return error(node == nullptr ? map : *node,
                   fmt::format("{} must be the path of a member: retry_count, payload.orderId", key));
    }
    const std::string& text = node->scalar;
    if (text.starts_with("jobs.") || text.starts_with("jobs[")) {
      return error(*node, fmt::format("{} begins with the member of a job: payload.orderId", key));
    }
    const bool goes_on = text.starts_with('[') || text.starts_with('.');
    auto pattern = PathPattern::parse(goes_on ? "jobs" + text : "jobs." + text);
    if (!pattern) {
      return error(*node, pattern.error().message);
    }
    if (!pattern->conditions().empty()) {
      return error(*node,
                   fmt::format("{} has no conditions; which jobs, {} says", key, key == "unique" ? "of" : "each"));
    }
    return *std::move(pattern);
  }

  /// Of `each`, a text: then it is one_of with one entry.
  Result<void> read_equals(const YamlNode& node, EachInvariant& each) {
    const YamlNode* equals = find(node, "equals");
    if (equals != nullptr && (equals->kind != Kind::scalar || equals->quoted || !Decimal::parse(equals->scalar))) {
      QSNAP_ASSIGN(std::string json, scalar_json(*equals, "equals"));
      each.one_of.push_back(std::move(json));
    }
    return {};
  }

  Result<void> read_one_of(const YamlNode& node, EachInvariant& each) {
    const YamlNode* list = find(node, "one_of");
    if (list == nullptr) {
      return {};
    }
    if (find(node, "equals") != nullptr) {
      return error(*list, "equals and one_of do not go together");
    }
    QSNAP_TRY(check_list(*list, "one_of", k_most_words));
    if (list->items.empty()) {
      return error(*list, "one_of must hold a value");
    }
    for (const YamlNode& item : list->items) {
      QSNAP_ASSIGN(std::string json, scalar_json(item, "one_of"));
      each.one_of.push_back(std::move(json));
    }
    return {};
  }

  Result<void> read_matches(const YamlNode& node, EachInvariant& each) {
    const YamlNode* matches = find(node, "matches");
    if (matches == nullptr) {
      return {};
    }
    if (!is_scalar(*matches) || matches->scalar.empty() || matches->scalar.size() > k_longest_word) {
      return error(*matches, "matches must be a text, in which * stands for anything");
    }
    each.matches = matches->scalar;
    return {};
  }

  Result<void> read_present(const YamlNode& node, EachInvariant& each) {
    const YamlNode* present = find(node, "present");
    if (present == nullptr) {
      return {};
    }
    if (!is_scalar(*present) || present->quoted || (present->scalar != "true" && present->scalar != "false")) {
      return error(*present, "present must be true or false");
    }
    each.presence = present->scalar == "true" ? EachInvariant::Presence::present : EachInvariant::Presence::absent;
    return {};
  }

  /// A value as JSON writes it.
  Result<std::string> scalar_json(const YamlNode& node, std::string_view what) {
    if (node.kind == Kind::null) {
      return std::string{"null"};
    }
    if (!is_scalar(node) || node.scalar.size() > k_longest_word) {
      return error(node, fmt::format("{} must hold numbers, texts, true, false or null", what));
    }
    if (node.quoted) {
      return json_string(node.scalar);
    }
    if (node.scalar == "true" || node.scalar == "false" || Decimal::parse(node.scalar)) {
      return node.scalar;
    }
    if (is_ambiguous(node.scalar)) {
      return error(node, fmt::format("{} is no number as JSON writes them; put a text in quotes", node.scalar));
    }
    return json_string(node.scalar);
  }

  Result<Bounds> bounds(const YamlNode& node) {
    Bounds bounds;
    QSNAP_ASSIGN(bounds.equals, bound(node, "equals"));
    QSNAP_ASSIGN(bounds.at_least, bound(node, "at_least"));
    QSNAP_ASSIGN(bounds.at_most, bound(node, "at_most"));
    if (find(node, "equals") != nullptr && (bounds.at_least || bounds.at_most)) {
      return error(node, "equals and at_least or at_most do not go together");
    }
    if (bounds.at_least && bounds.at_most && bounds.at_least->value > bounds.at_most->value) {
      return error(node,
                   fmt::format("nothing is at least {} and at most {}", bounds.at_least->text, bounds.at_most->text));
    }
    return bounds;
  }

  Result<std::optional<Bound>> bound(const YamlNode& map, std::string_view key) {
    const YamlNode* node = find(map, key);
    if (node == nullptr) {
      return std::optional<Bound>{};
    }
    auto value = is_scalar(*node) && !node->quoted ? Decimal::parse(node->scalar) : std::nullopt;
    if (!value && key == "equals" && find(map, "each") != nullptr) {
      return std::optional<Bound>{};  // read_equals() has it
    }
    if (!value || node->scalar.size() > k_longest_name) {
      return error(*node, fmt::format("{} must be a number", key));
    }
    return std::optional{Bound{*std::move(value), node->scalar}};
  }

  std::string_view m_file;
  std::unordered_set<std::string> m_names;
};

constexpr std::array<ContractReader::RuleKind, 6> ContractReader::k_kinds() {
  return {{
      {"count", {"name", "equals", "at_least", "at_most"}, &ContractReader::count},
      {"empty", {"name"}, &ContractReader::empty},
      {"exists", {"name"}, &ContractReader::exists},
      {"each",
       {"name", "member", "equals", "at_least", "at_most", "one_of", "matches", "present"},
       &ContractReader::each},
      {"before", {"name"}, &ContractReader::before},
      {"unique", {"name", "of"}, &ContractReader::unique},
  }};
}

Result<ContractReader::RuleKind> ContractReader::kind_of(const YamlNode& node) const {
  constexpr std::array<std::string_view, 15> k_all = {"name",     "count",   "empty",  "exists",  "each",
                                                      "before",   "unique",  "of",     "member",  "equals",
                                                      "at_least", "at_most", "one_of", "matches", "present"};
  QSNAP_TRY(check_keys(m_file, node, "an entry of contract", k_all));
  std::optional<RuleKind> found;
  for (const RuleKind& kind : k_kinds()) {
    if (find(node, kind.key) == nullptr) {
      continue;
    }
    if (found) {
      return error(node, fmt::format("{} and {} do not go together; make two entries of it", found->key, kind.key));
    }
    found = kind;
  }
  if (!found) {
    return error(node, "an entry needs count, empty, exists, each, before or unique");
  }
  const auto belongs = [&](std::string_view key) {
    return key == found->key || std::find(found->others.begin(), found->others.end(), key) != found->others.end();
  };
  for (const YamlMember& member : node.members) {
    if (!belongs(member.name)) {
      return config_error(m_file, member.line, fmt::format("{} does not go with {}", member.name, found->key));
    }
  }
  return *found;
}

}  // namespace

Result<Contract> parse_contract(std::string_view text, std::string_view file_name) {
  QSNAP_ASSIGN(const YamlNode root, parse_yaml(text, file_name));
  return ContractReader{file_name}.read(root);
}

}  // namespace qsnap::config
