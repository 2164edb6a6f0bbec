// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/report/metrics_page.hpp>
#include <qsnap/report/prometheus_text.hpp>

namespace qsnap::report {

namespace {

using Metric = MetricsPage::Metric;

enum class Type : std::uint8_t { counter, seconds, gauge };

struct Family {
  Metric metric;
  std::string_view name;
  Type type;
  std::string_view label;  ///< with `reason` behind it in failures
  std::string_view help;
};

constexpr std::array k_families = {
    Family{Metric::commands_total, "qsnap_commands_total", Type::counter, "command", "Commands that were run."},
    Family{Metric::command_seconds_total, "qsnap_command_seconds_total", Type::seconds, "command",
           "How long commands took, together."},
    Family{Metric::failures_total, "qsnap_failures_total", Type::counter, "command",
           "Commands that did not end with 0."},
    Family{Metric::captures_total, "qsnap_captures_total", Type::counter, "command", "States that were captured."},
    Family{Metric::captured_jobs_total, "qsnap_captured_jobs_total", Type::counter, "command",
           "Jobs in the last capture of each command."},
    Family{Metric::assertions_total, "qsnap_assertions_total", Type::counter, "result",
           "Assertions about snapshots, by what came of them."},
    Family{Metric::invariants_total, "qsnap_invariants_total", Type::counter, "result",
           "Invariants of contracts that were checked."},
    Family{Metric::updates_total, "qsnap_updates_total", Type::counter, "kind",
           "Snapshots that were written into the work tree."},
    Family{Metric::pending_total, "qsnap_pending_total", Type::counter, "kind", "States that became pending."},
    Family{Metric::diffs_total, "qsnap_diffs_total", Type::counter, "result", "Snapshots that were compared."},
    Family{Metric::loads_total, "qsnap_loads_total", Type::counter, "command", "States that were put into a Redis."},
    Family{Metric::loaded_jobs_total, "qsnap_loaded_jobs_total", Type::counter, "command", "Jobs in those."},
    Family{Metric::snapshot_bytes, "qsnap_snapshot_bytes", Type::gauge, "snapshot",
           "Size of the state as a file, when it was captured last."},
    Family{Metric::snapshot_jobs, "qsnap_snapshot_jobs", Type::gauge, "snapshot",
           "Jobs in the state, when it was captured last."},
};

constexpr std::string_view k_reason_label = "reason";

const Family& family_of(Metric metric) {
  return k_families[static_cast<std::size_t>(metric)];
}

std::string label(std::string_view name, std::string_view text) {
  return fmt::format("{}=\"{}\"", name, label_text(text, Percent::plain));
}

std::string_view type_word(Type type) {
  return type == Type::gauge ? "gauge" : "counter";
}

std::string head_of(const Family& family) {
  return fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", family.name, family.help, type_word(family.type));
}

/// Takes `name="text"`, as label() writes it, from the front.
bool take_label(std::string_view& text, std::string_view name) {
  const std::string front = fmt::format("{}=\"", name);
  if (!text.starts_with(front)) {
    return false;
  }
  for (std::size_t at = front.size(); at < text.size(); ++at) {
    if (text[at] == '"') {
      text.remove_prefix(at + 1);
      return true;
    }
    at += text[at] == '\\' ? 1U : 0U;
  }
  return false;
}

/// Whether all of the text is the labels of the family.
bool are_labels(std::string_view text, const Family& family) {
  if (!take_label(text, family.label)) {
    return false;
  }
  if (family.metric != Metric::failures_total) {
    return text.empty();
  }
  return text.starts_with(',') && (text.remove_prefix(1), take_label(text, k_reason_label)) && text.empty();
}

std::optional<std::uint64_t> parse_value(std::string_view text, Type type) {
  constexpr std::int64_t k_most = 1'000'000'000'000'000;  // a double of Prometheus is still exact there
  std::string digits{text};
  if (type == Type::seconds) {
    constexpr std::size_t k_decimals = 3;
    if (digits.size() < k_decimals + 2 || digits[digits.size() - k_decimals - 1] != '.') {
      return std::nullopt;
    }
    digits.erase(digits.size() - k_decimals - 1, 1);
    digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size() - 1));
  }
  const auto value = parse_integer(digits);
  return value && *value >= 0 && *value <= k_most ? std::optional{static_cast<std::uint64_t>(*value)} : std::nullopt;
}

/// One line of a family.
struct Sample {
  std::string labels;
  std::uint64_t value = 0;
};

/// Absent for a line that text() would not write.
std::optional<Sample> parse_sample(std::string_view line, const Family& family) {
  const std::string front = fmt::format("{}{{", family.name);
  const std::size_t behind = line.rfind("} ");
  if (!line.starts_with(front) || behind == std::string_view::npos || behind < front.size()) {
    return std::nullopt;
  }
  const std::string_view labels = line.substr(front.size(), behind - front.size());
  const auto value = parse_value(line.substr(behind + 2), family.type);
  return value && are_labels(labels, family) ? std::optional{Sample{std::string{labels}, *value}} : std::nullopt;
}

/// The family that the text goes on with.
const Family* find_head(std::string_view text) {
  const auto* const found = std::find_if(k_families.begin(), k_families.end(), [&](const Family& family) {
    return text.starts_with('#') && text.starts_with(head_of(family));
  });
  return found == k_families.end() ? nullptr : found;
}

}  // namespace

void MetricsPage::put(Metric metric, std::string labels, std::uint64_t value) {
  const Type type = family_of(metric).type;
  if (value == 0 && type != Type::gauge) {
    return;
  }
  std::uint64_t& series = m_metrics[metric][std::move(labels)];
  series = type == Type::gauge ? value : series + value;
}

void MetricsPage::note(Metric metric, std::string_view text, std::uint64_t value) {
  put(metric, label(family_of(metric).label, text), value);
}

void MetricsPage::note_failure(std::string_view command, std::string_view reason) {
  const Family& family = family_of(Metric::failures_total);
  put(family.metric, fmt::format("{},{}", label(family.label, command), label(k_reason_label, reason)), 1);
}

void MetricsPage::add(const MetricsPage& other) {
  for (const auto& [metric, series] : other.m_metrics) {
    for (const auto& [labels, value] : series) {
      put(metric, labels, value);
    }
  }
}

std::string MetricsPage::text() const {
  std::string page;
  for (const auto& [metric, series] : m_metrics) {
    const Family& family = family_of(metric);
    page += head_of(family);
    for (const auto& [labels, value] : series) {
      page += fmt::format(
          "{}{{{}}} {}\n", family.name, labels,
          family.type == Type::seconds ? seconds(static_cast<std::int64_t>(value)) : fmt::format("{}", value));
    }
  }
  return page;
}

Result<MetricsPage> MetricsPage::parse(std::string_view text) {
  MetricsPage page;
  const Family* family = nullptr;
  while (!text.empty()) {
    if (const Family* next = find_head(text); next != nullptr && !page.m_metrics.contains(next->metric)) {
      family = next;
      text.remove_prefix(head_of(*next).size());
      continue;
    }
    const std::size_t end = text.find('\n');
    auto sample =
        family == nullptr || end == std::string_view::npos ? std::nullopt : parse_sample(text.substr(0, end), *family);
    if (!sample || !page.m_metrics[family->metric].emplace(std::move(sample->labels), sample->value).second) {
      return make_error(ErrorCode::refused, "it holds what git qsnap does not write as metrics");
    }
    text.remove_prefix(end + 1);
  }
  return page;
}

}  // namespace qsnap::report
