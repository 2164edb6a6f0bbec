// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/renormalize.hpp>
#include <qsnap/app/setup/effective_config.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/git/index_update.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

Result<std::string> stored_form(const codec::SnapshotReader& reader) {
  std::string bytes;
  QSNAP_TRY(codec::reencode(reader, codec::Encoding::stored, [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  }));
  return bytes;
}

/// Paths that a sparse checkout leaves out of the work tree. Writing an entry forgets that.
Result<std::set<std::string, std::less<>>> sparse_paths(const std::filesystem::path& folder) {
  constexpr std::string_view k_tag = "S ";
  QSNAP_ASSIGN(
      const std::string listed,
      git::git_output({folder, {"ls-files", "-t", "-z", "--full-name", "--", std::string{store::k_pathspec}}, {}}));
  std::set<std::string, std::less<>> paths;
  for (const std::string_view line : split(listed, '\0')) {
    if (line.starts_with(k_tag)) {
      paths.emplace(line.substr(k_tag.size()));
    }
  }
  return paths;
}

struct NewEntry {
  std::string mode, blob_id, path;
};

/// One update for all of them: the index has all or none.
Result<void> replace_entries(const std::filesystem::path& top, const std::vector<NewEntry>& entries) {
  QSNAP_ASSIGN(const auto sparse, sparse_paths(top));
  std::string lines, left_out;
  for (const NewEntry& entry : entries) {
    lines += fmt::format("{} {} 0\t{}", entry.mode, entry.blob_id, entry.path) + '\0';
    left_out += sparse.contains(entry.path) ? entry.path + '\0' : "";
  }
  QSNAP_TRY(git::update_index(top, {"-z", "--index-info"}, std::move(lines)));
  return left_out.empty() ? Result<void>{}
                          : git::update_index(top, {"--skip-worktree", "-z", "--stdin"}, std::move(left_out));
}

Result<std::vector<TrackedSnapshot>> packed_ones(const std::filesystem::path& top) {
  QSNAP_ASSIGN(std::vector<TrackedSnapshot> tracked, tracked_snapshots(top, std::nullopt));
  const auto open = std::find_if(tracked.begin(), tracked.end(), [](const auto& entry) { return entry.unmerged; });
  if (open != tracked.end()) {
    return make_error(ErrorCode::refused, fmt::format("Git has not finished merging {}", open->path), {"git status"});
  }
  std::erase_if(tracked, [](const TrackedSnapshot& entry) { return !should_be_stored(entry); });
  return tracked;
}

}  // namespace

Result<report::RenormalizeView> renormalize(const std::filesystem::path& folder, RenormalizeRule rule,
                                            const Progress& progress) {
  // Paths of the index are from there.
  QSNAP_ASSIGN(const std::filesystem::path top, git::git_line({folder, {"rev-parse", "--show-toplevel"}, {}}));
  QSNAP_ASSIGN(const std::vector<TrackedSnapshot> packed, packed_ones(top));
  report::RenormalizeView view;
  QSNAP_ASSIGN(const setup::EffectiveConfig config, setup::EffectiveConfig::read(top));
  view.has_filter = config.has_filter();
  std::vector<NewEntry> entries;
  for (const TrackedSnapshot& snapshot : packed) {
    QSNAP_TRY(progress.check());
    progress.report("storing", view.snapshots.size(), packed.size());
    QSNAP_ASSIGN(const codec::SnapshotReader reader, open_blob(top, snapshot.blob_id));
    QSNAP_ASSIGN(std::string bytes, stored_form(reader));
    view.snapshots.push_back({snapshot.path, snapshot.blob_bytes, bytes.size()});
    if (rule == RenormalizeRule::write) {
      QSNAP_ASSIGN(std::string id, git::write_blob(top, std::move(bytes)));
      entries.push_back({snapshot.mode, std::move(id), snapshot.path});
    }
  }
  if (!entries.empty()) {
    QSNAP_TRY(replace_entries(top, entries));
    view.written = true;
  }
  return view;
}

}  // namespace qsnap::app
