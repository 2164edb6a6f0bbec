// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/git/blob_batch.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::git {

namespace {

/// Answers of `git cat-file --batch`, as they come: "ID TYPE SIZE\n" with so many bytes and "\n" behind it, or
/// "ID missing\n".
class BatchParser {
 public:
  /// The first answer is that for the id with this index.
  BatchParser(BlobSink& sink, std::size_t first) : m_sink(sink), m_next(first) {}

  Result<void> take(std::string_view bytes) {
    while (!bytes.empty()) {
      QSNAP_ASSIGN(const std::size_t used, m_in_blob ? take_content(bytes) : take_head(bytes));
      bytes.remove_prefix(used);
    }
    return {};
  }

  [[nodiscard]] std::size_t answered() const { return m_next; }
  [[nodiscard]] bool in_blob() const { return m_in_blob || !m_head.empty(); }

 private:
  Result<std::size_t> take_head(std::string_view bytes) {
    constexpr std::size_t k_most_bytes = 256;
    const std::size_t end = bytes.find('\n');
    m_head += bytes.substr(0, std::min(end, k_most_bytes));
    if (m_head.size() >= k_most_bytes) {
      return make_error(ErrorCode::git, "git cat-file answered with what is no object");
    }
    if (end == std::string_view::npos) {
      return bytes.size();
    }
    QSNAP_TRY(begin(std::exchange(m_head, {})));
    return end + 1;
  }

  Result<void> begin(std::string_view head) {
    const std::size_t size_at = head.rfind(' ');
    const std::size_t type_at = head.find(' ');
    if (type_at == size_at) {  // "ID missing"; an object's line has three words
      return m_sink.missing(m_next++);
    }
    const auto size = parse_integer(head.substr(size_at + 1));
    if (!size || *size < 0) {
      return make_error(ErrorCode::git, "git cat-file answered with what is no object");
    }
    m_in_blob = true;
    m_is_blob = head.substr(type_at + 1, size_at - type_at - 1) == "blob";
    m_left = static_cast<std::uint64_t>(*size);
    return m_is_blob ? m_sink.begin(m_next, m_left) : Result<void>{};
  }

  Result<std::size_t> take_content(std::string_view bytes) {
    const std::size_t count = std::min<std::uint64_t>(m_left, bytes.size());
    if (count > 0 && m_is_blob) {
      QSNAP_TRY(m_sink.piece(bytes.substr(0, count)));
    }
    m_left -= count;
    if (m_left > 0 || count == bytes.size()) {
      return count;
    }
    m_in_blob = false;  // the byte behind it ends the line
    QSNAP_TRY(m_is_blob ? m_sink.end() : m_sink.missing(m_next));
    ++m_next;
    return count + 1;
  }

  BlobSink& m_sink;
  std::string m_head;
  std::size_t m_next;
  std::uint64_t m_left = 0;
  bool m_in_blob = false, m_is_blob = false;
};

bool is_id(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c).has_value(); });
}

/// One process of git, for the ids from `first` on. The index of the first one that it has not answered for: in a
/// partial clone, git ends at the first blob that it does not have, because it must not fetch it.
Result<std::size_t> read_some(const std::filesystem::path& folder, std::span<const std::string> ids, std::size_t first,
                              BlobSink& sink) {
  GitCommand command{.folder = folder, .arguments = {"cat-file", "--batch", "--buffer"}, .input = {}};
  for (const std::string& id : ids.subspan(first)) {
    command.input += id + '\n';
  }
  BatchParser parser{sink, first};
  QSNAP_ASSIGN(const GitAnswer answer, run_git(command, [&](std::string_view piece) { return parser.take(piece); }));
  const bool complete = answer.exit_code == 0 && parser.answered() == ids.size();
  if (!complete && (parser.in_blob() || answer.exit_code == 0)) {
    return make_error(ErrorCode::git, fmt::format("git cat-file failed: {}", answer.errors),
                      {"git fsck says whether the repository is sound"});
  }
  return parser.answered();
}

}  // namespace

Result<void> read_blobs(const std::filesystem::path& folder, std::span<const std::string> ids, BlobSink& sink) {
  const auto bad = std::find_if_not(ids.begin(), ids.end(), [](const std::string& id) { return is_id(id); });
  if (bad != ids.end()) {
    return make_error(ErrorCode::internal, fmt::format("{} is no object's id", *bad));
  }
  for (std::size_t next = 0; next < ids.size();) {
    QSNAP_ASSIGN(next, read_some(folder, ids, next, sink));
    if (next < ids.size()) {
      QSNAP_TRY(sink.missing(next++));
    }
  }
  return {};
}

}  // namespace qsnap::git
