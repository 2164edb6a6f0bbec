// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/base/limits.hpp>
#include <qsnap/frameworks/record_line.hpp>

namespace qsnap::frameworks {

namespace {

/// Large enough that waking a thread up costs nothing for each record; small enough to stay in a cache.
constexpr std::size_t k_batch_bytes = 128 * limits::k_kib;
constexpr std::size_t k_waiting_bytes = 4 * k_batch_bytes;

std::size_t bytes_of(const model::Record& record) {
  std::size_t bytes = sizeof record;
  for (const model::Fields* fields : {&record.fields, &record.volatiles}) {
    for (const model::Field& field : *fields) {
      bytes += sizeof field + field.json.size();
    }
  }
  return bytes;
}

}  // namespace

void RecordBatch::add(std::size_t source, model::Record record, std::span<const SeenValue> seen) {
  m_bytes += bytes_of(record);
  for (const SeenValue& value : seen) {
    m_bytes += value.items->bytes();
    m_seen.push_back(value);
  }
  m_items.push_back({source, std::move(record), m_seen.size()});
}

void RecordBatch::clear() {
  m_items.clear();
  m_seen.clear();
  m_bytes = 0;
}

std::span<const SeenValue> RecordBatch::seen(std::size_t i) const {
  const std::size_t begin = i == 0 ? 0 : m_items[i - 1].seen_end;
  return std::span{m_seen}.subspan(begin, m_items[i].seen_end - begin);
}

RecordLine::RecordLine(std::size_t threads, Prove prove, model::RecordSink& sink)
    : m_threads(threads), m_prove(std::move(prove)), m_sink(sink) {}

Result<void> RecordLine::prove(std::size_t source, model::Record record, std::span<const SeenValue> seen) {
  m_batch.add(source, std::move(record), seen);
  return m_batch.bytes() < k_batch_bytes ? Result<void>{} : hand_over();
}

Result<void> RecordLine::write(model::Record record) {
  m_batch.add(0, std::move(record), {});
  return m_batch.bytes() < k_batch_bytes ? Result<void>{} : hand_over();
}

Result<void> RecordLine::settle() {
  QSNAP_TRY(hand_over());
  m_settled = true;
  return drain(m_proving);
}

Result<void> RecordLine::finish() {
  QSNAP_TRY(hand_over());
  return drain(m_writing);
}

Result<void> RecordLine::hand_over() {
  const std::size_t bytes = m_batch.bytes();
  RecordBatch batch = std::exchange(m_batch, empty_batch());
  if (bytes > k_waiting_bytes) {  // a huge record: it goes alone, because two of those in memory would be too many
    QSNAP_TRY(drain(m_proving));
    QSNAP_TRY(drain(m_writing));
  } else if (m_threads > 1) {
    start();
  }
  if (m_settled) {
    return pass_on(std::move(batch));
  }
  return m_proving ? m_proving->push(std::move(batch), bytes) : prove_batch(std::move(batch));
}

void RecordLine::start() {
  if (!m_writing) {
    m_writing.emplace(k_waiting_bytes, [this](RecordBatch batch) { return write_batch(std::move(batch)); });
  }
  if (!m_proving && !m_settled) {
    m_proving.emplace(k_waiting_bytes, [this](RecordBatch batch) { return prove_batch(std::move(batch)); });
  }
}

Result<void> RecordLine::drain(Worker& worker) {
  if (!worker) {
    return {};
  }
  Result<void> outcome = worker->finish();
  worker.reset();
  return outcome;
}

Result<void> RecordLine::prove_batch(RecordBatch batch) {
  QSNAP_TRY(m_prove(batch));
  return pass_on(std::move(batch));
}

Result<void> RecordLine::pass_on(RecordBatch batch) {
  const std::size_t bytes = batch.bytes();
  return m_writing ? m_writing->push(std::move(batch), bytes) : write_batch(std::move(batch));
}

Result<void> RecordLine::write_batch(RecordBatch batch) {
  for (const RecordBatch::Item& item : batch.items()) {
    if (!item.lost) {
      QSNAP_TRY(m_sink.add(item.record));
    }
  }
  if (batch.bytes() > k_waiting_bytes) {
    batch.clear();
  }
  const std::lock_guard lock{m_spent_mutex};
  m_spent.push_back(std::move(batch));
  return {};
}

RecordBatch RecordLine::empty_batch() {
  RecordBatch batch;
  {
    const std::lock_guard lock{m_spent_mutex};
    if (!m_spent.empty()) {
      batch = std::move(m_spent.back());
      m_spent.pop_back();
    }
  }
  batch.clear();
  return batch;
}

}  // namespace qsnap::frameworks
