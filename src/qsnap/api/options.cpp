// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/api/options.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>

namespace qsnap::api {

namespace {

constexpr std::chrono::milliseconds k_most_time = std::chrono::hours{24};

Error wrong_type(std::string_view name, std::string_view expected) {
  return make_error(ErrorCode::usage, fmt::format("option \"{}\" is not {}", name, expected));
}

}  // namespace

Result<Options> Options::parse(std::string_view json) {
  if (json.empty()) {
    return Options{{}};
  }
  if (json.size() > limits::k_config_bytes) {
    return make_error(ErrorCode::usage,
                      fmt::format("options of {} bytes; at most {} are read", json.size(), limits::k_config_bytes));
  }
  auto members = codec::object_members(json);
  if (!members) {
    return make_error(ErrorCode::usage, fmt::format("options are not a JSON object: {}", members.error().message));
  }
  return Options{*std::move(members)};
}

std::optional<std::string> Options::take(std::string_view name) {
  const auto at =
      std::find_if(m_members.begin(), m_members.end(), [&](const model::Field& member) { return member.name == name; });
  if (at == m_members.end()) {
    return std::nullopt;
  }
  std::string json = std::move(at->json);
  m_members.erase(at);
  return json == "null" ? std::nullopt : std::optional{std::move(json)};
}

Result<std::optional<std::string>> Options::text(std::string_view name) {
  const std::optional<std::string> json = take(name);
  if (!json) {
    return std::optional<std::string>{};
  }
  std::optional<std::string> text = codec::json_text(*json);
  if (!text || text->find('\0') != std::string::npos) {
    return wrong_type(name, "a text");
  }
  return text;
}

Result<std::vector<std::string>> Options::texts(std::string_view name) {
  std::vector<std::string> list;
  const std::optional<std::string> json = take(name);
  if (!json) {
    return list;
  }
  const bool alone = !json->starts_with('[');
  const auto elements = alone ? Result{std::vector<std::string>{*json}} : codec::array_elements(*json);
  if (!elements) {
    return wrong_type(name, "an array of texts");
  }
  for (const std::string& element : *elements) {
    std::optional<std::string> text = codec::json_text(element);
    if (!text || text->find('\0') != std::string::npos) {
      return wrong_type(name, "an array of texts");
    }
    list.push_back(*std::move(text));
  }
  return list;
}

Result<std::optional<bool>> Options::flag(std::string_view name) {
  const std::optional<std::string> json = take(name);
  if (json && *json != "true" && *json != "false") {
    return wrong_type(name, "true or false");
  }
  return json ? std::optional{*json == "true"} : std::nullopt;
}

Result<std::optional<std::chrono::milliseconds>> Options::milliseconds(std::string_view name) {
  const std::optional<std::string> json = take(name);
  if (!json) {
    return std::optional<std::chrono::milliseconds>{};
  }
  const std::optional<std::int64_t> count = parse_integer(*json);
  if (!count || *count < 0 || *count > k_most_time.count()) {
    return wrong_type(name, fmt::format("a whole number of milliseconds from 0 to {}", k_most_time.count()));
  }
  return std::optional{std::chrono::milliseconds{*count}};
}

Result<void> Options::expect_end() const {
  return m_members.empty() ? Result<void>{}
                           : make_error(ErrorCode::usage, fmt::format("unknown option \"{}\"", m_members.front().name));
}

}  // namespace qsnap::api
