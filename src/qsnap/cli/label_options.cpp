// SPDX-License-Identifier: Apache-2.0
#include <qsnap/cli/label_options.hpp>

namespace qsnap::cli {

void add_label_options(CLI::App* command, LabelOptions& options) {
  command->add_option("--add", options.added, "A tag to add (can be repeated)")
      ->type_name("TAG")
      ->allow_extra_args(false);
  command->add_option("--remove", options.removed, "A tag to take away (can be repeated)")
      ->type_name("TAG")
      ->allow_extra_args(false);
  command->add_option("-m,--description", options.description, "Another description; '' for none")->type_name("TEXT");
}

Result<app::LabelChange> label_change(const LabelOptions& options) {
  app::LabelChange change;
  change.description = options.description;
  QSNAP_ASSIGN(change.added_tags, distinct_words("--add", options.added));
  QSNAP_ASSIGN(change.removed_tags, distinct_words("--remove", options.removed));
  return change;
}

}  // namespace qsnap::cli
