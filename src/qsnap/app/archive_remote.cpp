// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/archive_remote.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/time_words.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/git/ref_exchange.hpp>
#include <qsnap/git/ref_tree.hpp>
#include <qsnap/store/history_name.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

std::string archive_folder(const store::SetName& set) {
  return fmt::format("{}{}/", k_archive_refs, set.encoded());
}

/// The files of these entries, whose blobs are here.
Result<std::vector<git::TreeEdit>> files_of(const git::RefTree& tree, const std::string& tip,
                                            const std::vector<store::HistoryEntry>& entries) {
  std::set<std::string> folders;
  for (const store::HistoryEntry& entry : entries) {
    const auto parts = store::history_parts(entry.name);
    folders.insert(parts ? parts->folder : "");
  }
  QSNAP_ASSIGN(const std::vector<git::TreeFile> files, tree.files(tip));
  std::vector<git::TreeEdit> edits;
  for (const git::TreeFile& file : files) {
    if (folders.contains(file.path.substr(0, file.path.rfind('/')))) {
      edits.push_back({file.path, file.blob_id});
    }
  }
  return edits;
}

/// A commit with these entries alone, which no ref here has: a lock of one that a killed run left would be in the way
/// of the next. The same entries make the same commit.
Result<std::string> make_commit(const store::Store& store, const std::vector<store::HistoryEntry>& entries) {
  const store::History history{store.repository(), store.chain().current()};
  QSNAP_ASSIGN(const std::optional<std::string> tip, history.tip());
  if (!tip) {
    return make_error(ErrorCode::not_found, fmt::format("{} is gone", history.ref()), {"git qsnap history list"});
  }
  const git::RefTree tree{store.repository(), history.ref()};
  git::RefCommit commit;
  commit.parent = git::CommitParent::none;
  commit.message = "Dated captures of the archive";
  QSNAP_ASSIGN(commit.edits, files_of(tree, *tip, entries));
  for (const store::HistoryEntry& entry : entries) {
    commit.at = std::max(commit.at, entry.captured_at);
  }
  return tree.write_commit(commit);
}

/// "20261121T045232Z-3f9c2a1b"
std::string archive_name(Instant newest, std::string_view commit_digits) {
  const std::string stamp = file_stamp(newest);
  return fmt::format("{}Z-{}", stamp.substr(0, stamp.find('.')), commit_digits);
}

Result<bool> has_ref(const fs::path& folder, const std::string& remote, const git::RemoteRef& wanted) {
  QSNAP_ASSIGN(const std::vector<git::RemoteRef> there, git::remote_refs(folder, remote, wanted.ref));
  return std::any_of(there.begin(), there.end(), [&](const git::RemoteRef& known) {
    return known.ref == wanted.ref && known.commit == wanted.commit;
  });
}

/// Makes a ref there; whether it is there now. One that is at this commit already is from a run that was interrupted,
/// or that goes on beside this one.
Result<bool> push_new(const fs::path& folder, const std::string& remote, const git::RemoteRef& wanted) {
  QSNAP_ASSIGN(const bool was_there, has_ref(folder, remote, wanted));
  if (was_there) {
    return true;
  }
  QSNAP_ASSIGN(const git::PushOutcome outcome, git::push_ref(folder, remote, wanted.ref, wanted.commit, std::nullopt));
  return outcome == git::PushOutcome::pushed ? Result<bool>{true} : has_ref(folder, remote, wanted);
}

Instant newest_of(const std::vector<store::HistoryEntry>& entries) {
  return std::max_element(entries.begin(), entries.end(),
                          [](const auto& a, const auto& b) { return a.captured_at < b.captured_at; })
      ->captured_at;
}

}  // namespace

Result<bool> is_remote(const store::Store& store, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon != std::string::npos && colon < text.find('/')) {
    return true;
  }
  QSNAP_ASSIGN(const std::vector<std::string> names, git::remotes(store.folder()));
  return std::find(names.begin(), names.end(), text) != names.end();
}

Result<std::string> push_archive(const store::Store& store, const std::string& remote,
                                 const std::vector<store::HistoryEntry>& entries) {
  QSNAP_ASSIGN(const std::string commit, make_commit(store, entries));
  const store::SetName set = store.chain().current();
  for (const std::size_t digits : {8U, 12U, 16U}) {  // a lock that was left there keeps a name from everybody
    std::string ref =
        archive_folder(set) + archive_name(newest_of(entries), std::string_view{commit}.substr(0, digits));
    QSNAP_ASSIGN(const bool is_there, push_new(store.folder(), remote, {ref, commit}));
    if (is_there) {
      return ref;
    }
  }
  return make_error(ErrorCode::refused,
                    fmt::format("{} did not take {}: somebody is at work there, or left locks",
                                git::without_credentials(remote), archive_folder(set)),
                    {"nothing was dropped; try again"});
}

Result<FetchedArchive> FetchedArchive::fetch(const store::Store& store, const std::string& remote,
                                             const std::string& ref, Instant now) {
  constexpr std::string_view k_fetched = "refs/fetched/";
  QSNAP_ASSIGN(PrivateFolder folder, PrivateFolder::create("qsnap-archive"));
  const fs::path bare = folder.path() / "archive.git";
  QSNAP_TRY(git::git_output({folder.path(), {"init", "-q", "--bare", "--template=", bare.native()}, {}}));
  const store::SetName set = store.chain().current();
  const std::string source = ref.empty() ? archive_folder(set) + "*" : ref;
  const std::string target = std::string{k_fetched} + (ref.empty() ? "*" : "one");
  QSNAP_TRY(
      git::fetch_refs_into(bare, store.folder().parent_path(), store.common_dir() / "config", remote, source, target));
  QSNAP_ASSIGN(std::optional<git::Repository> repository, git::Repository::discover(bare));
  if (!repository) {
    return make_error(ErrorCode::internal, "the repository of the archive is gone");
  }
  FetchedArchive archive{std::move(folder), *std::move(repository), set};
  QSNAP_ASSIGN(const std::string tips,
               git::git_output({bare, {"for-each-ref", "--format=%(objectname)", "refs/fetched"}, {}}));
  for (const std::string_view tip : split(tips, '\n')) {
    QSNAP_ASSIGN(const store::HistoryUnion united, archive.history().unite(std::string{tip}, now));
    if (!united.refused.empty()) {
      return make_error(ErrorCode::corrupt,
                        fmt::format("the archive in {}: {}", git::without_credentials(remote), united.refused.front()));
    }
  }
  return archive;
}

}  // namespace qsnap::app
