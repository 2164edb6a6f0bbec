// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include <qsnap/git/libgit2.hpp>

namespace qsnap::git {

namespace {

/// libgit2 is set up once for the process and lives as long: its own atexit-free shutdown would only race with
/// handles that are still open.
struct Library {
  Library() : status(git_libgit2_init()) {
    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
    // libgit2 1.5 refuses repositories with these extensions, though reading objects from them needs no support.
    std::array<const char*, 3> extensions = {"worktreeconfig", "partialclone", "relativeworktrees"};
    git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions.data(), extensions.size());
  }
  int status;
};

std::string last_message() {
  const ::git_error* error = git_error_last();
  return error != nullptr && error->message != nullptr ? error->message : "no reason given";
}

}  // namespace

Result<void> ensure_library() {
  static const Library library;
  if (library.status < 0) {
    return make_error(ErrorCode::git, "cannot start libgit2");
  }
  return {};
}

Error git_error(std::string_view doing, std::vector<std::string> hints) {
  return make_error(ErrorCode::git, fmt::format("cannot {}: {}", doing, last_message()), std::move(hints));
}

Error write_error(std::string_view doing) {
  const int error_number = errno;
  const ::git_error* error = git_error_last();
  if (error == nullptr) {  // as a stream of an object has it that cannot be written to
    return make_error(ErrorCode::io, fmt::format("cannot {}: {}", doing, std::strerror(error_number)));
  }
  return error->klass == GIT_ERROR_OS ? make_error(ErrorCode::io, git_error(doing).message) : git_error(doing);
}

Result<OdbHandle> open_odb(git_repository* repository) {
  git_odb* odb = nullptr;
  return git_repository_odb(&odb, repository) < 0 ? Result<OdbHandle>{git_error("open the object database")}
                                                  : OdbHandle{odb};
}

Result<void> check_size(git_repository* repository, const git_oid& id, std::uint64_t most_bytes,
                        std::string_view where) {
  QSNAP_ASSIGN(const OdbHandle odb, open_odb(repository));
  std::size_t size = 0;
  git_object_t type = GIT_OBJECT_INVALID;
  if (git_odb_read_header(&size, &type, odb.get(), &id) < 0) {
    return git_error(fmt::format("read {}", where), {"in a partial clone, check the file out or run git fetch first"});
  }
  if (size > most_bytes) {
    return make_error(ErrorCode::limit_exceeded,
                      fmt::format("{} has {} bytes; at most {} are read", where, size, most_bytes));
  }
  return {};
}

Result<std::string> blob_bytes(git_repository* repository, const git_oid& id, std::uint64_t most_bytes,
                               std::string_view where) {
  QSNAP_TRY(check_size(repository, id, most_bytes, where));
  git_blob* raw_blob = nullptr;
  if (git_blob_lookup(&raw_blob, repository, &id) < 0) {
    return git_error(fmt::format("read {}", where));
  }
  const BlobHandle blob{raw_blob};
  return std::string{static_cast<const char*>(git_blob_rawcontent(blob.get())),
                     static_cast<std::size_t>(git_blob_rawsize(blob.get()))};
}

}  // namespace qsnap::git
