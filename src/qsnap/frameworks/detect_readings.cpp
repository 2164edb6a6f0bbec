// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/frameworks/detect_readings.hpp>

namespace qsnap::frameworks {

namespace {

Result<const Adapter*> need_adapter(std::string_view name, const AdapterList& among) {
  if (const Adapter* const adapter = find_adapter(name, among)) {
    return adapter;
  }
  std::vector<std::string_view> names;
  names.reserve(among.size());
  for (const auto& adapter : among) {
    names.push_back(adapter->name());
  }
  std::sort(names.begin(), names.end());
  return make_error(ErrorCode::usage, fmt::format("there is no framework '{}'", name),
                    {fmt::format("it is one of {}", fmt::join(names, ", "))});
}

}  // namespace

Result<model::ForcedFramework> parse_forced_framework(std::string_view text, const AdapterList& among) {
  const std::size_t at = text.find('=');
  if (at == std::string_view::npos) {
    return make_error(ErrorCode::usage, fmt::format("'{}' is not of the form NAME=PREFIX", text),
                      {"such as --framework bullmq=bull, or --framework sidekiq= without a prefix"});
  }
  QSNAP_ASSIGN(const Adapter* const adapter, need_adapter(text.substr(0, at), among));
  return model::ForcedFramework{std::string{adapter->name()}, std::string{text.substr(at + 1)}};
}

Result<std::vector<FoundReading>> detect_readings(const model::Keyspace& keyspace,
                                                  std::span<const model::ForcedFramework> forced,
                                                  const AdapterList& among) {
  std::vector<FoundReading> found;
  for (const auto& adapter : among) {
    QSNAP_ASSIGN(auto readings, adapter->detect(keyspace));
    for (auto& reading : readings) {
      found.push_back({adapter.get(), std::move(reading), Origin::detected});
    }
  }
  for (const model::ForcedFramework& wanted : forced) {
    QSNAP_ASSIGN(const Adapter* const adapter, need_adapter(wanted.name, among));
    const auto same = std::find_if(found.begin(), found.end(), [&](const FoundReading& each) {
      return each.adapter == adapter && each.reading->info().name_space == wanted.name_space;
    });
    if (same != found.end()) {
      same->origin = Origin::forced;
      continue;
    }
    QSNAP_ASSIGN(auto reading, adapter->reading(keyspace, wanted.name_space));
    found.push_back({adapter, std::move(reading), Origin::forced});
  }
  return found;
}

int planning_round(const Adapter& adapter, Origin origin) {
  return (adapter.turn() == Turn::fallback ? 2 : 0) + (origin == Origin::forced ? 0 : 1);
}

}  // namespace qsnap::frameworks
