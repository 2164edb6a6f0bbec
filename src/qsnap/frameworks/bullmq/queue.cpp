// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/frameworks/bullmq/queue.hpp>
#include <qsnap/frameworks/hash_fields.hpp>

namespace qsnap::frameworks::bullmq {

namespace {

using model::ItemBlock;
using model::KeyId;
using model::RedisType;
using Direction = model::Keyspace::Direction;

constexpr bool hangs_on_a_job(KeyKind kind) {
  switch (kind) {
    case KeyKind::logs:
    case KeyKind::pending_children:
    case KeyKind::processed_children:
    case KeyKind::failed_children:
    case KeyKind::unsuccessful_children:
    case KeyKind::dedup:
      return true;
    default:
      return false;
  }
}

/// What every version of the library writes into a job's hash.
bool looks_like_a_job(const ItemBlock& hash) {
  return find_field(hash, "name") && find_field(hash, "data") && find_field(hash, "timestamp");
}

bool has_text_fields(const ItemBlock& hash) {
  for (std::size_t i = 0; i < hash.size(); i += 2) {
    if (!is_utf8(hash[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace

Result<QueueImage> QueueImage::read(const model::Keyspace& keyspace, std::string_view prefix, std::string_view name) {
  QueueImage queue{keyspace};
  queue.m_text = queue_text(prefix, name);
  queue.m_base = queue_base(prefix, name);
  queue.m_first = keyspace.lower_bound(queue.m_base);
  std::string behind = queue.m_base;
  behind.back() = ':' + 1;
  queue.m_last = keyspace.lower_bound(behind);
  queue.m_resolved = queue.m_first;
  const std::size_t keys = queue.m_last - queue.m_first;
  for (auto* bits : {&queue.m_fits, &queue.m_bodies, &queue.m_scheduler_hashes}) {
    bits->resize(keys);
  }
  for (const StateInfo& info : k_states) {
    QSNAP_TRY(queue.read_structure(info));
  }
  QSNAP_TRY(queue.read_schedulers());
  QSNAP_TRY(queue.read_settings());
  queue.mark_listed_bodies();
  QSNAP_TRY(queue.read_orphans());
  QSNAP_TRY(queue.read_family(prefix));
  return queue;
}

KeyParts QueueImage::parts(KeyId key) const {
  return parse_suffix(m_keyspace->name(key).substr(m_base.size()));
}

const std::vector<Entry>& QueueImage::jobs(State state) const {
  return m_jobs.at(static_cast<std::size_t>(state));
}

std::string_view QueueImage::job_id(const Entry& job) const {
  return job.key == k_no_key ? m_dangling[job.dangling] : m_keyspace->name(job.key).substr(m_base.size());
}

std::string_view QueueImage::scheduler_id(const Entry& scheduler) const {
  const std::string_view id = job_id(scheduler);
  return scheduler.key == k_no_key ? id : id.substr(k_repeat.size());
}

std::span<const FamilyKey> QueueImage::family(KeyId job) const {
  const auto begin = std::lower_bound(m_family.begin(), m_family.end(), FamilyKey{job, KeyKind::meta, 0});
  const auto end = std::find_if(begin, m_family.end(), [&](const FamilyKey& key) { return key.job != job; });
  return {begin, end};
}

std::optional<KeyId> QueueImage::find(std::string_view suffix) const {
  return find_near(m_first, suffix);
}

std::optional<KeyId> QueueImage::find_near(KeyId start, std::string_view suffix) const {
  const auto name = [&](KeyId key) { return m_keyspace->name(key).substr(m_base.size()); };
  KeyId low = m_first, high = m_last;
  // Steps that double lead away from the start until the name lies between two of them.
  if (start < m_last && name(start) < suffix) {
    low = start + 1;
    for (KeyId step = 1; high - low > step; step *= 2) {
      if (name(low + step) >= suffix) {
        high = low + step + 1;
        break;
      }
      low += step + 1;
    }
  } else {
    high = start < m_last ? start + 1 : m_last;
    for (KeyId step = 1; high - low > step; step *= 2) {
      if (name(high - step) < suffix) {
        low = high - step + 1;
        break;
      }
      high -= step;
    }
  }
  while (low < high) {
    const KeyId middle = low + (high - low) / 2;
    if (name(middle) < suffix) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low < m_last && name(low) == suffix ? std::optional{low} : std::nullopt;
}

bool QueueImage::is_type(KeyId key, RedisType type) const {
  return m_keyspace->type(key) == type && !m_keyspace->expires_at(key);
}

Entry QueueImage::resolve(std::string_view id_prefix, std::string_view id, double score) {
  const auto key =
      id_prefix.empty() ? find_near(m_resolved, id) : find_near(m_resolved, fmt::format("{}{}", id_prefix, id));
  if (key) {
    m_resolved = *key;
    return {*key, 0, score};
  }
  m_dangling.push(id);
  return {k_no_key, static_cast<std::uint32_t>(m_dangling.size() - 1), score};
}

Result<void> QueueImage::read_structure(const StateInfo& info) {
  const auto key = info.suffix.empty() ? std::nullopt : find(info.suffix);
  if (!key || m_keyspace->type(*key) != info.type) {
    return {};
  }
  m_fits[*key - m_first] = is_type(*key, info.type);
  std::vector<Entry>& entries = m_jobs.at(static_cast<std::size_t>(info.state));
  if (info.type == RedisType::zset) {
    return read_scores(*key, "", entries);
  }
  // Workers take from the right end.
  return m_keyspace->read(*key, Direction::backward, [&](const ItemBlock& ids) -> Result<void> {
    for (std::size_t i = ids.size(); i > 0; --i) {
      entries.push_back(resolve("", ids[i - 1], 0));
    }
    return {};
  });
}

Result<void> QueueImage::read_scores(KeyId key, std::string_view id_prefix, std::vector<Entry>& entries) {
  return m_keyspace->read(key, Direction::forward, [&](const ItemBlock& items) -> Result<void> {
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) {
      const auto score = parse_double(items[i + 1]);
      if (!score) {
        return make_error(ErrorCode::corrupt, fmt::format("{} has a score that is no number", m_keyspace->name(key)));
      }
      entries.push_back(resolve(id_prefix, items[i], *score));
    }
    return {};
  });
}

Result<void> QueueImage::read_schedulers() {
  const auto key = find("repeat");
  if (!key || m_keyspace->type(*key) != RedisType::zset) {
    return {};
  }
  m_fits[*key - m_first] = is_type(*key, RedisType::zset);
  QSNAP_TRY(read_scores(*key, k_repeat, m_schedulers));
  std::sort(m_schedulers.begin(), m_schedulers.end(),
            [&](const Entry& a, const Entry& b) { return scheduler_id(a) < scheduler_id(b); });
  for (const Entry& scheduler : m_schedulers) {
    if (scheduler.key != k_no_key && is_type(scheduler.key, RedisType::hash)) {
      m_fits[scheduler.key - m_first] = true;
      m_scheduler_hashes[scheduler.key - m_first] = true;
    }
  }
  return {};
}

Result<void> QueueImage::read_settings() {
  if (const auto meta = find("meta"); meta && is_type(*meta, RedisType::hash)) {
    QSNAP_ASSIGN(const ItemBlock hash, m_keyspace->read_all(*meta));
    m_fits[*meta - m_first] = has_text_fields(hash);
  }
  for (const std::string_view suffix : {"id", "pc"}) {
    if (const auto counter = find(suffix); counter && is_type(*counter, RedisType::string)) {
      QSNAP_ASSIGN(const ItemBlock value, m_keyspace->read_all(*counter));
      m_fits[*counter - m_first] = value.size() == 1 && parse_count(value[0]).has_value();
    }
  }
  return {};
}

bool QueueImage::is_free_hash(KeyId key) const {
  return is_type(key, RedisType::hash) && !m_scheduler_hashes[key - m_first] && parts(key).kind == KeyKind::body;
}

void QueueImage::mark_listed_bodies() {
  for (const std::vector<Entry>& entries : m_jobs) {
    for (const Entry& job : entries) {
      if (job.key != k_no_key && is_free_hash(job.key)) {
        m_bodies[job.key - m_first] = true;
        m_fits[job.key - m_first] = true;
      }
    }
  }
}

/// An id with ':' that is not a scheduler's is none of the library's making: such a key may be another queue's, under
/// a longer prefix.
Result<void> QueueImage::read_orphans() {
  std::vector<Entry>& orphans = m_jobs.at(static_cast<std::size_t>(State::orphan));
  for (KeyId key = m_first; key < m_last; ++key) {
    if (m_bodies[key - m_first] || !is_free_hash(key)) {
      continue;
    }
    const std::string_view id = parts(key).id;
    if (id.find(':') != std::string_view::npos && !parse_scheduled_id(id)) {
      continue;
    }
    QSNAP_ASSIGN(const ItemBlock hash, m_keyspace->read_all(key));
    if (looks_like_a_job(hash)) {
      orphans.push_back({key, 0, 0});
      m_bodies[key - m_first] = true;
      m_fits[key - m_first] = true;
    }
  }
  return {};
}

Result<void> QueueImage::read_family(std::string_view prefix) {
  for (KeyId key = m_first; key < m_last; ++key) {
    if (m_keyspace->type(key) == RedisType::hash && is_body(key)) {
      continue;  // the usual case, without a look at the name
    }
    const KeyParts key_parts = parts(key);
    if (hangs_on_a_job(key_parts.kind) && !m_fits[key - m_first]) {
      QSNAP_TRY(add_family_key(prefix, key, key_parts));
    }
  }
  std::sort(m_family.begin(), m_family.end());
  return {};
}

Result<void> QueueImage::add_family_key(std::string_view prefix, KeyId key, const KeyParts& key_parts) {
  QSNAP_ASSIGN(bool fits, fits_family(*m_keyspace, prefix, key_parts.kind, key));
  if (!fits) {
    return {};
  }
  std::string id{key_parts.id};
  if (key_parts.kind == KeyKind::dedup) {
    QSNAP_ASSIGN(const ItemBlock value, m_keyspace->read_all(key));
    id = value.empty() ? std::string{} : std::string{value[0]};
  }
  const auto job = find(id);
  if (!job || !is_body(*job)) {
    return {};
  }
  if (key_parts.kind == KeyKind::dedup) {
    QSNAP_ASSIGN(fits, locks_its_job(key, key_parts.id, *job));
  }
  if (fits) {
    m_fits[key - m_first] = true;
    m_family.push_back({*job, key_parts.kind, key});
  }
  return {};
}

/// The job's own field must tell the name of the lock, for that is what it is rebuilt from.
Result<bool> QueueImage::locks_its_job(KeyId lock, std::string_view dedup, KeyId job) const {
  QSNAP_ASSIGN(const ItemBlock hash, m_keyspace->read_all(job));
  QSNAP_ASSIGN(const ItemBlock value, m_keyspace->read_all(lock));
  return find_field(hash, "deid") == dedup && value.size() == 1;
}

}  // namespace qsnap::frameworks::bullmq
