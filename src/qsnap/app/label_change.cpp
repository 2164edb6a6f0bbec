// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/label_change.hpp>

namespace qsnap::app {

namespace {

bool contains(const std::vector<std::string>& tags, const std::string& tag) {
  return std::find(tags.begin(), tags.end(), tag) != tags.end();
}

}  // namespace

Result<LabelWords> changed_labels(LabelWords labels, const LabelChange& change, std::string_view name) {
  std::vector<std::string>& tags = labels.tags;
  for (const std::string& tag : change.removed_tags) {
    if (contains(change.added_tags, tag)) {
      return make_error(ErrorCode::usage, fmt::format("the tag \"{}\" is to be added and to be removed", tag));
    }
    if (!contains(tags, tag)) {
      return make_error(ErrorCode::not_found, fmt::format("{} has no tag \"{}\"", name, tag),
                        {tags.empty() ? "it has no tags" : fmt::format("it has: {}", fmt::join(tags, ", "))});
    }
    std::erase(tags, tag);
  }
  tags.insert(tags.end(), change.added_tags.begin(), change.added_tags.end());
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  labels.description = change.description.value_or(labels.description);
  return labels;
}

}  // namespace qsnap::app
