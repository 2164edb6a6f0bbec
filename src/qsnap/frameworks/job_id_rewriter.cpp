// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/job_id_rewriter.hpp>

namespace qsnap::frameworks {

namespace {

constexpr std::string_view k_ref_ids = "ref_ids";
/// Members that hold the id of a parent inside their JSON.
constexpr std::array<std::string_view, 2> k_of_parents = {"opts_parent", "parent"};

std::string text_of(const model::Fields& members, std::string_view name) {
  const auto json = members.find(name);
  return json ? codec::json_to_bytes(*json).value_or(std::string{}) : std::string{};
}

void rewrite_parent(model::Record& job, std::string_view old_id, std::string_view new_id) {
  const std::string old_json = json_bytes(old_id);
  for (const std::string_view member : k_of_parents) {
    std::string json{job.volatiles.find(member).value_or("")};
    if (const std::size_t at = json.find(old_json); at != std::string::npos) {
      job.volatiles.set(member, json.replace(at, old_json.size(), json_bytes(new_id)));
    }
  }
}

Result<void> rewrite_references(model::Record& job, std::string_view refs_json, const model::NewIds& ids) {
  QSNAP_ASSIGN(const auto links, codec::array_elements(refs_json));
  QSNAP_ASSIGN(std::vector<std::string> targets, codec::array_elements(job.volatiles.find(k_ref_ids).value_or("[]")));
  bool rewritten = false;
  for (std::size_t i = 0; i < std::min(links.size(), targets.size()); ++i) {
    QSNAP_ASSIGN(const auto members, codec::object_members(links[i]));
    std::string queue, role;
    for (const model::Field& member : members) {
      if (member.name == "queue" || member.name == "role") {
        (member.name == "queue" ? queue : role) = codec::json_to_bytes(member.json).value_or(std::string{});
      }
    }
    const std::string old_id = codec::json_to_bytes(targets[i]).value_or(std::string{});
    if (const auto new_id = ids.find(queue, old_id)) {
      targets[i] = json_bytes(*new_id);
      rewritten = true;
      if (role == "parent") {
        rewrite_parent(job, old_id, *new_id);
      }
    }
  }
  if (rewritten) {
    JsonWriter json;
    json.begin_array();
    for (const std::string& target : targets) {
      json.raw(target);
    }
    job.volatiles.set(k_ref_ids, json.end_array().take());
  }
  return {};
}

}  // namespace

Result<void> JobIdRewriter::rewrite(model::Record& job, const model::NewIds& ids) const {
  if (const auto new_id = ids.find(text_of(job.fields, "queue"), text_of(job.volatiles, "id"))) {
    job.volatiles.set("id", json_bytes(*new_id));
  }
  const auto refs = job.fields.find("refs");
  return refs ? rewrite_references(job, std::string{*refs}, ids) : Result<void>{};
}

}  // namespace qsnap::frameworks
