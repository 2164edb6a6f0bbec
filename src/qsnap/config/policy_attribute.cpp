// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/config/policy_attribute.hpp>
#include <qsnap/model/record.hpp>

namespace qsnap::config {

Result<std::optional<MergePolicy>> parse_policy_attribute(const std::optional<std::string>& value) {
  if (!value) {
    return std::optional<MergePolicy>{};
  }
  const auto policy = parse_merge_policy(*value);
  if (!policy) {
    return make_error(ErrorCode::config, fmt::format("the attribute {}={} is no policy", k_policy_attribute, *value),
                      {merge_policy_words()});
  }
  return policy;
}

Result<Config> with_fallback(Config config, MergePolicy policy) {
  for (const model::Section section : model::k_sections) {
    QSNAP_ASSIGN(PathPattern whole, PathPattern::parse(to_text(section)));
    config.merge.push_back({std::move(whole), policy});
  }
  return config;
}

}  // namespace qsnap::config
