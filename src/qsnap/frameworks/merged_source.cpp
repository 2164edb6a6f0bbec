// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/frameworks/hash_fields.hpp>
#include <qsnap/frameworks/merged_source.hpp>
#include <qsnap/frameworks/record_owner.hpp>
#include <qsnap/frameworks/verbatim.hpp>
#include <qsnap/model/meaning.hpp>
#include <qsnap/model/queue_id.hpp>

namespace qsnap::frameworks {

namespace {

using model::Record;
using model::Section;

constexpr std::size_t k_named = 3;  ///< how many of those that are in the way are named
/// A number beyond it is none that a counter gave, and a sum of two is no overflow.
constexpr std::int64_t k_largest_number = std::int64_t{1} << 53U;
/// BullMQ's score of a job with a priority: the priority times this, and its place among those of that priority.
constexpr double k_places = 4294967296.0;  // 2^32
/// Members that hold the id of another job inside their JSON.
constexpr std::array<std::string_view, 2> k_with_ids = {"opts_parent", "parent"};

std::optional<std::int64_t> number_of(std::string_view id) {
  const auto number = parse_integer(id);
  const bool plain = number && *number > 0 && *number < k_largest_number && id == fmt::format("{}", *number);
  return plain ? number : std::nullopt;
}

/// The number of a job whose id a counter gave.
std::optional<std::int64_t> number_of_job(const Record& job) {
  const auto json = job.volatiles.find("id");
  const auto id = json ? codec::json_text(*json) : std::nullopt;
  return id ? number_of(*id) : std::nullopt;
}

std::string text_of(const model::Fields& members, std::string_view name) {
  const auto json = members.find(name);
  return json ? codec::json_to_bytes(*json).value_or(std::string{}) : std::string{};
}

/// A job that another one refers to.
struct Reference {
  std::string queue_json;
  std::string id;
  std::string role;
};

Result<std::vector<Reference>> references(const Record& job) {
  std::vector<Reference> found;
  const auto refs = job.fields.find("refs");
  if (!refs) {
    return found;
  }
  QSNAP_ASSIGN(const auto elements, codec::array_elements(*refs));
  QSNAP_ASSIGN(const auto ids, codec::array_elements(job.volatiles.find("ref_ids").value_or("[]")));
  for (std::size_t i = 0; i < std::min(elements.size(), ids.size()); ++i) {
    QSNAP_ASSIGN(const auto members, codec::object_members(elements[i]));
    Reference reference{{}, codec::json_to_bytes(ids[i]).value_or(std::string{}), {}};
    for (const model::Field& member : members) {
      if (member.name == "queue") {
        reference.queue_json = member.json;
      } else if (member.name == "role") {
        reference.role = codec::json_text(member.json).value_or(std::string{});
      }
    }
    found.push_back(std::move(reference));
  }
  return found;
}

/// The schedule that made a job, as far as it is known again by: BullMQ names it, Bull has its key among the options.
std::optional<Record> schedule_of(const Record& job) {
  Record schedule{Section::config, {}, {}};
  schedule.fields.set("queue", std::string{job.fields.find("queue").value_or("")});
  if (const auto scheduler = job.fields.find("scheduler")) {
    schedule.fields.set("kind", R"("scheduler")");
    schedule.fields.set("id", std::string{*scheduler});
    return schedule;
  }
  const auto repeat = job.volatiles.find("opts_repeat");
  const auto members =
      repeat ? codec::object_members(*repeat) : Result<std::vector<model::Field>>{std::vector<model::Field>{}};
  for (const model::Field& member : members ? *members : std::vector<model::Field>{}) {
    if (member.name == "key") {
      schedule.fields.set("kind", R"("schedule")");
      schedule.fields.set("id", member.json);
      return schedule;
    }
  }
  return std::nullopt;
}

/// The place of a prioritized job in its score; absent for any other job.
std::optional<double> place_of(const Record& job) {
  const auto json = job.fields.find("state") == R"("prioritized")" ? job.volatiles.find("score") : std::nullopt;
  const auto score = json ? parse_double(*json) : std::nullopt;
  return score && std::isfinite(*score) && *score >= 0 ? std::optional{std::fmod(*score, k_places)} : std::nullopt;
}

bool is_numbered(const std::optional<NumberRange>& range) {
  return range && range->before > 0;
}

bool contains(const std::vector<std::int64_t>& sorted, std::int64_t number) {
  return std::binary_search(sorted.begin(), sorted.end(), number);
}

}  // namespace

Result<MergedSource> MergedSource::create(const model::RecordSource& source, const MergeTarget& target,
                                          const CounterReader& read_counter, const AdapterList& among) {
  MergedSource merged{source, target};
  QSNAP_TRY(merged.find_queues(read_counter, among));
  QSNAP_TRY(merged.look_at_schedules());
  QSNAP_TRY(merged.look_at_jobs());
  merged.size_ranges();
  QSNAP_TRY(merged.look_at_keys());
  return merged;
}

Result<void> MergedSource::find_queues(const CounterReader& read_counter, const AdapterList& among) {
  for (const model::FrameworkInfo& info : m_source->metadata().frameworks) {
    if (const Adapter* const adapter = find_adapter(info.name, among)) {
      m_rebuilds.try_emplace(owner_text(info.name, info.name_space), adapter->rebuild(info.name_space));
    }
  }
  return model::for_each_record(*m_source, Section::queues,
                                [&](const Record& record) { return add_queue(record, read_counter, among); });
}

Result<void> MergedSource::add_queue(const Record& record, const CounterReader& read_counter,
                                     const AdapterList& among) {
  const std::string_view json = record.fields.find("queue").value_or("");
  const auto id = model::QueueId::parse(text_of(record.fields, "queue"));
  const Adapter* const adapter = id ? find_adapter(id->framework, among) : nullptr;
  if (adapter == nullptr) {
    return {};  // the rebuild says what is wrong with it
  }
  auto& rebuild = m_rebuilds[owner_text(id->framework, id->name_space)];
  if (!rebuild) {
    rebuild = adapter->rebuild(id->name_space);
  }
  Queue queue{id->name, rebuild.get(), m_target->find_queue(json), {}, {}, {}};
  Counters counters = rebuild->counters(id->name);
  if (counters.ids) {
    QSNAP_ASSIGN(const std::int64_t before, read_counter(*counters.ids));
    queue.numbers = NumberRange{*std::move(counters.ids), before, 0};
  }
  if (counters.priorities) {
    QSNAP_ASSIGN(const std::int64_t before, read_counter(*counters.priorities));
    queue.places = NumberRange{*std::move(counters.priorities), before, 0};
  }
  for (const std::string_view member : {"paused", "meta"}) {
    if (queue.there != nullptr && queue.there->fields.find(member) != record.fields.find(member)) {
      m_left.settings.push_back(id->text());
      break;
    }
  }
  m_queues.insert_or_assign(std::string{json}, std::move(queue));
  return {};
}

Result<void> MergedSource::look_at_schedules() {
  return model::for_each_record(*m_source, Section::config, [&](const Record& config) -> Result<void> {
    m_left.schedules += m_target->has_schedule(config) ? 1U : 0U;
    return {};
  });
}

Result<void> MergedSource::look_at_jobs() {
  QSNAP_TRY(model::for_each_record(*m_source, Section::jobs, [&](const Record& job) { return look_at_job(job); }));
  if (m_refused > 0) {
    return make_error(
        ErrorCode::refused,
        fmt::format("{} of the snapshot {} in the target already: {}{}",
                    m_refused == 1 ? "a job" : fmt::format("{} jobs", m_refused), m_refused == 1 ? "is" : "are",
                    fmt::join(m_refused_jobs, ", "), m_refused > m_refused_jobs.size() ? ", …" : ""),
        {"nothing was written; --replace puts the snapshot's state in the place of the target's",
         "--queue loads only some queues, --rename-prefix OLD=NEW puts them beside"});
  }
  return {};
}

Result<void> MergedSource::look_at_job(const Record& job) {
  Queue* const queue = find_queue(job);
  if (!model::has_body(job) || queue == nullptr) {
    return {};
  }
  if (is_left_job(job)) {
    ++m_left.scheduled_jobs;
    return {};
  }
  const std::string_view obstacle = queue->there != nullptr ? queue->rebuild->merge_obstacle(job) : std::string_view{};
  if (!obstacle.empty()) {
    return make_error(ErrorCode::refused,
                      fmt::format("jobs of {} cannot stand beside others: {}", text_of(job.fields, "queue"), obstacle),
                      {"load it into an empty queue, or --replace what is there"});
  }
  const auto number = queue->numbers ? number_of_job(job) : std::nullopt;
  const auto id = id_of_job(job);
  if (number) {
    queue->ids.push_back(*number);
    m_renumbered += is_numbered(queue->numbers) ? 1U : 0U;
  } else if (id && m_target->has_job(job.fields.find("queue").value_or(""), *id)) {
    ++m_refused;
    if (m_refused_jobs.size() < k_named) {
      m_refused_jobs.push_back(fmt::format("{} of {}", *id, text_of(job.fields, "queue")));
    }
  }
  QSNAP_TRY(note_references(job, *queue));
  return note_place(job, *queue);
}

/// What a job refers to may be gone, but its number may not become that of another job.
Result<void> MergedSource::note_references(const Record& job, const Queue& queue) {
  if (!queue.numbers) {
    return {};
  }
  QSNAP_ASSIGN(const std::vector<Reference> all, references(job));
  for (const Reference& reference : all) {
    const auto number = number_of(reference.id);
    if (!number) {
      continue;
    }
    const auto at = m_queues.find(reference.queue_json);
    if (at == m_queues.end()) {
      return make_error(ErrorCode::refused,
                        fmt::format("a job of {} has job {} of {} as its {}, and that queue is not loaded",
                                    text_of(job.fields, "queue"), reference.id,
                                    codec::json_to_bytes(reference.queue_json).value_or(std::string{}), reference.role),
                        {"load that queue, too: its jobs get other numbers"});
    }
    at->second.ids.push_back(*number);
  }
  return {};
}

Result<void> MergedSource::note_place(const Record& job, Queue& queue) const {
  if (const auto place = queue.places ? place_of(job) : std::nullopt) {
    constexpr std::int64_t k_behind = 2;  // a place may be 0, and parts of one
    queue.places->size = std::max(queue.places->size, static_cast<std::int64_t>(*place) + k_behind);
  }
  return {};
}

/// Where the counter has not begun, the numbers stay: all up to the highest are taken.
void MergedSource::size_ranges() {
  for (auto& [json, queue] : m_queues) {
    std::sort(queue.ids.begin(), queue.ids.end());
    queue.ids.erase(std::unique(queue.ids.begin(), queue.ids.end()), queue.ids.end());
    if (queue.numbers && !queue.ids.empty()) {
      queue.numbers->size = is_numbered(queue.numbers) ? static_cast<std::int64_t>(queue.ids.size()) : queue.ids.back();
    }
  }
}

std::vector<NumberRange> MergedSource::ranges() const {
  std::vector<NumberRange> all;
  for (const auto& [json, queue] : m_queues) {
    for (const auto* const range : {&queue.numbers, &queue.places}) {
      if (*range && (*range)->size > 0) {
        all.push_back(**range);
      }
    }
  }
  return all;
}

Result<void> MergedSource::set_ranges(std::span<const NumberRange> ranges) {
  std::size_t next = 0;
  for (auto& [json, queue] : m_queues) {
    for (auto* const range : {&queue.numbers, &queue.places}) {
      if (!*range || (*range)->size == 0 || next == ranges.size()) {
        continue;
      }
      const NumberRange& got = ranges[next++];
      if ((got.before > 0) != ((*range)->before > 0)) {
        return make_error(ErrorCode::refused, fmt::format("counter {} began to count in this moment", got.key),
                          {"nothing was written: run the load again"});
      }
      **range = got;
    }
  }
  return {};
}

Result<void> MergedSource::look_at_keys() {
  return model::for_each_record(*m_source, Section::keys, [&](const Record& record) { return look_at_key(record); });
}

/// Numbers inside of a verbatim key are nobody's to change, but for a string that is one: the lock of a deduplication.
Result<void> MergedSource::look_at_key(const Record& record) {
  const std::string key = text_of(record.fields, "key");
  const Queue* const queue = renumbered_queue_of(key);
  const auto role = parse_key_role(text_of(record.fields, "role"));
  if (role == KeyRole::lock || m_left_keys.contains(key)) {
    return {};
  }
  if (pauses_target(key) || (queue != nullptr && role == KeyRole::derived)) {
    m_left_keys.insert(key);
    ++m_left.keys;
    return {};
  }
  if (queue == nullptr || queue->rebuild->stage(key) == model::LoadStage::counter) {
    return {};
  }
  QSNAP_ASSIGN(const VerbatimPart part, parse_verbatim(record));
  const auto number =
      part.type == model::RedisType::string && part.items.size() == 1 ? number_of(part.items[0]) : std::nullopt;
  if (!number) {
    return make_error(ErrorCode::refused,
                      fmt::format("key {} is kept as it was, and the jobs that it may name get other numbers", key),
                      {"load it into an empty queue, or --replace what is there"});
  }
  if (!contains(queue->ids, *number)) {  // of a job that is gone: it would be another one's
    m_left_keys.insert(key);
    ++m_left.keys;
  }
  return {};
}

const MergedSource::Queue* MergedSource::find_queue(const Record& record) const {
  const auto at = m_queues.find(record.fields.find("queue").value_or(""));
  return at == m_queues.end() ? nullptr : &at->second;
}

MergedSource::Queue* MergedSource::find_queue(const Record& record) {
  const auto at = m_queues.find(record.fields.find("queue").value_or(""));
  return at == m_queues.end() ? nullptr : &at->second;
}

const MergedSource::Queue* MergedSource::renumbered_queue_of(std::string_view key) const {
  for (const auto& [owner, rebuild] : m_rebuilds) {
    const Queue* const queue = queue_of(owner, rebuild->topic(key));
    if (queue != nullptr && is_numbered(queue->numbers) && !queue->ids.empty()) {
      return queue;
    }
  }
  return nullptr;
}

const MergedSource::Queue* MergedSource::queue_of(std::string_view owner_text, const KeyTopic& topic) const {
  const Owner owner = parse_owner(owner_text);
  const auto at =
      topic.queue ? m_queues.find(json_bytes(model::QueueId{owner.framework, owner.name_space, *topic.queue}.text()))
                  : m_queues.end();
  return at == m_queues.end() ? nullptr : &at->second;
}

/// A pause of one of the target's queues, or of everything.
bool MergedSource::pauses_target(std::string_view key) const {
  return std::any_of(m_rebuilds.begin(), m_rebuilds.end(), [&](const auto& entry) {
    if (entry.second->stage(key) != model::LoadStage::pause) {
      return false;
    }
    const KeyTopic topic = entry.second->topic(key);
    const Queue* const queue = queue_of(entry.first, topic);
    return !topic.queue || queue == nullptr || queue->there != nullptr;
  });
}

bool MergedSource::is_left(const Record& record) const {
  switch (record.section) {
    case Section::config:
      return m_target->has_schedule(record);
    case Section::jobs:
      return is_left_job(record);
    case Section::keys:
      return m_left_keys.contains(text_of(record.fields, "key"));
    default:
      return false;
  }
}

/// What the target's own schedule makes itself.
bool MergedSource::is_left_job(const Record& job) const {
  if (m_left.schedules == 0 || job.fields.find("state") != R"("delayed")") {
    return false;
  }
  const auto schedule = schedule_of(job);
  return schedule && m_target->has_schedule(*schedule);
}

Result<void> MergedSource::read_chunk(std::size_t index, const ChunkReader& reader) const {
  const auto section = m_source->chunks()[index].section;
  const bool may_leave = (section == Section::keys && !m_left_keys.empty()) ||
                         ((section == Section::config || section == Section::jobs) && m_left.schedules > 0);
  if (!may_leave) {
    return m_source->read_chunk(index, reader);
  }
  return m_source->read_chunk(index, [&](const model::Chunk& chunk) -> Result<void> {
    model::Chunk kept;  // its lines are views into `chunk`
    for (const std::string_view line : chunk.lines) {
      QSNAP_ASSIGN(const Record record, m_source->parse(*section, line));
      if (!is_left(record)) {
        kept.lines.push_back(line);
      }
    }
    return reader(kept);
  });
}

Result<Record> MergedSource::parse(Section section, std::string_view line) const {
  QSNAP_ASSIGN(Record record, m_source->parse(section, line));
  if (section == Section::keys) {
    fit_key(record);
    return record;
  }
  const Queue* const queue = find_queue(record);
  if (queue != nullptr && section == Section::queues) {
    fit_queue_record(*queue, record);
  } else if (queue != nullptr && section == Section::jobs) {
    QSNAP_TRY(fit_job(*queue, record));
  }
  return record;
}

/// By the order of the numbers, so that who was first is first.
std::optional<std::string> MergedSource::new_id(const Queue& queue, std::string_view id) {
  const auto number = is_numbered(queue.numbers) ? number_of(id) : std::nullopt;
  const auto at = number ? std::lower_bound(queue.ids.begin(), queue.ids.end(), *number) : queue.ids.end();
  if (at == queue.ids.end() || *at != *number) {
    return std::nullopt;
  }
  return fmt::format("{}", queue.numbers->before + 1 + (at - queue.ids.begin()));
}

/// The target's record: but the structures that are verbatim are the document's, and so are jobs that need counters.
void MergedSource::fit_queue_record(const Queue& queue, Record& record) {
  if (queue.there != nullptr) {
    Record fitted = *queue.there;
    const auto verbatim = record.fields.find("verbatim");
    verbatim ? fitted.fields.set("verbatim", std::string{*verbatim}) : fitted.fields.erase("verbatim");
    if (record.fields.find("listed") == "true") {
      fitted.fields.set("listed", "true");
    }
    record = std::move(fitted);
  }
  const auto set_counter = [&](std::string_view member, const std::optional<NumberRange>& range) {
    if (is_numbered(range)) {
      record.volatiles.set(member, fmt::format("{}", range->before + range->size));
    }
  };
  set_counter("id_counter", queue.numbers);
  set_counter("priority_counter", queue.places);
}

Result<void> MergedSource::fit_job(const Queue& queue, Record& job) const {
  if (queue.there != nullptr) {
    QSNAP_TRY(queue.rebuild->fit_queue(*queue.there, job));
  }
  if (const auto number = number_of_job(job)) {
    if (auto id = new_id(queue, fmt::format("{}", *number))) {
      job.volatiles.set("id", json_bytes(*id));
    }
  }
  if (queue.numbers && job.fields.contains("refs")) {
    QSNAP_TRY(fit_references(job));
  }
  return fit_place(queue, job);
}

Result<void> MergedSource::fit_references(Record& job) const {
  QSNAP_ASSIGN(const std::vector<Reference> all, references(job));
  JsonWriter ids;
  ids.begin_array();
  for (const Reference& reference : all) {
    const auto at = m_queues.find(reference.queue_json);
    const auto id = at == m_queues.end() ? std::nullopt : new_id(at->second, reference.id);
    ids.bytes(id.value_or(reference.id));
    if (!id || reference.role != "parent") {
      continue;
    }
    const std::string old_json = json_bytes(reference.id);
    for (const std::string_view member : k_with_ids) {
      std::string json{job.volatiles.find(member).value_or("")};
      if (const std::size_t found = json.find(old_json); found != std::string::npos) {
        job.volatiles.set(member, json.replace(found, old_json.size(), json_bytes(*id)));
      }
    }
  }
  job.volatiles.set("ref_ids", ids.end_array().take());
  return {};
}

Result<void> MergedSource::fit_place(const Queue& queue, Record& job) {
  const auto place = is_numbered(queue.places) ? place_of(job) : std::nullopt;
  if (!place) {
    return {};
  }
  const double score = parse_double(*job.volatiles.find("score")).value_or(0);
  const double behind = std::fmod(static_cast<double>(queue.places->before) + 1 + *place, k_places);
  job.volatiles.set("score", format_double(score - *place + behind));
  return {};
}

void MergedSource::fit_key(Record& record) const {
  const Queue* const queue = renumbered_queue_of(text_of(record.fields, "key"));
  const auto items = queue != nullptr && record.fields.find("type") == R"("string")"
                         ? codec::array_elements(record.fields.find("items").value_or(""))
                         : Result<std::vector<std::string>>{std::vector<std::string>{}};
  const auto value = items && items->size() == 1 ? codec::json_text(items->front()) : std::nullopt;
  if (const auto id = value ? new_id(*queue, *value) : std::nullopt) {
    record.fields.set("items", JsonWriter{}.begin_array().bytes(*id).end_array().take());
  }
}

}  // namespace qsnap::frameworks
