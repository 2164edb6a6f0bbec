// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/bullmq/settings.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks::bullmq {

std::string_view version_of(const model::ItemBlock& meta) {
  const std::string_view version = find_field(meta, "version").value_or(std::string_view{});
  return version.starts_with(k_version_prefix) ? version.substr(k_version_prefix.size()) : std::string_view{};
}

void describe_meta(const model::ItemBlock& hash, model::Record& record) {
  JsonWriter rest;
  rest.begin_object();
  bool has_rest = false;
  for (std::size_t i = 0; i + 1 < hash.size(); i += 2) {
    if (hash[i] == "version" && hash[i + 1].starts_with(k_version_prefix)) {
      record.fields.set("version", json_bytes(version_of(hash)));
    } else if (hash[i] == "paused" && hash[i + 1] == "1") {
      record.fields.set("paused", "true");
    } else {
      rest.key(hash[i]).bytes(hash[i + 1]);
      has_rest = true;
    }
  }
  if (has_rest) {
    record.fields.set("meta", rest.end_object().take());
  }
}

Result<model::ItemBlock> meta_hash(const model::Record& record) {
  HashBuilder hash;
  QSNAP_ASSIGN(const auto version, bytes_member(record.fields, "version"));
  if (version) {
    hash.add("version", fmt::format("{}{}", k_version_prefix, *version));
  }
  if (record.fields.find("paused") == "true") {
    hash.add("paused", "1");
  }
  if (const auto rest = record.fields.find("meta")) {
    QSNAP_ASSIGN(const auto members, codec::object_members(*rest));
    for (const model::Field& member : members) {
      auto value = codec::json_to_bytes(member.json);
      if (!value) {
        return make_error(ErrorCode::corrupt, fmt::format("setting {} of a queue record is no text", member.name));
      }
      hash.add(member.name, *std::move(value));
    }
  }
  return hash.take();
}

}  // namespace qsnap::frameworks::bullmq
