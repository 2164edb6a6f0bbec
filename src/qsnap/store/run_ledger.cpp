// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/ascii.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/random.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/store/run_event_json.hpp>
#include <qsnap/store/run_ledger.hpp>
#include <qsnap/store/run_list.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::store {

namespace {

namespace fs = std::filesystem;

bool is_alphanumeric(char c) {
  return is_digit(c) || is_letter(c);
}

bool is_run_id_character(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
}

std::string host_name() {
  constexpr std::size_t k_most_host_bytes = 64;
  std::array<char, k_most_host_bytes> buffer{};
  std::string host = ::gethostname(buffer.data(), buffer.size() - 1) == 0 ? buffer.data() : "";
  std::replace_if(
      host.begin(), host.end(), [](char c) { return !is_run_id_character(c); }, '_');
  return host.empty() || host.front() == '.' ? "host" + host : host;
}

/// The processes of two containers may have one host name and one number each, and their files be copied into one
/// folder: then one would replace the other, and what it refers to would be obsolete.
std::string file_of_this_process() {
  constexpr std::size_t k_random_bytes = 4;
  const Result<std::string> random = random_bytes(k_random_bytes);
  return fmt::format("{}-{}-{}{}", host_name(), ::getpid(), random ? to_hex(*random) : "0", k_ledger_suffix);
}

/// Whether the folder of the run was made just now.
enum class RunFolder : std::uint8_t { made, was_there };

struct OpenRun {
  UniqueFd folder;
  RunFolder kind = RunFolder::was_there;
};

/// `runs` is the user's own, or in the git dir; below it no link is followed.
Result<OpenRun> open_run(const fs::path& runs, const RunId& id) {
  std::error_code failure;
  fs::create_directories(runs, failure);
  if (failure) {
    return file_error("create the folder", runs, failure.value());
  }
  QSNAP_ASSIGN(std::optional<UniqueFd> folder, open_folder(runs, id.text()));
  if (folder) {
    return OpenRun{std::move(*folder), RunFolder::was_there};
  }
  QSNAP_ASSIGN(UniqueFd made, make_folders(runs, id.text(), k_private_mode));
  return OpenRun{std::move(made), RunFolder::made};
}

/// O_NONBLOCK: a fifo of this name is refused, and not waited for.
Result<UniqueFd> open_to_append(const UniqueFd& folder, const std::string& file, const fs::path& path) {
  constexpr mode_t k_private = 0600;
  constexpr int k_flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  UniqueFd fd{::openat(folder.get(), file.c_str(), k_flags, k_private)};
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return file_error("open", path, errno);
  }
  if (!S_ISREG(status.st_mode)) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", path.native()));
  }
  return fd;
}

/// In one call. Of a line that did not fit on the disk nothing stays, so that the next one is not behind half a line.
Result<void> append_line(const UniqueFd& file, const std::string& line, const fs::path& path) {
  const ssize_t written = ::write(file.get(), line.data(), line.size());
  if (written == static_cast<ssize_t>(line.size())) {
    return {};
  }
  const int error_number = written < 0 ? errno : ENOSPC;
  struct stat status {};
  if (written > 0 && (::fstat(file.get(), &status) != 0 || ::ftruncate(file.get(), status.st_size - written) != 0)) {
    return file_error("take back half a line of", path, errno);
  }
  return file_error("write", path, error_number);
}

}  // namespace

Result<RunId> RunId::parse(std::string_view text) {
  constexpr std::size_t k_most_bytes = 100;
  const bool is_id = !text.empty() && text.size() <= k_most_bytes && is_alphanumeric(text.front()) &&
                     text.back() != '.' && std::all_of(text.begin(), text.end(), is_run_id_character);
  if (!is_id) {
    return make_error(ErrorCode::usage, fmt::format("\"{}\" is no id of a run", text),
                      {"up to 100 of A-Z, a-z, 0-9, '.', '_' and '-', the first one a letter or a digit"});
  }
  return RunId{std::string{text}};
}

RunLedger::RunLedger(fs::path runs, RunId id)
    : m_runs(std::move(runs)), m_id(std::move(id)), m_file(file_of_this_process()) {}

/// Without fsync: what a power cut takes away is a run that did not come to its end, and that nobody declares complete.
Result<void> RunLedger::append(const RunEvent& event) const {
  const fs::path path = m_runs / m_id.text() / m_file;
  QSNAP_ASSIGN(const OpenRun run, open_run(m_runs, m_id));
  QSNAP_ASSIGN(const UniqueFd file, open_to_append(run.folder, m_file, path));
  QSNAP_TRY(append_line(file, format_run_event(event) + '\n', path));
  if (run.kind == RunFolder::made) {
    sweep_old_runs(m_runs, event.at);
  }
  return {};
}

}  // namespace qsnap::store
