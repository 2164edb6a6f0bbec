// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/forced_frameworks.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/keep_options.hpp>

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

Result<app::KeepRequest> keep_request(const KeepOptions& options) {
  model::Scope scope;
  QSNAP_ASSIGN(scope.prefixes, distinct_words("--prefix", options.prefixes));
  QSNAP_ASSIGN(scope.queues, distinct_words("--queue", options.queues));
  QSNAP_ASSIGN(scope.frameworks, app::forced_frameworks(options.frameworks));
  QSNAP_ASSIGN(std::vector<std::string> tags, distinct_words("--tag", options.tags));
  QSNAP_ASSIGN(store::SnapshotName name, store::SnapshotName::parse(options.name));
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
