// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <fuzz/fuzz_target.hpp>
#include <string>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>

namespace qsnap::codec {

namespace {

using fuzz::require;

constexpr std::array k_styles = {"json",    "json-py", "json-py-compact", "json-py-utf8", "json-php", "json-cjson",
                                 "json-go", "text",    "base64"};

void check_embedding(std::string_view bytes) {
  const Embedded embedded = embed(bytes);
  const auto back = unembed(embedded.json, embedded.enc);
  require(back.has_value(), "what was embedded can be unembedded");
  require(*back == bytes, "unembed(embed(x)) == x");
  const auto canonical = canonical_json(embedded.json);
  require(canonical && *canonical == embedded.json, "an embedded value is canonical");
}

void check_members(std::string_view canonical) {
  const auto members = object_members(canonical);
  require(members.has_value() == canonical.starts_with('{'), "objects alone have members");
  if (!members) {
    return;
  }
  std::string joined = "{";
  for (const model::Field& member : *members) {
    joined += joined.size() > 1 ? "," : "";
    append_json_string(joined, member.name);
    joined += ':';
    joined += member.json;
  }
  require(joined + "}" == canonical, "members put together are the object");
}

void check_elements(std::string_view canonical) {
  const auto elements = array_elements(canonical);
  require(elements.has_value() == canonical.starts_with('['), "arrays alone have elements");
  if (!elements) {
    return;
  }
  std::string joined = "[";
  for (const std::string& element : *elements) {
    joined += joined.size() > 1 ? "," : "";
    joined += element;
  }
  require(joined + "]" == canonical, "elements put together are the array");
}

void check_bytes(std::string_view canonical) {
  if (const auto bytes = json_to_bytes(canonical)) {
    require(json_bytes(*bytes) == canonical, "form B has one spelling");
  }
  if (const auto text = json_text(canonical)) {
    require(json_bytes(*text) == canonical, "a string has one spelling");
  }
}

void check_canonical(std::string_view text) {
  const auto canonical = canonical_json(text);
  const auto sorted = sorted_json(text);
  require(canonical.has_value() == sorted.has_value(), "what can be read can be sorted");
  if (!canonical) {
    return;
  }
  const auto again = canonical_json(*canonical);
  require(again && *again == *canonical, "canonical text stays as it is");
  const auto sorted_again = sorted_json(*sorted);
  require(sorted_again && *sorted_again == *sorted, "sorted text stays as it is");
  require(sorted->size() == canonical->size(), "sorting moves members, and loses none");
  check_members(*canonical);
  check_elements(*canonical);
  check_bytes(*canonical);
  for (const std::string_view style : k_styles) {
    if (const auto bytes = unembed(*canonical, style)) {
      check_embedding(*bytes);
    }
  }
  require(JsonPayloadReader{}.leaves(*canonical).has_value(), "canonical text has leaves");
}

}  // namespace

}  // namespace qsnap::codec

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = qsnap::fuzz::text_of(data, size);
  qsnap::codec::check_embedding(text);
  qsnap::codec::check_canonical(text);
  return 0;
}
