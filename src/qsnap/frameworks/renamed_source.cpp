// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/frameworks/renamed_source.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks {

namespace {

/// Members that hold a full key of another job inside their JSON.
constexpr std::array<std::string_view, 2> k_with_keys = {"opts_parent", "parent"};

void replace_all(std::string_view from, std::string_view to, std::string& text) {
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
}

/// How a JSON text that begins so is spelled, without its closing quote.
std::string json_begin(std::string_view text) {
  std::string json = json_string(text);
  json.pop_back();
  return json;
}

bool begins_with_any(std::string_view text, const std::vector<std::string>& beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](const std::string& beginning) { return text.starts_with(beginning); });
}

}  // namespace

Result<NamespaceRename> NamespaceRename::parse(std::string_view text) {
  const std::size_t at = text.find('=');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) {
    return make_error(ErrorCode::usage, fmt::format("'{}' is not of the form OLD=NEW", text),
                      {"such as --rename-prefix bull=bull-copy"});
  }
  return NamespaceRename{std::string{text.substr(0, at)}, std::string{text.substr(at + 1)}};
}

Result<RenamedSource> RenamedSource::create(const model::RecordSource& source, NamespaceRename rename,
                                            const AdapterList& among) {
  RenamedSource renamed{source, std::move(rename)};
  const NamespaceRename& names = renamed.m_rename;
  std::vector<std::string> known;
  for (const model::FrameworkInfo& info : source.metadata().frameworks) {
    known.push_back(fmt::format("{} ({})", info.name_space, info.name));
    const Adapter* const adapter = find_adapter(info.name, among);
    if (adapter == nullptr) {
      continue;
    }
    if (info.name_space == names.to) {
      return make_error(ErrorCode::usage, fmt::format("the snapshot has a namespace {} already", names.to));
    }
    if (info.name_space == names.from) {
      renamed.m_frameworks.push_back(info.name);
      renamed.m_prefixes.emplace_back(adapter->key_prefix(names.from), adapter->key_prefix(names.to));
    } else if (info.name_space.size() > names.from.size() && info.name_space.starts_with(names.from)) {
      renamed.m_inner.push_back(adapter->key_prefix(info.name_space));
    }
  }
  if (renamed.m_frameworks.empty()) {
    return make_error(ErrorCode::usage, fmt::format("the snapshot has no namespace {}", names.from),
                      {fmt::format("it has {}", fmt::join(known, ", "))});
  }
  renamed.rename_metadata();
  return renamed;
}

void RenamedSource::rename_metadata() {
  for (model::FrameworkInfo& info : m_metadata.frameworks) {
    if (info.name_space == m_rename.from) {
      info.name_space = m_rename.to;
    }
  }
  for (std::string& prefix : m_metadata.scope.prefixes) {
    prefix = renamed_key(std::move(prefix));
  }
  for (std::string& queue : m_metadata.scope.queues) {
    queue = renamed_id(std::move(queue));
  }
  for (model::ForcedFramework& forced : m_metadata.scope.frameworks) {
    if (forced.name_space == m_rename.from) {
      forced.name_space = m_rename.to;
    }
  }
  std::sort(m_metadata.scope.frameworks.begin(), m_metadata.scope.frameworks.end());
  std::sort(m_metadata.scope.prefixes.begin(), m_metadata.scope.prefixes.end());
  std::sort(m_metadata.scope.queues.begin(), m_metadata.scope.queues.end());
}

std::string RenamedSource::renamed_id(std::string text) const {
  auto id = model::QueueId::parse(text);
  const bool is_queue = id.has_value();
  if (!id) {
    id = model::QueueId::parse(text + ':');  // an owner's text
  }
  const bool ours = id && id->name_space == m_rename.from &&
                    std::find(m_frameworks.begin(), m_frameworks.end(), id->framework) != m_frameworks.end();
  if (!ours) {
    return text;
  }
  id->name_space = m_rename.to;
  return is_queue ? id->text() : owner_text(id->framework, id->name_space);
}

std::string RenamedSource::renamed_key(std::string key) const {
  if (begins_with_any(key, m_inner)) {
    return key;
  }
  for (const auto& [from, to] : m_prefixes) {
    if (key.starts_with(from)) {
      return key.replace(0, from.size(), to);
    }
  }
  return key;
}

Result<model::Record> RenamedSource::parse(model::Section section, std::string_view line) const {
  QSNAP_ASSIGN(model::Record record, m_source->parse(section, line));
  if (section == model::Section::keys) {
    rename_key(record);
    return record;
  }
  for (const std::string_view member : {"queue", "framework"}) {
    const auto json = record.fields.find(member);
    if (auto text = json ? codec::json_to_bytes(*json) : std::nullopt) {
      record.fields.set(member, json_bytes(renamed_id(*std::move(text))));
    }
  }
  QSNAP_TRY(rename_job(record));
  return record;
}

void RenamedSource::rename_key(model::Record& record) const {
  const auto json = record.fields.find("key");
  if (auto key = json ? codec::json_to_bytes(*json) : std::nullopt) {
    record.fields.set("key", json_bytes(renamed_key(*std::move(key))));
  }
}

Result<void> RenamedSource::rename_job(model::Record& record) const {
  for (const std::string_view member : k_with_keys) {
    if (const auto json = record.volatiles.find(member)) {
      std::string text{*json};
      for (const auto& [from, to] : m_prefixes) {
        replace_all(json_begin(from), json_begin(to), text);
      }
      record.volatiles.set(member, std::move(text));
    }
  }
  const auto refs = record.fields.find("refs");
  if (!refs) {
    return {};
  }
  QSNAP_ASSIGN(const auto elements, codec::array_elements(*refs));
  JsonWriter out;
  out.begin_array();
  for (const std::string& element : elements) {
    QSNAP_ASSIGN(const auto members, codec::object_members(element));
    out.begin_object();
    for (const model::Field& member : members) {
      auto queue = member.name == "queue" ? codec::json_to_bytes(member.json) : std::nullopt;
      out.key(member.name).raw(queue ? json_bytes(renamed_id(*std::move(queue))) : member.json);
    }
    out.end_object();
  }
  record.fields.set("refs", out.end_array().take());
  return {};
}

}  // namespace qsnap::frameworks
