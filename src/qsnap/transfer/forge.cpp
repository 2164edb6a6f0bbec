// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/transfer/forge.hpp>

namespace qsnap::transfer {

namespace {

/// A page of git-lfs's words is enough to say why.
std::string shortened(std::string words) {
  constexpr std::size_t k_most = 500;
  while (words.ends_with('\n')) {
    words.pop_back();
  }
  words.resize(std::min(words.size(), k_most));
  return words;
}

}  // namespace

/// What git-lfs takes by itself, which for a folder is an agent of its own.
std::string Forge::without_agent() const {
  return fmt::format("lfs.{}.standalonetransferagent={}", m_url,
                     m_url.starts_with("file://") ? "lfs-standalone-file" : "");
}

Result<void> Forge::push(const ObjectName& object) const {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = {},
                             .arguments = {"-c", without_agent(), "lfs", "push", "--object-id", m_remote,
                                           std::string{object.id}},
                             .input = {},
                             .environment = git::GitEnvironment::transport}));
  if (answer.exit_code != 0) {
    return make_error(ErrorCode::io,
                      fmt::format("{} did not take the object {}: {}", m_url, object.id, shortened(answer.errors)));
  }
  return {};
}

Result<void> Forge::fetch(const ObjectName& object, const std::filesystem::path& file) const {
  const UniqueFd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644)};
  if (!fd) {
    return file_error("create", file, errno);
  }
  codec::Sha256 whole;
  std::uint64_t length = 0;
  const git::OutputSink keep = [&](std::string_view piece) -> Result<void> {
    whole.update(piece);
    length += piece.size();
    return length <= object.bytes + codec::k_most_pointer_bytes
               ? write_all(fd, piece, file)
               : Result<void>{make_error(ErrorCode::corrupt, "git lfs smudge gives more than the object")};
  };
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = {},
                             .arguments = {"-c", without_agent(), "-c", "remote.lfsdefault=" + m_remote, "-c",
                                           "lfs.skipdownloaderrors=false", "lfs", "smudge"},
                             .input = codec::format_lfs_pointer({std::string{object.id}, object.bytes}),
                             .environment = git::GitEnvironment::transport},
                            keep));
  if (answer.exit_code != 0 || to_hex(whole.digest()) != object.id) {  // or it printed the pointer
    ::unlink(file.c_str());
    return make_error(ErrorCode::not_found,
                      fmt::format("{} does not give the object {}: {}", m_url, object.id, shortened(answer.errors)));
  }
  return ::fsync(fd.get()) == 0 ? Result<void>{} : file_error("sync", file, errno);
}

}  // namespace qsnap::transfer
