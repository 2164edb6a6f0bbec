// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/driver/clean.hpp>
#include <qsnap/driver/filter_process.hpp>
#include <qsnap/driver/pkt_line.hpp>

namespace qsnap::driver {

namespace {

/// A path may be as long as the file system's; nothing else that Git sends in a list comes near.
constexpr std::size_t k_most_lines = 64;

Error unexpected(std::string_view what) {
  return make_error(ErrorCode::corrupt, std::string{"git's message is not of the filter protocol: "}.append(what),
                    {"the protocol needs git 2.11 or newer"});
}

struct Content {
  std::string bytes;
  bool is_whole = true;  ///< false: there was more than we hold, and it is gone
};

class Filter {
 public:
  Filter(std::FILE* in, std::FILE* out, const std::filesystem::path& folder) : m_in(in), m_out(out), m_folder(folder) {}

  Result<void> run();

 private:
  /// Lines up to a flush packet; absent where the input ends before the first.
  Result<std::optional<std::vector<std::string>>> lines();
  Result<std::vector<std::string>> required_lines();
  Result<Content> content();
  Result<void> greet();
  Result<void> answer_file(const std::vector<std::string>& request);
  Result<void> refuse();

  PacketReader m_in;
  PacketWriter m_out;
  const std::filesystem::path& m_folder;
};

Result<std::optional<std::vector<std::string>>> Filter::lines() {
  std::vector<std::string> found;
  for (;;) {
    QSNAP_ASSIGN(const Packet packet, m_in.next());
    if (packet.kind == PacketKind::end_of_input) {
      return found.empty() ? Result<std::optional<std::vector<std::string>>>{std::nullopt} : unexpected("it ends");
    }
    if (packet.kind == PacketKind::flush) {
      return std::optional{std::move(found)};
    }
    if (found.size() == k_most_lines) {
      return unexpected("a list without an end");
    }
    std::string_view line = packet.content;
    line.remove_suffix(line.ends_with('\n') ? 1 : 0);  // one alone: a path may end in one
    found.emplace_back(line);
  }
}

Result<std::vector<std::string>> Filter::required_lines() {
  QSNAP_ASSIGN(auto found, lines());
  return found ? Result<std::vector<std::string>>{*std::move(found)} : unexpected("it ends");
}

Result<Content> Filter::content() {
  Content content;
  for (;;) {
    QSNAP_ASSIGN(const Packet packet, m_in.next());
    if (packet.kind == PacketKind::end_of_input) {
      return unexpected("a file ends without its flush packet");
    }
    if (packet.kind == PacketKind::flush) {
      return content;
    }
    content.is_whole = content.is_whole && content.bytes.size() + packet.content.size() <= k_most_cleaned_bytes;
    if (content.is_whole) {
      content.bytes += packet.content;
    } else {
      content.bytes = {};
    }
  }
}

Result<void> Filter::greet() {
  QSNAP_ASSIGN(const auto client, required_lines());
  const auto has = [](const std::vector<std::string>& list, std::string_view line) {
    return std::find(list.begin(), list.end(), line) != list.end();
  };
  if (!has(client, "git-filter-client") || !has(client, "version=2")) {
    return unexpected("no client of version 2");
  }
  QSNAP_TRY(m_out.line("git-filter-server"));
  QSNAP_TRY(m_out.line("version=2"));
  QSNAP_TRY(m_out.flush());
  QSNAP_ASSIGN(const auto capabilities, required_lines());
  if (!has(capabilities, "capability=clean")) {
    return unexpected("a client that cleans nothing");
  }
  QSNAP_TRY(m_out.line("capability=clean"));
  return m_out.flush();
}

Result<void> Filter::refuse() {
  QSNAP_TRY(m_out.line("status=error"));
  return m_out.flush();
}

Result<void> Filter::answer_file(const std::vector<std::string>& request) {
  constexpr std::string_view k_path = "pathname=";
  CleanedFile file{m_folder, std::nullopt};
  for (const std::string& line : request) {
    if (line.starts_with(k_path)) {
      file.path = line.substr(k_path.size());
    }
  }
  QSNAP_ASSIGN(const Content content, this->content());
  if (!content.is_whole || std::find(request.begin(), request.end(), "command=clean") == request.end()) {
    return refuse();
  }
  const auto stored = cleaned(content.bytes, file);
  QSNAP_TRY(m_out.line("status=success"));
  QSNAP_TRY(m_out.flush());
  QSNAP_TRY(m_out.content(stored ? *stored : content.bytes));
  QSNAP_TRY(m_out.flush());
  return m_out.flush();  // an empty list behind the content: the status stays what it was
}

Result<void> Filter::run() {
  QSNAP_TRY(greet());
  for (;;) {
    QSNAP_ASSIGN(const auto request, lines());
    if (!request) {
      return {};
    }
    QSNAP_TRY(answer_file(*request));
  }
}

}  // namespace

Result<void> filter_process(std::FILE* in, std::FILE* out, const std::filesystem::path& folder) {
  return Filter{in, out, folder}.run();
}

}  // namespace qsnap::driver
