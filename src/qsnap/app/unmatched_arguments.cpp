// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include <qsnap/app/unmatched_arguments.hpp>

namespace qsnap::app {

namespace {

/// "jobs.payload.price=1%" as the rule that it becomes: "jobs.payload.price: 1%". A path may have '=' in it, too.
std::string rule_text(const std::string& argument) {
  const std::size_t at = argument.rfind('=');
  return at == std::string::npos ? argument : fmt::format("{}: {}", argument.substr(0, at), argument.substr(at + 1));
}

}  // namespace

std::vector<std::string> unmatched_arguments(const config::RuleArguments& arguments, const diff::Changes& changes) {
  std::set<std::string> given{arguments.ignore.begin(), arguments.ignore.end()};
  for (const std::string& argument : arguments.tolerance) {
    given.insert(rule_text(argument));
  }
  for (const std::string& argument : arguments.order) {
    given.insert(fmt::format("order.{}", rule_text(argument)));
  }
  std::vector<std::string> unmatched;
  std::copy_if(changes.unmatched_rules.begin(), changes.unmatched_rules.end(), std::back_inserter(unmatched),
               [&](const std::string& rule) { return given.contains(rule); });
  return unmatched;
}

}  // namespace qsnap::app
