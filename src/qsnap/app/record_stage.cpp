// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/record_stage.hpp>
#include <qsnap/base/limits.hpp>

namespace qsnap::app {

namespace {

/// Large enough that waking a thread up costs nothing for each record; small enough to stay in a cache.
constexpr std::size_t k_batch_bytes = 64 * limits::k_kib;
constexpr std::size_t k_waiting_bytes = 8 * k_batch_bytes;

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

RecordStage::RecordStage(model::RecordSink& sink)
    : m_stage(k_waiting_bytes, [&sink](Batch batch) -> Result<void> {
        for (model::Record& record : batch) {
          QSNAP_TRY(sink.take(std::move(record)));
        }
        return {};
      }) {}

Result<void> RecordStage::take(model::Record record) {
  m_batch_bytes += bytes_of(record);
  m_batch.push_back(std::move(record));
  return m_batch_bytes < k_batch_bytes ? Result<void>{} : hand_over();
}

Result<void> RecordStage::hand_over() {
  return m_stage.push(std::exchange(m_batch, {}), std::exchange(m_batch_bytes, 0));
}

Result<void> RecordStage::finish() {
  QSNAP_TRY(hand_over());
  return m_stage.finish();
}

}  // namespace qsnap::app
