// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/json_split.hpp>
#include <qsnap/frameworks/sidekiq/cron.hpp>

namespace qsnap::frameworks::sidekiq {

namespace {

using model::Field;
using model::Record;

/// Hash fields with a member of their own, in form B. Others are in "fields" under their own name.
struct Mapping {
  std::string_view hash_field;
  std::string_view member;
  bool noise;
};
constexpr std::array<Mapping, 5> k_mappings = {{
    {"cron", "cron", false},
    {"description", "description", false},
    {"klass", "name", false},
    {"last_enqueue_time", "last_enqueue_time", true},
    {"status", "status", false},
}};
constexpr std::string_view k_args_field = "args";

Error unreadable(std::string_view member) {
  return make_error(ErrorCode::corrupt, fmt::format("the member {} of a sidekiq-cron schedule cannot be read", member));
}

bool place_field(Record& record, std::string_view name, std::string_view value) {
  if (name == k_args_field) {
    codec::Embedded args = codec::embed(value);
    record.fields.set("payload", std::move(args.json));
    record.fields.set("enc", json_string(args.enc));
    return true;
  }
  const auto at = std::find_if(k_mappings.begin(), k_mappings.end(),
                               [&](const Mapping& mapping) { return mapping.hash_field == name; });
  if (at == k_mappings.end()) {
    return false;
  }
  (at->noise ? record.volatiles : record.fields).set(at->member, json_bytes(value));
  return true;
}

/// Sorted by field name, as a hash's items are.
using Hash = std::map<std::string, std::string, std::less<>>;

Result<void> read_mapped(const Record& record, Hash& hash) {
  for (const Mapping& mapping : k_mappings) {
    const auto json = (mapping.noise ? record.volatiles : record.fields).find(mapping.member);
    if (!json) {
      continue;
    }
    auto value = codec::json_to_bytes(*json);
    if (!value) {
      return unreadable(mapping.member);
    }
    hash.insert_or_assign(std::string{mapping.hash_field}, *std::move(value));
  }
  return {};
}

Result<void> read_args(const Record& record, Hash& hash) {
  const auto payload = record.fields.find("payload");
  if (!payload) {
    return {};
  }
  const auto style = codec::json_text(record.fields.find("enc").value_or(R"("json")"));
  if (!style) {
    return unreadable("enc");
  }
  QSNAP_ASSIGN(std::string args, codec::unembed(*payload, *style));
  hash.insert_or_assign(std::string{k_args_field}, std::move(args));
  return {};
}

Result<void> read_others(const Record& record, Hash& hash) {
  const auto json = record.fields.find("fields");
  if (!json) {
    return {};
  }
  QSNAP_ASSIGN(std::vector<Field> others, codec::object_members(*json));
  for (Field& other : others) {
    auto value = codec::json_to_bytes(other.json);
    if (!value) {
      return unreadable("fields");
    }
    hash.insert_or_assign(std::move(other.name), *std::move(value));
  }
  return {};
}

}  // namespace

std::optional<Record> cron_record(std::string_view framework, std::string_view id, const model::ItemBlock& hash) {
  Record record{model::Section::config, {}, {}};
  record.fields.set("kind", R"("cron")");
  record.fields.set("framework", json_bytes(framework));
  record.fields.set("id", json_bytes(id));
  std::vector<Field> others;
  for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
    if (!is_utf8(hash[i])) {
      return std::nullopt;
    }
    if (!place_field(record, hash[i], hash[i + 1])) {
      others.push_back({std::string{hash[i]}, json_bytes(hash[i + 1])});
    }
  }
  if (!others.empty()) {
    record.fields.set("fields", object_text(others));
  }
  return record;
}

Result<model::ItemBlock> cron_hash(const Record& record) {
  Hash hash;
  QSNAP_TRY(read_others(record, hash));
  QSNAP_TRY(read_mapped(record, hash));
  QSNAP_TRY(read_args(record, hash));
  model::ItemBlock items;
  for (const auto& [field, value] : hash) {
    items.push(field);
    items.push(value);
  }
  return items;
}

}  // namespace qsnap::frameworks::sidekiq
