// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/redis/write_queue.hpp>

namespace qsnap::redis {

Result<void> WriteQueue::state() const {
  return m_failure ? Result<void>{*m_failure} : Result<void>{};
}

Result<void> WriteQueue::send(std::string_view key, const Command& command) {
  QSNAP_TRY(state());
  if (m_keys.size() >= m_depth) {
    QSNAP_TRY(receive_down_to(m_depth / 2));
    QSNAP_TRY(state());
  }
  QSNAP_TRY(m_connection.send(command));
  m_keys.emplace_back(key);
  return {};
}

Result<void> WriteQueue::receive_down_to(std::size_t in_flight) {
  while (m_keys.size() > in_flight) {
    QSNAP_TRY(m_connection.receive(m_reply));
    if (m_reply.is_error() && !m_failure) {
      m_failure = with_context(reply_error(m_reply.text()), fmt::format("writing key {}", m_keys.front()));
    }
    m_keys.pop_front();
  }
  return {};
}

Result<void> WriteQueue::settle() {
  QSNAP_TRY(receive_down_to(0));
  return state();
}

Result<void> WriteQueue::abandon() {
  QSNAP_TRY(receive_down_to(0));
  m_failure.reset();
  return {};
}

}  // namespace qsnap::redis
