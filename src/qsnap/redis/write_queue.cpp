// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/redis/write_queue.hpp>

namespace qsnap::redis {

namespace {

/// What is sent at once: half of what a unix socket holds, so that the server has work while the next block is made.
constexpr std::size_t k_block_bytes = 64 * limits::k_kib;
/// Keys of answered commands are moved out of the way only once they are many.
constexpr std::size_t k_compact_bytes = 64 * limits::k_kib;

}  // namespace

void WriteQueue::Keys::push(std::string_view key) {
  m_bytes += key;
  m_lengths.push_back(key.size());
}

void WriteQueue::Keys::pop() {
  m_at += m_lengths.front();
  m_lengths.pop_front();
  if (m_at > k_compact_bytes && m_at > m_bytes.size() / 2) {
    m_bytes.erase(0, m_at);
    m_at = 0;
  }
}

Result<void> WriteQueue::state() const {
  if (m_refused) {
    return *m_refused;
  }
  return m_lost ? Result<void>{*m_lost} : Result<void>{};
}

/// A transfer that failed may have ended in the middle of a command, so the connection is good for nothing any more.
Result<void> WriteQueue::check(Result<void> transfer) {
  if (!transfer) {
    m_lost = transfer.error();
  }
  return transfer;
}

Result<void> WriteQueue::send(std::string_view key, std::span<const std::string_view> command) {
  QSNAP_TRY(state());
  if (m_in_flight.size() >= m_depth) {
    QSNAP_TRY(receive_down_to(m_depth / 2));
    QSNAP_TRY(state());
  }
  QSNAP_TRY(append_command(command));
  m_in_flight.push(key);
  return {};
}

Result<void> WriteQueue::send(std::string_view key, std::initializer_list<std::string_view> command) {
  return send(key, std::span<const std::string_view>{command.begin(), command.size()});
}

Result<void> WriteQueue::append_command(std::span<const std::string_view> command) {
  const fmt::format_int count{command.size()};
  QSNAP_TRY(append("*"));
  QSNAP_TRY(append({count.data(), count.size()}));
  QSNAP_TRY(append("\r\n"));
  for (const std::string_view argument : command) {
    QSNAP_TRY(append_argument(argument));
  }
  return {};
}

Result<void> WriteQueue::append_argument(std::string_view argument) {
  const fmt::format_int length{argument.size()};
  m_out.append(1, '$').append(length.data(), length.size()).append("\r\n");
  QSNAP_TRY(append(argument));
  m_out.append("\r\n");
  return {};
}

Result<void> WriteQueue::append(std::string_view bytes) {
  if (m_out.size() + bytes.size() > k_block_bytes) {
    QSNAP_TRY(flush());
  }
  if (bytes.size() > k_block_bytes) {
    return check(m_connection.send_formatted(bytes));
  }
  m_out += bytes;
  return {};
}

Result<void> WriteQueue::flush() {
  if (m_out.empty()) {
    return {};
  }
  QSNAP_TRY(check(m_connection.send_formatted(m_out)));
  m_out.clear();
  return {};
}

Result<void> WriteQueue::receive_down_to(std::size_t in_flight) {
  if (m_lost) {
    return *m_lost;
  }
  QSNAP_TRY(flush());
  while (m_in_flight.size() > in_flight) {
    QSNAP_TRY(check(m_connection.receive(m_reply)));
    if (m_reply.is_error() && !m_refused) {
      m_refused = with_context(reply_error(m_reply.text()), fmt::format("writing key {}", m_in_flight.front()));
    }
    m_accepted += m_reply.is_error() ? 0U : 1U;
    m_in_flight.pop();
  }
  return {};
}

Result<void> WriteQueue::settle() {
  QSNAP_TRY(state());
  QSNAP_TRY(receive_down_to(0));
  return state();
}

Result<void> WriteQueue::abandon() {
  QSNAP_TRY(receive_down_to(0));
  m_refused.reset();
  return {};
}

}  // namespace qsnap::redis
