// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/queue_source.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;

std::optional<std::string> bytes_of(const model::Fields& fields, std::string_view member) {
  const auto json = fields.find(member);
  return json ? codec::json_to_bytes(*json) : std::nullopt;
}

std::uint64_t job_hash(std::string_view owner, std::string_view id) {
  std::string text{owner};
  text += '\0';
  text += id;
  return codec::xxh3(text);
}

}  // namespace

Result<QueueSource> QueueSource::create(const model::RecordSource& source, const std::vector<std::string>& queues,
                                        const AdapterList& among) {
  QueueSource narrowed{source};
  QSNAP_TRY(narrowed.select(queues));
  narrowed.find_owners(among);
  QSNAP_TRY(narrowed.look_for_keys_of_jobs());
  if (narrowed.m_has_keys_of_jobs) {
    QSNAP_TRY(narrowed.note_jobs());
  }
  return narrowed;
}

Result<void> QueueSource::select(const std::vector<std::string>& queues) {
  std::set<std::string> known;
  QSNAP_TRY(model::for_each_record(*m_source, Section::queues, [&](const Record& record) -> Result<void> {
    if (auto id = bytes_of(record.fields, "queue")) {
      known.insert(*std::move(id));
    }
    return {};
  }));
  std::set<std::string> chosen;
  for (const std::string& wanted : queues) {
    QSNAP_ASSIGN(std::string id, model::resolve_queue(wanted, {known.begin(), known.end()}));
    m_queues.insert(json_bytes(id));
    chosen.insert(std::move(id));
  }
  m_metadata.scope.queues.assign(chosen.begin(), chosen.end());
  return {};
}

void QueueSource::find_owners(const AdapterList& among) {
  std::erase_if(m_metadata.frameworks, [&](const model::FrameworkInfo& info) {
    return std::none_of(m_metadata.scope.queues.begin(), m_metadata.scope.queues.end(), [&](const std::string& queue) {
      const auto id = model::QueueId::parse(queue);
      return id && id->framework == info.name && id->name_space == info.name_space;
    });
  });
  for (const model::FrameworkInfo& info : m_metadata.frameworks) {
    if (const Adapter* const adapter = find_adapter(info.name, among)) {
      m_owners.push_back({info, adapter->rebuild(info.name_space)});
    }
  }
}

Result<void> QueueSource::look_for_keys_of_jobs() {
  return model::for_each_record(*m_source, Section::keys, [&](const Record& record) -> Result<void> {
    const auto key = bytes_of(record.fields, "key");
    for (const Owner& owner : m_owners) {
      const KeyTopic topic = key ? owner.rebuild->topic(*key) : KeyTopic{};
      m_has_keys_of_jobs = m_has_keys_of_jobs || (topic.id && !topic.queue);
    }
    return {};
  });
}

Result<void> QueueSource::note_jobs() {
  return model::for_each_record(*m_source, Section::jobs, [&](const Record& record) -> Result<void> {
    auto id = bytes_of(record.fields, "id");
    if (!id) {
      id = bytes_of(record.volatiles, "id");
    }
    const std::string_view queue = record.fields.find("queue").value_or("");
    const auto owner = owner_of(queue);
    if (id && owner) {
      (m_queues.contains(queue) ? m_jobs : m_others).insert(job_hash(*owner, *id));
    }
    return {};
  });
}

Result<void> QueueSource::read_chunk(std::size_t index, const ChunkReader& reader) const {
  const auto section = m_source->chunks()[index].section;
  return m_source->read_chunk(index, [&](const model::Chunk& chunk) -> Result<void> {
    if (!section) {
      return reader(chunk);
    }
    model::Chunk selected;  // its lines are views into `chunk`
    for (const std::string_view line : chunk.lines) {
      QSNAP_ASSIGN(const Record record, m_source->parse(*section, line));
      if (is_selected(record)) {
        selected.lines.push_back(line);
      }
    }
    return reader(selected);
  });
}

bool QueueSource::is_selected(const Record& record) const {
  if (record.section == Section::keys) {
    const auto key = bytes_of(record.fields, "key");
    return key && is_selected_key(*key);
  }
  const auto queue = record.fields.find("queue");
  return queue && m_queues.contains(*queue);
}

bool QueueSource::is_selected_key(std::string_view key) const {
  return std::any_of(m_owners.begin(), m_owners.end(), [&](const Owner& owner) {
    const KeyTopic topic = owner.rebuild->topic(key);
    if (topic.queue) {
      return m_queues.contains(json_bytes(model::QueueId{owner.info.name, owner.info.name_space, *topic.queue}.text()));
    }
    if (!topic.id) {
      return false;
    }
    // A job of no record stands in a structure that is verbatim as a whole, perhaps in one of these queues.
    const std::uint64_t hash = job_hash(owner_text(owner.info.name, owner.info.name_space), *topic.id);
    return m_jobs.contains(hash) || !m_others.contains(hash);
  });
}

}  // namespace qsnap::frameworks
