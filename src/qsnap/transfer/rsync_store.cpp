// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <unordered_map>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/process.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/transfer/manifest.hpp>
#include <qsnap/transfer/rsync_store.hpp>
#include <qsnap/transfer/scratch_folder.hpp>

namespace qsnap::transfer {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_most_complaint_bytes = 64 * limits::k_kib;

/// For one run of rsync: the names of what it moves, and those files.
class Stage {
 public:
  static Result<Stage> create(const fs::path& where, ChunkStore::Names names) {
    std::error_code failed;
    fs::create_directories(where, failed);
    QSNAP_ASSIGN(ScratchFolder folder, ScratchFolder::create(where, "rsync"));
    Stage stage{std::move(folder)};
    std::string lines;
    for (const std::string& name : names) {
      fmt::format_to(std::back_inserter(lines), "{}/{}\n", k_store_folder, name);
    }
    QSNAP_TRY(stage.write(stage.folder() / "names", lines));
    return stage;
  }

  [[nodiscard]] const fs::path& folder() const { return m_folder.path(); }
  [[nodiscard]] fs::path file(std::string_view name) const { return folder() / "files" / k_store_folder / name; }

  Result<void> write(const fs::path& path, std::string_view bytes) const {
    std::error_code failed;
    fs::create_directories(path.parent_path(), failed);
    const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
    return fd ? write_all(fd, bytes, path) : file_error("create", path, errno);
  }

 private:
  explicit Stage(ScratchFolder folder) : m_folder(std::move(folder)) {}

  ScratchFolder m_folder;
};

/// Why rsync ended so, by its manual and in its own words.
Error rsync_error(const std::string& label, int exit_code, std::string complaints) {
  while (complaints.ends_with('\n')) {
    complaints.pop_back();
  }
  constexpr int k_not_reached = 255, k_protocol = 12;
  std::vector<std::string> hints;
  if (exit_code == k_not_reached || exit_code == k_protocol) {
    hints = {"does ssh reach it without a password?", "rsync has to be installed there"};
  }
  return make_error(ErrorCode::io,
                    fmt::format("rsync with {} failed ({}): {}", label, exit_code,
                                complaints.empty() ? "it does not say why" : complaints),
                    std::move(hints));
}

/// "-rw-r--r--         18,432 2026/11/20 10:00:00 qsnap-lfs/v1/chunks/ab/abcd…", and folders among them.
std::unordered_map<std::string, std::uint64_t> listed_lengths(std::string_view listing) {
  std::unordered_map<std::string, std::uint64_t> found;
  for (const std::string_view line : split(listing, '\n')) {
    const std::size_t name = line.rfind(' ');
    if (!line.starts_with('-') || name == std::string_view::npos) {
      continue;
    }
    std::string digits;
    const std::size_t begin = line.find_first_not_of(' ', line.find(' '));
    for (const char c : line.substr(begin, line.find(' ', begin) - begin)) {
      if (c != ',' && c != '.') {
        digits += c;
      }
    }
    if (const auto length = parse_integer(digits); length && *length >= 0) {
      found.emplace(line.substr(name + 1), static_cast<std::uint64_t>(*length));
    }
  }
  return found;
}

}  // namespace

Result<RsyncStore::Answer> RsyncStore::run(const fs::path& folder, std::vector<std::string> options, Target target) {
  const StoreLocation& location = m_access.location;
  const std::string port = location.port ? fmt::format(" -p {}", *location.port) : "";
  std::vector<std::string> words = {
      "rsync",
      "-e",
      fmt::format("{} -oBatchMode=yes -oConnectTimeout=20{}", m_access.remote_shell, port),
      "--protect-args",
      "--timeout=120",
      fmt::format("--files-from={}", (folder / "names").native())};
  words.insert(words.end(), std::make_move_iterator(options.begin()), std::make_move_iterator(options.end()));
  std::string remote = fmt::format("{}:{}/", location.host, location.path), local = (folder / "files/").native();
  words.emplace_back("--");
  words.push_back(target == Target::remote ? std::move(local) : remote);
  words.push_back(target == Target::remote ? std::move(remote) : std::move(local));

  const fs::path output = folder / "output", errors = folder / "errors";
  const UniqueFd nothing{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const UniqueFd out{::open(output.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  const UniqueFd err{::open(errors.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  if (!nothing || !out || !err) {
    return file_error("create a file in", folder, errno);
  }
  auto process = Process::start({.words = std::move(words),
                                 .environment = m_access.environment,
                                 .input = nothing.get(),
                                 .output = out.get(),
                                 .errors = err.get(),
                                 .session = ProcessSession::ours,
                                 .after_our_death = SIGTERM});
  if (!process) {
    Error error = std::move(process).error();
    error.hints.emplace_back("install rsync");
    return error;
  }
  const int exit_code = process->wait().exit_code;
  QSNAP_ASSIGN(std::string printed, read_file(output, k_most_manifest_bytes));
  if (exit_code == 0) {
    return Answer{std::move(printed), {}};
  }
  auto complaints = read_file(errors, k_most_complaint_bytes);
  return Answer{std::move(printed), rsync_error(label(), exit_code, complaints ? *std::move(complaints) : "")};
}

Result<std::vector<std::optional<std::uint64_t>>> RsyncStore::lengths(Names names) {
  QSNAP_ASSIGN(const Stage stage, Stage::create(m_access.work_folder, names));
  QSNAP_ASSIGN(const Answer answer,
               run(stage.folder(), {"--list-only", "--ignore-missing-args", "--no-human-readable"}, Target::local));
  QSNAP_TRY(answer.done);
  const auto listed = listed_lengths(answer.output);
  std::vector<std::optional<std::uint64_t>> found;
  for (const std::string& name : names) {
    const auto entry = listed.find(fmt::format("{}/{}", k_store_folder, name));
    found.push_back(entry == listed.end() ? std::nullopt : std::optional{entry->second});
  }
  return found;
}

Result<void> RsyncStore::put(Names names, const Give& give) {
  QSNAP_ASSIGN(const Stage stage, Stage::create(m_access.work_folder, names));
  for (std::size_t i = 0; i < names.size(); ++i) {
    QSNAP_ASSIGN(const std::string bytes, give(i));
    QSNAP_TRY(stage.write(stage.file(names[i]), bytes));
  }
  // Without --times each file is new there: a collection of garbage goes by that. --ignore-times, because who asks for
  // a put knows that what is there is none or damaged.
  QSNAP_ASSIGN(const Answer answer, run(stage.folder(), {"--ignore-times", "--whole-file", "--fsync"}, Target::remote));
  return answer.done;
}

Result<void> RsyncStore::get(Names names, std::size_t most_bytes, const Take& take) {
  QSNAP_ASSIGN(const Stage stage, Stage::create(m_access.work_folder, names));
  QSNAP_ASSIGN(const Answer answer, run(stage.folder(), {"--ignore-missing-args", "--whole-file"}, Target::local));
  for (std::size_t i = 0; i < names.size(); ++i) {
    const fs::path path = stage.file(names[i]);
    std::error_code ignored;
    if (fs::is_regular_file(fs::symlink_status(path, ignored))) {
      QSNAP_ASSIGN(std::string bytes, read_file(path, most_bytes));
      QSNAP_TRY(take(i, std::move(bytes)));
    }
  }
  return answer.done;
}

}  // namespace qsnap::transfer
