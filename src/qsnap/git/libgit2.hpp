// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <git2.h>

#include <qsnap/base/result.hpp>
#include <qsnap/git/repository.hpp>

/// What the files of this layer that call libgit2 share. Nobody else includes it.
namespace qsnap::git {

template <auto Free>
struct Deleter {
  template <class Handle>
  void operator()(Handle* handle) const {
    Free(handle);
  }
};

using RepositoryHandle = std::unique_ptr<git_repository, Deleter<git_repository_free>>;
using ObjectHandle = std::unique_ptr<git_object, Deleter<git_object_free>>;
using TreeHandle = std::unique_ptr<git_tree, Deleter<git_tree_free>>;
using TreeEntryHandle = std::unique_ptr<git_tree_entry, Deleter<git_tree_entry_free>>;
using TreeBuilderHandle = std::unique_ptr<git_treebuilder, Deleter<git_treebuilder_free>>;
using CommitHandle = std::unique_ptr<git_commit, Deleter<git_commit_free>>;
using SignatureHandle = std::unique_ptr<git_signature, Deleter<git_signature_free>>;
using TransactionHandle = std::unique_ptr<git_transaction, Deleter<git_transaction_free>>;
using OdbHandle = std::unique_ptr<git_odb, Deleter<git_odb_free>>;
using OdbStreamHandle = std::unique_ptr<git_odb_stream, Deleter<git_odb_stream_free>>;
using BlobHandle = std::unique_ptr<git_blob, Deleter<git_blob_free>>;

struct Repository::State {
  RepositoryHandle handle;
};

/// libgit2, set up once for the process, with fsync on.
Result<void> ensure_library();

/// What libgit2 said last; `doing` is an infinitive: "cannot DOING: …".
Error git_error(std::string_view doing, std::vector<std::string> hints = {});
/// The same, but with `io` where the system did not let it: a full disk, a folder that is not to be written to.
Error write_error(std::string_view doing);

Result<OdbHandle> open_odb(git_repository* repository);
/// Asked of the object's header, so that nothing is inflated before its size is known.
Result<void> check_size(git_repository* repository, const git_oid& id, std::uint64_t most_bytes,
                        std::string_view where);
Result<std::string> blob_bytes(git_repository* repository, const git_oid& id, std::uint64_t most_bytes,
                               std::string_view where);

}  // namespace qsnap::git
