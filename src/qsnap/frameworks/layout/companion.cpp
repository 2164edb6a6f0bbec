// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/layout/companion.hpp>
#include <qsnap/frameworks/layout/job_record.hpp>

namespace qsnap::frameworks::layout {

using model::ItemBlock;
using model::KeySink;
using model::Record;
using model::RedisType;

namespace {

RedisType type_of(const CompanionSpec& spec) {
  return spec.token.empty() ? spec.type : RedisType::list;
}

/// Collects items and writes them in parts.
class Parts {
 public:
  Parts(const CompanionSpec& spec, std::string_view key, KeySink& sink) : m_spec(spec), m_key(key), m_sink(sink) {}

  Result<void> push(std::string_view item) {
    m_items.push(item);
    if (type_of(m_spec) == RedisType::zset) {
      m_items.push(item);  // the score
    }
    return m_items.bytes() < limits::k_key_part_bytes ? Result<void>{} : flush();
  }
  Result<void> flush() {
    if (m_items.empty()) {
      return {};
    }
    QSNAP_TRY(m_sink.write(
        {.stage = m_spec.stage, .key = m_key, .type = type_of(m_spec), .expires_at = {}, .items = &m_items}));
    m_items.clear();
    return {};
  }

 private:
  const CompanionSpec& m_spec;
  std::string_view m_key;
  KeySink& m_sink;
  ItemBlock m_items;
};

}  // namespace

void CompanionContent::add(std::uint64_t count, std::string_view other) {
  jobs += count;
  if (!other.empty()) {
    others.emplace(other);
  }
}

Result<bool> is_companion(const CompanionSpec& spec, const CompanionContent& content, const model::Keyspace& keyspace,
                          model::KeyId key) {
  if (keyspace.type(key) != type_of(spec) || keyspace.expires_at(key)) {
    return false;
  }
  bool same = true;
  std::uint64_t items = 0;
  QSNAP_TRY(keyspace.read(key, model::Keyspace::Direction::forward, [&](const ItemBlock& block) -> Result<void> {
    items += block.size();
    for (std::size_t i = 0; i < block.size(); ++i) {
      same = same && (spec.token.empty() ? content.others.contains(block[i]) : block[i] == spec.token);
    }
    return {};
  }));
  const std::uint64_t each = type_of(spec) == RedisType::zset ? 2 : 1;
  return same && items == each * (spec.token.empty() ? content.others.size() : content.jobs);
}

Result<void> write_companion(const CompanionSpec& spec, const CompanionContent& content, std::string_view key,
                             KeySink& sink) {
  Parts parts{spec, key, sink};
  if (spec.token.empty()) {
    for (const std::string& other : content.others) {
      QSNAP_TRY(parts.push(other));
    }
  } else {
    for (std::uint64_t i = 0; i < content.jobs; ++i) {
      QSNAP_TRY(parts.push(spec.token));
    }
  }
  return parts.flush();
}

Result<void> CompanionWriter::add_queue(std::string_view queue, const Record& record) {
  const auto verbatim = record.fields.find("verbatim");
  if (!verbatim || m_layout->companions.empty()) {
    return {};
  }
  QSNAP_ASSIGN(const auto names, codec::array_elements(*verbatim));
  for (std::size_t i = 0; i < m_layout->companions.size(); ++i) {
    const bool kept = std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return codec::json_text(name) == m_layout->companions[i].name;
    });
    if (kept) {
      m_kept.emplace(i, queue);
    }
  }
  return {};
}

void CompanionWriter::add_job(std::string_view queue, const StateSpec& state, const Record& record) {
  for (std::size_t i = 0; i < m_layout->companions.size(); ++i) {
    if (m_layout->companions[i].state != state.name) {
      continue;
    }
    const std::string_view hole = state.key.other_name();
    const auto other = hole.empty() ? Result<std::optional<std::string>>{std::optional<std::string>{}}
                                    : get_mark(hole, other_weight(state), record);
    m_contents[{i, std::string{queue}}].add(1, other && *other ? std::string_view{**other} : std::string_view{});
  }
}

Result<void> CompanionWriter::finish(const std::string& prefix, KeySink& sink) {
  for (const auto& [which, content] : m_contents) {
    if (m_kept.contains(which)) {
      continue;
    }
    const CompanionSpec& spec = m_layout->companions[which.first];
    Holes holes;
    holes.queue = which.second;
    QSNAP_TRY(write_companion(spec, content, prefix + spec.key.fill(holes), sink));
  }
  m_contents.clear();
  m_kept.clear();
  return {};
}

}  // namespace qsnap::frameworks::layout
