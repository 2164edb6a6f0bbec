// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/rule_options.hpp>

namespace qsnap::cli {

void add_rule_options(CLI::App* command, RuleOptions& options) {
  auto* group = command->add_option_group("Rules", "Beside those of config.yaml, and before them");
  group->add_option("--ignore", options.ignore, "Differences that do not matter, by path (can be repeated)")
      ->type_name("PATH")
      ->allow_extra_args(false);
  group->add_option("--tolerance", options.tolerance, "How far a value may be off: jobs.payload.price=1%, durations=5s")
      ->type_name("PATH=TOL")
      ->allow_extra_args(false);
  group->add_option("--order", options.order, "Whether the order of a queue's jobs counts (can be repeated)")
      ->type_name("QUEUE=free|strict")
      ->allow_extra_args(false);
  group->add_option("--sample", options.sample, "Payloads above are told by their sizes and first difference (1MiB)")
      ->type_name("SIZE");
  group->add_flag("--strict", options.strict, "A rule that matched nothing is an error");
  group->add_flag("--show-ignored", options.show_ignored, "List what rules and defaults left out");
}

app::RuleChoice rule_choice(const RuleOptions& options) {
  return {{options.ignore, options.tolerance, options.order, options.sample},
          options.show_ignored ? diff::IgnoredListing::listed : diff::IgnoredListing::counted};
}

}  // namespace qsnap::cli
