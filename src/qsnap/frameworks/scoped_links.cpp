// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/scoped_links.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::string_view k_refs = "refs";

/// The link itself where there is nothing to take out.
std::string without_outside_name(std::string link, const std::set<std::string>& queues) {
  const auto members = codec::object_members(link);
  const bool is_outside = members && std::any_of(members->begin(), members->end(), [&](const model::Field& member) {
                            return member.name == "queue" && !queues.contains(member.json);
                          });
  if (!is_outside) {
    return link;
  }
  JsonWriter json;
  json.begin_object();
  for (const model::Field& member : *members) {
    json.key(member.name).raw(member.name == "name" ? "null" : member.json);
  }
  return json.end_object().take();
}

}  // namespace

void forget_names_outside(model::Record& job, const std::set<std::string>& queues) {
  const auto refs = job.fields.find(k_refs);
  auto links = refs ? codec::array_elements(*refs) : Result<std::vector<std::string>>{std::vector<std::string>{}};
  if (!links || links->empty()) {
    return;
  }
  for (std::string& link : *links) {
    link = without_outside_name(std::move(link), queues);
  }
  job.fields.set(k_refs, fmt::format("[{}]", fmt::join(*links, ",")));
}

}  // namespace qsnap::frameworks
