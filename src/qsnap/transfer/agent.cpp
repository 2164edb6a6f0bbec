// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/transfer/agent.hpp>
#include <qsnap/transfer/download.hpp>
#include <qsnap/transfer/folder_store.hpp>
#include <qsnap/transfer/rsync_store.hpp>

namespace qsnap::transfer {

namespace {

namespace fs = std::filesystem;

/// Without its end; absent at the end of the input. What is longer than a request may be is cut behind that.
std::optional<std::string> read_line(std::FILE* in) {
  std::string line;
  for (int c = 0; (c = std::fgetc(in)) != EOF && c != '\n';) {
    if (line.size() <= k_most_request_bytes) {
      line += static_cast<char>(c);
    }
  }
  return line.empty() && std::feof(in) != 0 ? std::nullopt : std::optional{std::move(line)};
}

bool is_snapshot(const codec::ByteSource& bytes) {
  constexpr std::uint64_t k_front = 64;
  const auto front = bytes.read(0, static_cast<std::size_t>(std::min(bytes.size(), k_front)));
  return front && codec::file_kind(*front) == codec::FileKind::snapshot;
}

/// What a killed agent left a day ago.
void sweep(const fs::path& folder) {
  std::error_code ignored;
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours{24};
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.last_write_time(ignored) < old) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

}  // namespace

Agent::Agent(AgentOptions options, std::FILE* in, std::FILE* out)
    : m_options(std::move(options)), m_in(in), m_out(out) {}

Result<void> Agent::run() {
  while (const std::optional<std::string> line = read_line(m_in)) {
    const Result<Request> request = parse_request(*line);
    if (!request) {
      QSNAP_TRY(say(init_answer(request.error())));
    } else if (request->kind == RequestKind::terminate) {
      return {};
    } else {
      QSNAP_TRY(answer(*request));
    }
  }
  return {};
}

Result<void> Agent::answer(const Request& request) {
  if (request.kind == RequestKind::init) {
    return say(init_answer(begin(request)));
  }
  m_so_far = 0;
  Result<std::string> path = make_error(ErrorCode::usage, "git-lfs has not said init");
  if (m_store) {
    path = request.kind == RequestKind::upload ? send(request) : receive(request);
  }
  return say(complete_answer(request.object_id, path));
}

Result<void> Agent::begin(const Request& request) {
  QSNAP_ASSIGN(
      const std::string common_dir,
      git::git_line(
          {.folder = {}, .arguments = {"rev-parse", "--path-format=absolute", "--git-common-dir"}, .input = {}}));
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder({}, common_dir));
  m_at_hand.emplace(objects);
  m_folder = objects.parent_path() / "qsnap-agent";
  sweep(m_folder);
  if (!m_options.url.empty() && !request.remote.empty() && request.remote.front() != '-') {
    m_forge.emplace(m_options.url, request.remote);
  }
  if (!m_options.store.host.empty()) {
    m_store = std::make_unique<RsyncStore>(
        RsyncAccess{m_options.store, m_options.remote_shell, m_options.environment, m_folder});
    return {};
  }
  QSNAP_ASSIGN(FolderStore store, FolderStore::open(m_options.store.path));
  m_store = std::make_unique<FolderStore>(std::move(store));
  return {};
}

Result<std::string> Agent::send(const Request& request) {
  const ObjectName object{request.object_id, request.bytes};
  QSNAP_ASSIGN(const auto bytes, codec::open_file_source(request.path));
  if (m_forge && !is_snapshot(*bytes)) {
    QSNAP_TRY(m_forge->push(object));
    advance(object.id, object.bytes);
    return std::string{};
  }
  QSNAP_ASSIGN(const std::uint64_t sent, upload(*m_store, object, *bytes, m_options.belief,
                                                [&](std::uint64_t more) { advance(object.id, more); }));
  m_sent += sent;
  return std::string{};
}

Result<std::string> Agent::receive(const Request& request) {
  const ObjectName object{request.object_id, request.bytes};
  QSNAP_ASSIGN(auto got,
               download(*m_store, object, *m_at_hand, m_folder, [&](std::uint64_t more) { advance(object.id, more); }));
  if (!got) {
    return receive_from_forge(object);
  }
  m_held = std::move(got->held);
  m_received += got->received;
  return got->file.native();
}

Result<std::string> Agent::receive_from_forge(const ObjectName& object) {
  const std::string lacking = fmt::format("{} has no object {}", m_store->label(), object.id);
  if (!m_forge) {
    return make_error(ErrorCode::not_found, lacking, {"from a clone that has it: git lfs push --all REMOTE"});
  }
  std::error_code failed;
  fs::create_directories(m_folder, failed);
  const fs::path file = m_folder / fmt::format("{}-forge", object.id);
  if (const Result<void> fetched = m_forge->fetch(object, file); !fetched) {
    return make_error(fetched.error().code, fmt::format("{}, and {}", lacking, fetched.error().message),
                      {"from a clone that has it: git lfs push --all REMOTE"});
  }
  advance(object.id, object.bytes);
  return file.native();
}

Result<void> Agent::say(const std::string& line) {
  if (std::fwrite(line.data(), 1, line.size(), m_out) != line.size() || std::fflush(m_out) != 0) {
    return make_error(ErrorCode::io, "git-lfs does not listen any more");
  }
  return {};
}

/// git-lfs waits for `complete` anyway, so a line that cannot be written shows there.
void Agent::advance(std::string_view object_id, std::uint64_t bytes) {
  m_so_far += bytes;
  (void)say(progress_answer(object_id, m_so_far, bytes));
}

}  // namespace qsnap::transfer
