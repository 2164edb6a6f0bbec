// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/config/rule_arguments.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::config {

namespace {

using Bound = Tolerance::Bound;

Error in_argument(std::string_view option, const Error& error) {
  return make_error(ErrorCode::usage, fmt::format("{}: {}", option, error.message));
}

Error argument_error(std::string_view option, std::string_view argument, std::string_view what) {
  return make_error(ErrorCode::usage, fmt::format("{} \"{}\": {}", option, argument, what));
}

/// "PATH=TOL" at its last '=', because conditions have one, too.
std::pair<std::string_view, std::string_view> parts_of(std::string_view argument) {
  const std::size_t at = argument.rfind('=');
  return at == std::string_view::npos ? std::pair{argument, std::string_view{}}
                                      : std::pair{argument.substr(0, at), argument.substr(at + 1)};
}

/// Takes the arguments into a config, one kind after the other.
class ArgumentReader {
 public:
  explicit ArgumentReader(Config config) : m_config(std::move(config)) {}

  Result<void> read_ignore(const std::vector<std::string>& arguments) {
    std::vector<PathPattern> rules;
    for (const std::string& argument : arguments) {
      auto pattern = PathPattern::parse(argument);
      if (!pattern) {
        return in_argument("--ignore", pattern.error());
      }
      std::erase_if(m_config.ignore, [&](const PathPattern& rule) { return rule.text() == argument; });
      rules.push_back(*std::move(pattern));
    }
    m_config.ignore.insert(m_config.ignore.begin(), rules.begin(), rules.end());
    return {};
  }

  Result<void> read_tolerance(const std::vector<std::string>& arguments) {
    std::vector<ToleranceRule> rules;
    for (const std::string& argument : arguments) {
      const auto [path, tolerance] = parts_of(argument);
      if (path == "durations" || path == "due" || path == "counts") {
        QSNAP_TRY(path == "counts" ? read_counts(argument, tolerance) : read_wait(path, argument, tolerance));
        continue;
      }
      if (path.size() == argument.size()) {
        return argument_error("--tolerance", argument, "it is written PATH=TOL: jobs.payload.price=1%");
      }
      auto rule = ToleranceRule::parse(path, tolerance);
      if (!rule) {
        return in_argument("--tolerance", rule.error());
      }
      std::erase_if(m_config.ignore, [path = path](const PathPattern& other) { return other.text() == path; });
      std::erase_if(m_config.tolerances,
                    [path = path](const ToleranceRule& other) { return other.path.text() == path; });
      rules.push_back(*std::move(rule));
    }
    m_config.tolerances.insert(m_config.tolerances.begin(), rules.begin(), rules.end());
    return {};
  }

  Result<void> read_order(const std::vector<std::string>& arguments) {
    for (const std::string& argument : arguments) {
      const auto [queue, word] = parts_of(argument);
      if (queue.empty() || (word != "free" && word != "strict")) {
        return argument_error("--order", argument, "it is written QUEUE=free or QUEUE=strict");
      }
      // A full id beats a bare name, so what speaks of the same queue has to go.
      std::erase_if(m_config.order, [queue = queue](const OrderRule& rule) {
        return rule.queue == queue || model::queue_matches(rule.queue, queue);
      });
      m_config.order.push_back({std::string{queue}, word == "free" ? QueueOrder::free : QueueOrder::strict});
    }
    return {};
  }

  Result<void> read_sample(const std::string& argument) {
    if (argument.empty()) {
      return {};
    }
    const auto size = parse_size(argument);
    if (!size) {
      return in_argument("--sample", size.error());
    }
    m_config.sample.payloads_over = *size;
    return {};
  }

  [[nodiscard]] Config take() { return std::move(m_config); }

 private:
  /// "5s" and "10%"; said twice, the larger of the two.
  Result<void> read_wait(std::string_view kind, std::string_view argument, std::string_view text) {
    const bool is_due = kind == "due";
    if (!std::exchange(is_due ? m_due_said : m_durations_said, true)) {
      (is_due ? m_config.due.emplace() : m_config.durations) = {std::chrono::milliseconds{0}, 0};
    }
    DurationTolerance& bounds = is_due ? *m_config.due : m_config.durations;
    if (const auto percent = percentage(text)) {
      bounds.percent = *percent;
      return {};
    }
    const auto duration = parse_duration(text);
    if (!duration) {
      return argument_error("--tolerance", argument, duration.error().message);
    }
    bounds.absolute = std::chrono::duration_cast<std::chrono::milliseconds>(*duration);
    return {};
  }

  Result<void> read_counts(std::string_view argument, std::string_view text) {
    const bool has_no_unit = text.find_first_not_of("0123456789.%") == std::string_view::npos;
    const auto tolerance = parse_tolerance(text);
    if (!tolerance || !has_no_unit) {
      return argument_error("--tolerance", argument, "a tolerance of counts is written 3 or 5%");
    }
    if (!std::exchange(m_counts_said, true)) {
      m_config.counts = {};
    }
    (tolerance->bound == Bound::percent ? m_config.counts.percent : m_config.counts.absolute) = tolerance->amount;
    return {};
  }

  static std::optional<double> percentage(std::string_view text) {
    constexpr double k_most_percent = 100;
    if (!text.ends_with('%')) {
      return std::nullopt;
    }
    text.remove_suffix(1);
    const auto value = parse_double(text);
    return value && *value >= 0 && *value <= k_most_percent ? value : std::nullopt;
  }

  Config m_config;
  bool m_durations_said = false;
  bool m_due_said = false;
  bool m_counts_said = false;
};

}  // namespace

Result<Config> with_arguments(Config config, const RuleArguments& arguments) {
  ArgumentReader reader{std::move(config)};
  QSNAP_TRY(reader.read_ignore(arguments.ignore));
  QSNAP_TRY(reader.read_tolerance(arguments.tolerance));
  QSNAP_TRY(reader.read_order(arguments.order));
  QSNAP_TRY(reader.read_sample(arguments.payloads_over));
  return reader.take();
}

}  // namespace qsnap::config
