// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/git/libgit2.hpp>

struct mbedtls_x509_crt;
/// Debian's libgit2 1.5 reads /etc/ssl/certs/ca-certificates.crt when it is set up: 4 ms of every command, for
/// transports that nobody here uses (git_command.hpp runs Git's own program for those). It finds this function in the
/// program before that of libmbedx509, and has no authorities then: a TLS connection of libgit2 would be refused.
/// (Not so with libqsnap, which shows its interface alone: a program that it is loaded into may need authorities.)
extern "C" [[gnu::visibility("default")]] int mbedtls_x509_crt_parse_file(mbedtls_x509_crt* /*chain*/,
                                                                          const char* /*path*/);
extern "C" int mbedtls_x509_crt_parse_file(mbedtls_x509_crt* /*chain*/, const char* /*path*/) {
  return 0;
}

namespace qsnap::git {

namespace {

namespace fs = std::filesystem;

Error open_error(int status, const fs::path& start) {
  std::vector<std::string> hints;
  if (status == GIT_EOWNER || status == GIT_ENOTFOUND) {
    hints.emplace_back(
        "if the repository belongs to somebody else and you trust it: "
        "git config --global --add safe.directory <its folder>");
  }
  return git_error(fmt::format("open the repository of {}", start.native()), std::move(hints));
}

/// libgit2 1.5 says "not found" of a repository of somebody else where the user has no global config, too. Discovery
/// does not ask for the owner.
bool is_found(const fs::path& start) {
  git_buf folder = GIT_BUF_INIT;
  const bool found = git_repository_discover(&folder, start.c_str(), 0, nullptr) == 0;
  git_buf_dispose(&folder);
  return found;
}

fs::path folder_path(const char* text) {
  std::string path = text;
  if (path.size() > 1 && path.ends_with('/')) {
    path.pop_back();
  }
  return path;
}

Result<ObjectHandle> find_tree(git_repository* repository, std::string_view revision) {
  // A C string ends at the first NUL: without this check, "HEAD\0x" would quietly mean HEAD.
  if (revision.empty() || revision.find('\0') != std::string_view::npos) {
    return make_error(ErrorCode::usage, "a revision must not be empty or hold a NUL byte");
  }
  git_object* found = nullptr;
  const int status = git_revparse_single(&found, repository, std::string{revision}.c_str());
  const ObjectHandle object{found};
  if (status == GIT_ENOTFOUND || status == GIT_EAMBIGUOUS || status == GIT_EINVALIDSPEC) {
    return make_error(ErrorCode::not_found, fmt::format("no revision {} in this repository", revision),
                      {"git log --oneline --all"});
  }
  if (status < 0) {
    return git_error(fmt::format("look up the revision {}", revision));
  }
  git_object* tree = nullptr;
  if (git_object_peel(&tree, object.get(), GIT_OBJECT_TREE) < 0) {
    return make_error(ErrorCode::not_found, fmt::format("{} is not a commit", revision));
  }
  return ObjectHandle{tree};
}

bool is_regular(git_filemode_t mode) {
  return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

}  // namespace

Repository::Repository(std::unique_ptr<State> state) : m_state(std::move(state)) {}
Repository::Repository(Repository&&) noexcept = default;
Repository& Repository::operator=(Repository&&) noexcept = default;
Repository::~Repository() = default;

Result<std::optional<Repository>> Repository::discover(const fs::path& start) {
  QSNAP_TRY(ensure_library());
  git_repository* opened = nullptr;
  const int status = git_repository_open_ext(&opened, start.c_str(), 0, nullptr);
  if (status == GIT_ENOTFOUND && !is_found(start)) {
    return std::optional<Repository>{};
  }
  if (status < 0) {
    return open_error(status, start);
  }
  auto state = std::make_unique<State>();
  state->handle.reset(opened);
  return std::optional{Repository{std::move(state)}};
}

std::optional<fs::path> Repository::work_tree() const {
  const char* folder = git_repository_workdir(m_state->handle.get());
  return folder == nullptr ? std::nullopt : std::optional{folder_path(folder)};
}

fs::path Repository::git_dir() const {
  return folder_path(git_repository_path(m_state->handle.get()));
}

fs::path Repository::common_dir() const {
  return folder_path(git_repository_commondir(m_state->handle.get()));
}

Result<std::optional<std::string>> Repository::read_blob(std::string_view revision, std::string_view path) const {
  git_repository* repository = m_state->handle.get();
  QSNAP_ASSIGN(const ObjectHandle tree, find_tree(repository, revision));
  // The only casts from git_object: find_tree peeled it to a tree.
  const auto* root = reinterpret_cast<const git_tree*>(tree.get());
  git_tree_entry* found = nullptr;
  const int status = git_tree_entry_bypath(&found, root, std::string{path}.c_str());
  const TreeEntryHandle entry{found};
  if (status == GIT_ENOTFOUND) {
    return std::optional<std::string>{};
  }
  const std::string where = fmt::format("{}:{}", revision, path);
  if (status < 0) {
    return git_error(fmt::format("look up {}", where));
  }
  if (!is_regular(git_tree_entry_filemode(entry.get()))) {
    return make_error(ErrorCode::refused, fmt::format("{} is not a regular file", where));
  }
  QSNAP_ASSIGN(std::string bytes,
               blob_bytes(repository, *git_tree_entry_id(entry.get()), limits::k_document_bytes, where));
  return std::optional{std::move(bytes)};
}

}  // namespace qsnap::git
