// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <qsnap/base/private_folder.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/git/repository.hpp>
#include <qsnap/store/history.hpp>
#include <qsnap/store/store.hpp>

/// Dated captures in another repository: refs/qsnap/archive/<encoded set>/<instant of the newest>-<digits of the
/// commit>, one for each time that something was archived, so nobody's push is in anybody's way. Its commit's tree is
/// that of a history. git talks to the other side with the user's configuration and credential helpers.
namespace qsnap::app {

inline constexpr std::string_view k_archive_refs = "refs/qsnap/archive/";

/// Whether `text` is a remote of this repository, or a URL (with "://", or "host:path").
Result<bool> is_remote(const store::Store& store, const std::string& text);

/// Pushes these entries, which are in the history of the current set. The ref. What was pushed before, and not dropped
/// because somebody pulled the plug, is not pushed again.
Result<std::string> push_archive(const store::Store& store, const std::string& remote,
                                 const std::vector<store::HistoryEntry>& entries);

/// What is in the archive of a remote, fetched into a repository of its own that goes with this object, and that has
/// no objects from anywhere else: what it reads was read from there.
class FetchedArchive {
 public:
  /// One ref of it, or, where that is empty, all of the set.
  static Result<FetchedArchive> fetch(const store::Store& store, const std::string& remote, const std::string& ref,
                                      Instant now);

  [[nodiscard]] store::History history() const { return {m_repository, m_set}; }

 private:
  FetchedArchive(PrivateFolder folder, git::Repository repository, store::SetName set)
      : m_folder(std::move(folder)), m_repository(std::move(repository)), m_set(std::move(set)) {}

  PrivateFolder m_folder;
  git::Repository m_repository;
  store::SetName m_set;
};

}  // namespace qsnap::app
