// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/store.hpp>

/// What a set's own snapshots began from.
namespace qsnap::app {

/// The base of a merge of a set's version and the target's: what the target had when the set began its own, or, where
/// the target has taken that and the set went on with it, the version that was taken.
struct SetBase {
  std::optional<codec::SnapshotReader> document;  ///< absent: no such snapshot
  std::string commit;                             ///< where it was found; empty: nowhere
};

/// Which commits brought the files of one set into the history that it has. Reads the log of the set's branch, where
/// that is here still, of what is being merged, and of HEAD.
class SetOrigins {
 public:
  /// `set` is to be promoted into what `target` has selected, which has to outlive this. Errors with `git`.
  static Result<SetOrigins> read(const store::Store& target, const store::SetName& set);

  /// `name` is bare. For a version that no commit has, the base is what HEAD has. Errors as reading does.
  [[nodiscard]] Result<SetBase> base_of(const store::SnapshotName& name) const;
  /// The same for a mark that says that the set has removed the snapshot.
  [[nodiscard]] Result<SetBase> base_of_mark(const store::SnapshotName& name) const;

 private:
  struct Origin {
    std::string commit;
    std::string parent;  ///< empty: the first commit of all
  };
  /// What a log tells of one file.
  struct Life {
    std::optional<Origin> began;       ///< the first commit that added it since it was taken away last
    std::optional<Origin> taken_away;  ///< the last commit that did, where none behind it has added it
    std::vector<Origin> older;         ///< those that added it before that one, or in another line; the newest first
  };
  struct Log {
    std::map<std::string, Life, std::less<>> files;  ///< by path from .queue-snapshots on, without lfs/
    std::set<std::string, std::less<>> commits;      ///< all that touched one of them
  };
  struct Found {
    Origin origin;
    bool took_away = false;  ///< and a merge with a line that had changed the file brought it back
  };

  SetOrigins(const store::Store& target, store::SetName set) : m_target(&target), m_set(std::move(set)) {}
  static Result<Log> read_log(const std::filesystem::path& folder, const store::SetName& set,
                              const std::string& revision);
  Result<std::optional<Found>> find(const std::string& file) const;
  Result<Found> settle(const Life& life) const;
  Result<bool> is_here(const std::string& file) const;
  [[nodiscard]] Result<SetBase> base_in(const std::string& commit, const store::SnapshotName& name) const;
  [[nodiscard]] Result<SetBase> base_in_head(const store::SnapshotName& name) const;
  [[nodiscard]] Result<SetBase> not_younger(SetBase base, const std::optional<codec::SnapshotReader>& first,
                                            const store::SnapshotName& name) const;

  const store::Store* m_target;
  store::SetName m_set;
  std::vector<std::string> m_here;  ///< HEAD, and what is being merged into it
  std::vector<Log> m_others;        ///< of the branch, and of what is being merged
  Log m_head;
};

}  // namespace qsnap::app
