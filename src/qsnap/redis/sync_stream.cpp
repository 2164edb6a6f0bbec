// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/sync_stream.hpp>

namespace qsnap::redis {

namespace {

constexpr std::size_t k_mark_bytes = 40;
constexpr std::string_view k_unknown_length = "$EOF:";
constexpr std::string_view k_use_freeze = "--consistency=freeze needs no fork and no replication";

}  // namespace

Error sync_refusal(std::string_view answer) {
  std::string message = fmt::format("the server refuses SYNC: {}", answer);
  if (answer.starts_with("NOPERM")) {
    return make_error(
        ErrorCode::redis_denied, std::move(message),
        {"give the user the right: ACL SETUSER NAME +sync +replconf +config|get", std::string{k_use_freeze}});
  }
  if (answer.starts_with("NOMASTERLINK") || answer.find("not connected with my master") != std::string_view::npos) {
    return make_error(ErrorCode::inconsistent, std::move(message),
                      {"this replica has lost its primary; name the primary", std::string{k_use_freeze}});
  }
  if (answer.find("BGSAVE failed") != std::string_view::npos) {
    return make_error(ErrorCode::inconsistent, std::move(message),
                      {"the server could not fork: its log says why; most often memory (vm.overcommit_memory)",
                       std::string{k_use_freeze}});
  }
  if (answer.find("unknown command") != std::string_view::npos) {
    return make_error(ErrorCode::redis_denied, std::move(message),
                      {"managed services leave SYNC out", std::string{k_use_freeze}});
  }
  return reply_error(answer);
}

Result<std::optional<SyncHeader>> parse_sync_header(std::string_view received) {
  received.remove_prefix(std::min(received.find_first_not_of('\n'), received.size()));
  const std::size_t end = received.find("\r\n");
  if (end == std::string_view::npos) {
    constexpr std::size_t k_longest_line = 1024;
    if (received.size() > k_longest_line) {
      return make_error(ErrorCode::redis_protocol, "the answer to SYNC is neither an image nor an error");
    }
    return std::optional<SyncHeader>{};
  }
  const std::string_view line = received.substr(0, end);
  if (line.starts_with('-')) {
    return sync_refusal(line.substr(1));
  }
  if (line.starts_with(k_unknown_length) && line.size() == k_unknown_length.size() + k_mark_bytes) {
    return std::optional{
        SyncHeader{std::string{line.substr(k_unknown_length.size())}, std::string{received.substr(end + 2)}}};
  }
  if (line.starts_with('$') && parse_integer(line.substr(1))) {
    return make_error(ErrorCode::refused, "the server answers SYNC by writing its dump.rdb, which is never asked for",
                      {"CONFIG SET repl-diskless-sync yes on the server", std::string{k_use_freeze}});
  }
  return make_error(ErrorCode::redis_protocol, "the answer to SYNC is neither an image nor an error");
}

Result<std::string_view> SyncImage::next() {
  m_buffer.erase(0, m_handed);
  m_handed = 0;
  while (!m_ended && m_handed == 0) {
    const auto mark =
        std::search(m_buffer.begin(), m_buffer.end(), std::boyer_moore_horspool_searcher{m_mark.begin(), m_mark.end()});
    if (mark != m_buffer.end()) {
      m_ended = true;
      m_handed = static_cast<std::size_t>(mark - m_buffer.begin());
    } else if (m_buffer.size() >= m_mark.size()) {
      m_handed = m_buffer.size() - (m_mark.size() - 1);  // the rest may be the beginning of the mark
    } else {
      QSNAP_ASSIGN(const std::string_view more, m_wire());
      m_buffer += more;
    }
  }
  return std::string_view{m_buffer}.substr(0, m_handed);
}

}  // namespace qsnap::redis
