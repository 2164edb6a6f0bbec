// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/config/nearest_word.hpp>
#include <qsnap/config/store_sections.hpp>
#include <qsnap/config/yaml_tree.hpp>
#include <qsnap/config/yaml_values.hpp>

namespace qsnap::config {

namespace {

constexpr std::string_view k_default = "default";
constexpr double k_longest_seconds = 366.0 * 24 * 3600;
constexpr double k_most_percent = 100;
constexpr std::array k_merge_policies = {MergePolicy::ours, MergePolicy::theirs, MergePolicy::base,
                                         MergePolicy::max,  MergePolicy::min,    MergePolicy::newest,
                                         MergePolicy::sum,  MergePolicy::union_, MergePolicy::concat};

/// Turns the tree into a Config, key by key. Every error names the line.
class Loader {
 public:
  explicit Loader(std::string_view file_name) : m_file(file_name) {}

  Result<Config> load(const YamlNode& root) {
    QSNAP_TRY(read_members(root, "the file",
                           std::array{
                               Reader{"version", &Loader::read_version},
                               Reader{"capture", &Loader::read_capture},
                               Reader{"ignore", &Loader::read_ignore},
                               Reader{"tolerance", &Loader::read_tolerance},
                               Reader{"order", &Loader::read_order},
                               Reader{"sample", &Loader::read_sample},
                               Reader{"redact", &Loader::read_redact},
                               Reader{"scan", &Loader::read_scan},
                               Reader{"assert", &Loader::read_assert},
                               Reader{"merge", &Loader::read_merge},
                               Reader{"sets", &Loader::read_sets},
                               Reader{"keep", &Loader::read_keep},
                               Reader{"history", &Loader::read_history},
                               Reader{"lfs", &Loader::read_lfs},
                           }));
    if (!m_has_version) {
      return error(root.line, "version is missing; the first line should be \"version: 1\"");
    }
    return std::move(m_config);
  }

 private:
  /// One key of a map and who reads its value.
  struct Reader {
    std::string_view name;
    Result<void> (Loader::*read)(const YamlMember&);
  };

  [[nodiscard]] Error error(int line, std::string_view what) const { return config_error(m_file, line, what); }

  Result<void> read_members(const YamlNode& node, std::string_view what, std::span<const Reader> readers) {
    if (node.kind == YamlNode::Kind::null) {
      return {};
    }
    if (node.kind != YamlNode::Kind::map) {
      return error(node.line, fmt::format("{} must hold keys with values", what));
    }
    for (const YamlMember& member : node.members) {
      const auto reader = std::find_if(readers.begin(), readers.end(),
                                       [&](const Reader& candidate) { return candidate.name == member.name; });
      if (reader == readers.end()) {
        return unknown_key(member, readers);
      }
      QSNAP_TRY(std::invoke(reader->read, *this, member));
    }
    return {};
  }

  [[nodiscard]] Error unknown_key(const YamlMember& member, std::span<const Reader> readers) const {
    std::vector<std::string_view> known;
    for (const Reader& reader : readers) {
      known.push_back(reader.name);
    }
    return error(member.line, fmt::format("unknown key \"{}\"{}", member.name, did_you_mean(member.name, known)));
  }

  Result<void> read_version(const YamlMember& member) {
    const YamlNode& value = member.value;
    if (value.kind != YamlNode::Kind::scalar || value.quoted || !parse_integer(value.scalar)) {
      return error(value.line, "version must be a number");
    }
    if (value.scalar != "1") {
      return error(value.line, fmt::format("version {} is not understood; this program reads version 1", value.scalar));
    }
    m_has_version = true;
    return {};
  }

  Result<void> read_capture(const YamlMember& member) {
    return read_members(member.value, "capture",
                        std::array{
                            Reader{"prefixes", &Loader::read_prefixes},
                            Reader{"queues", &Loader::read_queues},
                            Reader{"consistency", &Loader::read_consistency},
                        });
  }
  Result<void> read_prefixes(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.capture.prefixes, texts(member));
    return {};
  }
  Result<void> read_queues(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.capture.queues, texts(member));
    return {};
  }

  Result<void> read_consistency(const YamlMember& member) {
    constexpr std::array<std::string_view, 5> k_words = {"auto", "freeze", "fork", "rounds", "none"};
    const std::string& word = member.value.scalar;
    if (member.value.kind != YamlNode::Kind::scalar ||
        std::find(k_words.begin(), k_words.end(), word) == k_words.end()) {
      return error(member.value.line, fmt::format("consistency must be {}", fmt::join(k_words, ", ")));
    }
    m_config.capture.consistency = word;
    return {};
  }

  Result<void> read_ignore(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.ignore, patterns(member));
    return {};
  }

  Result<void> read_tolerance(const YamlMember& member) {
    return read_members(member.value, "tolerance",
                        std::array{
                            Reader{"durations", &Loader::read_durations},
                            Reader{"due", &Loader::read_due},
                            Reader{"counts", &Loader::read_counts},
                            Reader{"fields", &Loader::read_tolerances},
                        });
  }
  Result<void> read_durations(const YamlMember& member) {
    return read_members(member.value, "durations",
                        std::array{Reader{"seconds", &Loader::read_seconds}, Reader{"percent", &Loader::read_percent}});
  }
  Result<void> read_seconds(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.durations.absolute, seconds(member));
    return {};
  }
  Result<void> read_percent(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.durations.percent, number(member, k_most_percent));
    return {};
  }

  /// What is not said is zero. An empty section is none.
  Result<void> read_due(const YamlMember& member) {
    if (member.value.empty()) {
      return {};
    }
    m_config.due = DurationTolerance{std::chrono::milliseconds{0}, 0};
    return read_members(
        member.value, "due",
        std::array{Reader{"seconds", &Loader::read_due_seconds}, Reader{"percent", &Loader::read_due_percent}});
  }
  Result<void> read_due_seconds(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.due->absolute, seconds(member));
    return {};
  }
  Result<void> read_due_percent(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.due->percent, number(member, k_most_percent));
    return {};
  }

  Result<void> read_counts(const YamlMember& member) {
    return read_members(member.value, "counts",
                        std::array{Reader{"absolute", &Loader::read_count}, Reader{"percent", &Loader::read_count}});
  }
  Result<void> read_count(const YamlMember& member) {
    constexpr double k_most_jobs = 1e9;
    const bool is_percent = member.name == "percent";
    QSNAP_TRY(number(member, is_percent ? k_most_percent : k_most_jobs));
    const auto exact = Decimal::parse(member.value.scalar);
    if (!exact) {
      return error(member.value.line, fmt::format("{} must be a decimal number", member.name));
    }
    (is_percent ? m_config.counts.percent : m_config.counts.absolute) = *exact;
    return {};
  }

  Result<void> read_tolerances(const YamlMember& member) {
    if (member.value.kind != YamlNode::Kind::map && !member.value.empty()) {
      return error(member.value.line, "fields must hold paths with how far they may be off");
    }
    if (member.value.members.size() > k_most_rules) {
      return error(member.line, fmt::format("fields has more than {} paths", k_most_rules));
    }
    for (const YamlMember& rule : member.value.members) {
      auto tolerance = ToleranceRule::parse(rule.name, rule.value.scalar);
      if (!tolerance) {
        return error(rule.line, tolerance.error().message);
      }
      m_config.tolerances.push_back(*std::move(tolerance));
    }
    return {};
  }

  Result<void> read_sample(const YamlMember& member) {
    return read_members(member.value, "sample", std::array{Reader{"payloads_over", &Loader::read_payloads_over}});
  }
  Result<void> read_payloads_over(const YamlMember& member) {
    const auto size = parse_size(member.value.scalar);
    if (!size) {
      return error(member.value.line, fmt::format("{}: {}", member.name, size.error().message));
    }
    m_config.sample.payloads_over = *size;
    return {};
  }

  Result<void> read_order(const YamlMember& member) {
    if (member.value.kind != YamlNode::Kind::map && !member.value.empty()) {
      return error(member.value.line, "order must hold queues with strict or free");
    }
    if (member.value.members.size() > k_most_rules) {
      return error(member.line, fmt::format("order has more than {} queues", k_most_rules));
    }
    for (const YamlMember& rule : member.value.members) {
      const std::string& word = rule.value.scalar;
      if (word != "strict" && word != "free") {
        return error(rule.value.line, fmt::format("the order of queue \"{}\" must be strict or free", rule.name));
      }
      m_config.order.push_back({rule.name, word == "free" ? QueueOrder::free : QueueOrder::strict});
    }
    return {};
  }

  Result<void> read_merge(const YamlMember& member) {
    if (member.value.kind != YamlNode::Kind::map && !member.value.empty()) {
      return error(member.value.line, "merge must hold paths with what decides");
    }
    if (member.value.members.size() > k_most_rules) {
      return error(member.line, fmt::format("merge has more than {} paths", k_most_rules));
    }
    for (const YamlMember& rule : member.value.members) {
      auto path = PathPattern::parse(rule.name);
      if (!path) {
        return error(rule.line, path.error().message);
      }
      const auto policy =
          rule.value.kind == YamlNode::Kind::scalar ? parse_merge_policy(rule.value.scalar) : std::nullopt;
      if (!policy) {
        return error(rule.value.line, fmt::format("what decides on {} must be {}", rule.name, merge_policy_words()));
      }
      m_config.merge.push_back({*std::move(path), *policy});
    }
    return {};
  }

  /// An empty section is none: whoever wants the defaults says so.
  Result<void> read_redact(const YamlMember& member) {
    if (member.value.empty()) {
      return {};
    }
    m_config.redaction.emplace();
    return read_members(member.value, "redact",
                        std::array{
                            Reader{"names", &Loader::read_secret_names},
                            Reader{"values", &Loader::read_shapes},
                            Reader{"paths", &Loader::read_secret_paths},
                            Reader{"strict", &Loader::read_strict},
                        });
  }

  Result<void> read_secret_names(const YamlMember& member) {
    QSNAP_ASSIGN(const std::vector<std::string> names, texts_or_default(member));
    m_config.redaction->rules.names.clear();
    for (const std::string& name : names) {
      if (name == k_default) {
        const auto known = model::default_secret_names();
        m_config.redaction->rules.names.insert(m_config.redaction->rules.names.end(), known.begin(), known.end());
      } else {
        m_config.redaction->rules.names.push_back(name);
      }
    }
    return {};
  }

  Result<void> read_shapes(const YamlMember& member) {
    QSNAP_ASSIGN(const std::vector<std::string> words, texts_or_default(member));
    std::vector<model::Shape>& shapes = m_config.redaction->rules.shapes;
    shapes.clear();
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto shape = model::parse_shape(words[i]);
      if (words[i] == k_default) {
        shapes.insert(shapes.end(), model::k_shapes.begin(), model::k_shapes.end());
      } else if (shape) {
        shapes.push_back(*shape);
      } else {
        std::vector<std::string_view> known{k_default};
        std::transform(model::k_shapes.begin(), model::k_shapes.end(), std::back_inserter(known),
                       [](model::Shape each) { return model::to_text(each); });
        return error(line_of(member, i),
                     fmt::format("unknown value \"{}\"; known are {}", words[i], fmt::join(known, ", ")));
      }
    }
    return {};
  }

  Result<void> read_secret_paths(const YamlMember& member) {
    QSNAP_ASSIGN(const std::vector<std::string> patterns, texts(member));
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      auto pattern = PathPattern::parse(patterns[i]);
      if (!pattern) {
        return error(line_of(member, i), pattern.error().message);
      }
      if (const auto first = pattern->first_name(); first && model::member_kind(*first) != model::MemberKind::value) {
        return error(line_of(member, i), fmt::format("{} is what records are known by and loaded with; redact what "
                                                     "looks like a secret in it with values:",
                                                     *first));
      }
      m_config.redaction->paths.push_back(*std::move(pattern));
    }
    return {};
  }

  Result<void> read_strict(const YamlMember& member) {
    const std::string& word = member.value.scalar;
    if (member.value.kind != YamlNode::Kind::scalar || member.value.quoted || (word != "true" && word != "false")) {
      return error(member.value.line, "strict must be true or false");
    }
    m_config.redaction->rules.opaque = word == "true" ? model::OpaquePayload::refuse : model::OpaquePayload::keep;
    return {};
  }

  Result<void> read_scan(const YamlMember& member) {
    return read_members(member.value, "scan",
                        std::array{Reader{"secrets", &Loader::read_secrets}, Reader{"allow", &Loader::read_allow}});
  }

  Result<void> read_secrets(const YamlMember& member) {
    const std::string& word = member.value.scalar;
    if (member.value.kind != YamlNode::Kind::scalar || (word != "refuse" && word != "warn" && word != "ignore")) {
      return error(member.value.line, "secrets must be refuse, warn or ignore");
    }
    m_config.scan.secrets = word == "refuse" ? SecretRule::refuse
                            : word == "warn" ? SecretRule::warn
                                             : SecretRule::ignore;
    return {};
  }

  Result<void> read_allow(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.scan.allow, patterns(member));
    return {};
  }

  Result<void> read_assert(const YamlMember& member) {
    return read_members(member.value, "assert",
                        std::array{Reader{"update", &Loader::read_update}, Reader{"max_size", &Loader::read_max_size}});
  }

  Result<void> read_update(const YamlMember& member) {
    m_config.assertion.update = parse_update_mode(member.value.scalar);
    if (member.value.kind != YamlNode::Kind::scalar || !m_config.assertion.update) {
      return error(member.value.line, "update must be pending, new, all or none");
    }
    return {};
  }

  Result<void> read_max_size(const YamlMember& member) {
    const auto size = parse_size(member.value.scalar);
    if (!size) {
      return error(member.value.line, fmt::format("{}: {}", member.name, size.error().message));
    }
    m_config.assertion.max_size_bytes = *size;
    return {};
  }

  Result<void> read_sets(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.sets, config::read_sets(m_file, member));
    return {};
  }
  Result<void> read_keep(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.keep, config::read_keep(m_file, member));
    return {};
  }
  Result<void> read_history(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.history, config::read_history(m_file, member));
    return {};
  }
  Result<void> read_lfs(const YamlMember& member) {
    QSNAP_ASSIGN(m_config.lfs, config::read_lfs(m_file, member));
    return {};
  }

  Result<std::vector<PathPattern>> patterns(const YamlMember& member) {
    QSNAP_ASSIGN(const std::vector<std::string> written, texts(member));
    std::vector<PathPattern> patterns;
    for (std::size_t i = 0; i < written.size(); ++i) {
      auto pattern = PathPattern::parse(written[i]);
      if (!pattern) {
        return error(line_of(member, i), pattern.error().message);
      }
      patterns.push_back(*std::move(pattern));
    }
    return patterns;
  }

  /// A list of texts, or the one word "default".
  Result<std::vector<std::string>> texts_or_default(const YamlMember& member) {
    const bool word = member.value.kind == YamlNode::Kind::scalar && member.value.scalar == k_default;
    return word ? Result<std::vector<std::string>>{std::vector{std::string{k_default}}} : texts(member);
  }

  [[nodiscard]] static int line_of(const YamlMember& list, std::size_t item) {
    return item < list.value.items.size() ? list.value.items[item].line : list.value.line;
  }

  Result<std::vector<std::string>> texts(const YamlMember& member) const { return read_texts(m_file, member); }

  Result<std::chrono::milliseconds> seconds(const YamlMember& member) {
    QSNAP_ASSIGN(const double value, number(member, k_longest_seconds));
    return std::chrono::milliseconds{std::llround(value * 1000)};
  }

  Result<double> number(const YamlMember& member, double most) {
    const auto value = parse_double(member.value.scalar);
    if (member.value.kind != YamlNode::Kind::scalar || member.value.quoted || !value || *value < 0 || *value > most) {
      return error(member.value.line, fmt::format("{} must be a number from 0 to {}", member.name, most));
    }
    return *value;
  }

  std::string_view m_file;
  Config m_config;
  bool m_has_version = false;
};

}  // namespace

std::optional<MergePolicy> parse_merge_policy(std::string_view text) {
  const auto* const policy = std::find_if(k_merge_policies.begin(), k_merge_policies.end(),
                                          [&](MergePolicy known) { return to_text(known) == text; });
  return policy != k_merge_policies.end() ? std::optional{*policy} : std::nullopt;
}

std::string merge_policy_words() {
  std::vector<std::string_view> words;
  std::transform(k_merge_policies.begin(), k_merge_policies.end(), std::back_inserter(words),
                 [](MergePolicy each) { return to_text(each); });
  return fmt::format("{}", fmt::join(words, ", "));
}

std::string_view to_text(MergePolicy policy) {
  switch (policy) {
    case MergePolicy::ours:
      return "ours";
    case MergePolicy::theirs:
      return "theirs";
    case MergePolicy::base:
      return "base";
    case MergePolicy::max:
      return "max";
    case MergePolicy::min:
      return "min";
    case MergePolicy::newest:
      return "newest";
    case MergePolicy::sum:
      return "sum";
    case MergePolicy::union_:
      return "union";
    case MergePolicy::concat:
      return "concat";
  }
  return "";
}

Result<Config> parse_config(std::string_view text, std::string_view file_name) {
  QSNAP_ASSIGN(const YamlNode root, parse_yaml(text, file_name));
  return Loader{file_name}.load(root);
}

}  // namespace qsnap::config
