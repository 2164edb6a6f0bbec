// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/store/store.hpp>

/// What a set's own snapshots began from.
namespace qsnap::app {

/// What the target had when the set began its own version: the base of a merge of the two.
struct SetBase {
  std::optional<codec::SnapshotReader> document;  ///< absent: no such snapshot
  std::string commit;                             ///< where it was found; empty: nowhere
};

/// Which commits brought the files of one set into the history that it has. Reads the log of the set's branch, where
/// that is here still, and of HEAD.
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
  /// By path from .queue-snapshots on, without lfs/.
  using Origins = std::map<std::string, Origin, std::less<>>;

  SetOrigins(const store::Store& target, store::SetName set) : m_target(&target), m_set(std::move(set)) {}
  static Result<Origins> read_log(const std::filesystem::path& folder, const store::SetName& set,
                                  const std::string& revision);
  [[nodiscard]] const Origin* find(std::string_view file) const;
  [[nodiscard]] Result<SetBase> base_in(const std::string& commit, const store::SnapshotName& name) const;
  [[nodiscard]] Result<SetBase> not_younger(SetBase base, const Origin& origin, const store::SnapshotName& name) const;

  const store::Store* m_target;
  store::SetName m_set;
  std::vector<Origins> m_logs;  ///< the first one that knows a file decides
};

}  // namespace qsnap::app
