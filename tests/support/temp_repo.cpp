// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <system_error>

#include <support/temp_repo.hpp>

#include <qsnap/base/unique_fd.hpp>

namespace qsnap::test {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> hermetic_environment(const fs::path& home) {
  const char* path = std::getenv("PATH");
  return {std::string{"PATH="} + (path != nullptr ? path : "/usr/bin:/bin"),
          "HOME=" + home.native(),
          "LC_ALL=C",
          "TZ=UTC",
          "GIT_CONFIG_NOSYSTEM=1",
          "GIT_CONFIG_GLOBAL=/dev/null",
          "GIT_TERMINAL_PROMPT=0",
          "GIT_CEILING_DIRECTORIES=" + home.native(),
          "GIT_AUTHOR_NAME=Ada",
          "GIT_AUTHOR_EMAIL=ada@example.org",
          "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
          "GIT_COMMITTER_NAME=Ada",
          "GIT_COMMITTER_EMAIL=ada@example.org",
          "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z"};
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> out;
  out.reserve(strings.size() + 1);
  for (std::string& string : strings) {
    out.push_back(string.data());
  }
  out.push_back(nullptr);
  return out;
}

std::string read_to_end(int fd) {
  std::string out;
  std::array<char, 4096> buffer{};
  for (ssize_t count = 0; (count = ::read(fd, buffer.data(), buffer.size())) > 0;) {
    out.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return out;
}

/// Runs git and returns its standard output; its standard error goes to ours.
std::string run_git(std::vector<std::string> arguments, const fs::path& home) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  const UniqueFd reading{ends[0]};
  UniqueFd writing{ends[1]};
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, writing.get(), STDOUT_FILENO);
  std::vector<std::string> environment = hermetic_environment(home);
  pid_t child = 0;
  const int status =
      ::posix_spawnp(&child, "git", &actions, nullptr, pointers(arguments).data(), pointers(environment).data());
  posix_spawn_file_actions_destroy(&actions);
  if (status != 0) {
    throw std::system_error(status, std::generic_category(), "cannot run git");
  }
  writing.reset();
  std::string out = read_to_end(reading.get());
  int exit_status = 0;
  ::waitpid(child, &exit_status, 0);
  if (exit_status != 0) {
    throw std::runtime_error("git " + arguments.at(3) + " failed: " + out);
  }
  if (out.ends_with('\n')) {
    out.pop_back();
  }
  return out;
}

fs::path make_scratch() {
  std::string name = (fs::temp_directory_path() / "qsnap-repo-XXXXXX").native();
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp");
  }
  return fs::canonical(name);
}

}  // namespace

TempRepo::TempRepo(Kind kind) : m_scratch(make_scratch()), m_path(m_scratch / "repo") {
  fs::create_directory(m_path);
  git(kind == Kind::bare ? std::vector<std::string>{"init", "--quiet", "--bare", "--initial-branch=main"}
                         : std::vector<std::string>{"init", "--quiet", "--initial-branch=main"});
}

TempRepo::~TempRepo() {
  std::error_code ignored;
  fs::remove_all(m_scratch, ignored);
}

std::string TempRepo::git(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"git", "-C", m_path.native()};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return run_git(std::move(all), m_scratch);
}

void TempRepo::write(const fs::path& relative, std::string_view bytes) const {
  fs::create_directories((m_path / relative).parent_path());
  std::ofstream file(m_path / relative, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (!file.flush()) {
    throw std::runtime_error("cannot write " + relative.native());
  }
}

std::string TempRepo::commit_all(const std::string& message) const {
  git({"add", "--all"});
  git({"commit", "--quiet", "--allow-empty", "-m", message});
  return git({"rev-parse", "HEAD"});
}

}  // namespace qsnap::test
