// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/keep_options.hpp>
#include <qsnap/store/history.hpp>

namespace qsnap::cli {

Result<std::vector<std::string>> distinct_words(std::string_view option, std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  words.erase(std::unique(words.begin(), words.end()), words.end());
  if (!words.empty() && words.front().empty()) {
    return make_error(ErrorCode::usage, fmt::format("{} must not be empty", option));
  }
  return words;
}

void add_keep_options(CLI::App* command, KeepOptions& options) {
  command->add_option("name", options.name, "checkout-flow, baselines/empty, history/2026-11-20 …")->required();
  command->add_option("-m,--description", options.description, "What this state is")->type_name("TEXT");
  command->add_option("--tag", options.tags, "A tag (can be repeated)")->type_name("TAG")->allow_extra_args(false);
  command->add_option("--prefix", options.prefixes, "Only keys that start so (can be repeated)")
      ->type_name("PREFIX")
      ->allow_extra_args(false);
  command->add_option("--queue", options.queues, "Only keys of this queue (can be repeated)")
      ->type_name("QUEUE")
      ->allow_extra_args(false);
  add_framework_option(command, options.frameworks);
  command->add_flag("--refresh", options.refresh, "Write even if the meaning is the same");
  command->add_flag("--allow-empty", options.allow_empty, "Keep an empty state on purpose");
}

void add_history_option(CLI::App* command, KeepOptions& options) {
  // A flag with a value of its own: NAME behind a bare --history would be taken for the series.
  command->add_flag("--history{history}", options.history, "A new dated capture [of this series: --history=prod]");
  command->get_option("name")->required(false);
}

Result<std::optional<std::string>> history_series(const KeepOptions& options) {
  constexpr std::string_view k_home = "history", k_folder = "history/";
  if (!options.history.empty() && !options.name.empty()) {
    return make_error(ErrorCode::usage, fmt::format("--history makes its own name, and {} is another", options.name));
  }
  if (options.history.empty() && options.name.empty()) {
    return make_error(ErrorCode::usage, "under which name?",
                      {"git qsnap save checkout-flow", "git qsnap save history/"});
  }
  std::string_view series = options.history;
  if (series.empty() && options.name.starts_with(k_folder) && options.name.ends_with('/')) {
    series = std::string_view{options.name}.substr(k_folder.size());
    series = series.empty() ? k_home : series.substr(0, series.size() - 1);
  }
  if (series.empty()) {
    return std::optional<std::string>{};
  }
  QSNAP_ASSIGN(std::string parsed, store::parse_series(series == k_home ? "" : series));
  return std::optional{std::move(parsed)};
}

Result<app::KeepRequest> keep_request(const KeepOptions& options) {
  QSNAP_ASSIGN(store::SnapshotName name, store::SnapshotName::parse(options.name));
  return keep_request(options, std::move(name));
}

Result<app::KeepRequest> keep_request(const KeepOptions& options, store::SnapshotName name) {
  model::Scope scope;
  QSNAP_ASSIGN(scope.prefixes, distinct_words("--prefix", options.prefixes));
  QSNAP_ASSIGN(scope.queues, distinct_words("--queue", options.queues));
  QSNAP_ASSIGN(scope.frameworks, app::forced_frameworks(options.frameworks));
  QSNAP_ASSIGN(std::vector<std::string> tags, distinct_words("--tag", options.tags));
  app::KeepRequest request{std::move(name), {}, options.description, {}, {}, {}};
  if (scope != model::Scope{}) {
    request.scope = std::move(scope);
  }
  if (!tags.empty()) {
    request.tags = std::move(tags);
  }
  request.empty = options.allow_empty ? app::EmptyRule::allow : app::EmptyRule::refuse;
  request.refresh = options.refresh ? app::RefreshRule::always_write : app::RefreshRule::keep_same_meaning;
  return request;
}

}  // namespace qsnap::cli
