// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/renormalize.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/index_update.hpp>
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

/// Without a path, so without filters. The id.
Result<std::string> write_blob(const std::filesystem::path& folder, std::string bytes) {
  QSNAP_ASSIGN(std::string id, git::git_output({.folder = folder,
                                                .arguments = {"hash-object", "-w", "--stdin", "-t", "blob"},
                                                .input = std::move(bytes)}));
  while (id.ends_with('\n')) {
    id.pop_back();
  }
  return id;
}

/// Paths that a sparse checkout leaves out of the work tree. Writing an entry forgets that.
Result<std::set<std::string, std::less<>>> sparse_paths(const std::filesystem::path& folder) {
  const std::string pathspec = fmt::format(":(top){}", store::k_folder);
  QSNAP_ASSIGN(
      const std::string listed,
      git::git_output(
          {.folder = folder, .arguments = {"ls-files", "-t", "-z", "--full-name", "--", pathspec}, .input = {}}));
  std::set<std::string, std::less<>> paths;
  for (std::string_view rest = listed; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size() - 1);
    if (rest.starts_with("S ")) {
      constexpr std::size_t k_tag = 2;
      paths.emplace(rest.substr(k_tag, end - k_tag));
    }
    rest.remove_prefix(end + 1);
  }
  return paths;
}

/// From the top, whose paths these are.
Result<std::filesystem::path> top_of(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(std::string top,
               git::git_output({.folder = folder, .arguments = {"rev-parse", "--show-toplevel"}, .input = {}}));
  while (top.ends_with('\n')) {
    top.pop_back();
  }
  return std::filesystem::path{top};
}

struct NewEntry {
  std::string mode, blob_id, path;
};

/// Options of git that switch off every configured filter. Whoever writes an index looks into files that changed in
/// the second of the last write ("racily clean"), and looks through their filter.
Result<std::vector<std::string>> without_filters(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = folder,
                             .arguments = {"config", "-z", "--name-only", "--get-regexp", R"(^filter\.)"},
                             .input = {}}));
  std::vector<std::string> options;
  for (std::string_view rest = answer.output; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\0'), rest.size() - 1);
    const std::string_view key = rest.substr(0, end);  // "filter.NAME.clean"
    if (key.find('=') != std::string_view::npos) {
      return make_error(ErrorCode::refused, fmt::format("the name of a configured filter holds '=': {}", key));
    }
    const std::string_view driver = key.substr(0, key.rfind('.'));
    options.insert(options.end(), {"-c", fmt::format("{}.clean=", driver), "-c", fmt::format("{}.process=", driver),
                                   "-c", fmt::format("{}.required=false", driver)});
    rest.remove_prefix(end + 1);
  }
  return options;
}

Result<void> update_index(const std::filesystem::path& top, const std::vector<std::string>& arguments,
                          std::string input) {
  QSNAP_ASSIGN(std::vector<std::string> words, without_filters(top));
  words.emplace_back("update-index");
  words.insert(words.end(), arguments.begin(), arguments.end());
  QSNAP_TRY(git::git_output({.folder = top, .arguments = std::move(words), .input = std::move(input)}));
  return {};
}

/// One update for all of them: the index has all or none.
Result<void> replace_entries(const std::filesystem::path& top, const std::vector<NewEntry>& entries) {
  QSNAP_ASSIGN(const auto sparse, sparse_paths(top));
  std::string lines, left_out;
  for (const NewEntry& entry : entries) {
    lines += fmt::format("{} {} 0\t{}", entry.mode, entry.blob_id, entry.path) + '\0';
    left_out += sparse.contains(entry.path) ? entry.path + '\0' : "";
  }
  QSNAP_TRY(update_index(top, {"-z", "--index-info"}, std::move(lines)));
  return left_out.empty() ? Result<void>{}
                          : update_index(top, {"--skip-worktree", "-z", "--stdin"}, std::move(left_out));
}

Result<bool> has_filter(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const git::GitAnswer answer,
               git::run_git({.folder = folder,
                             .arguments = {"config", "--get-regexp", R"(^filter\.qsnap\.(clean|process)$)"},
                             .input = {}}));
  return answer.exit_code == 0;
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
  QSNAP_ASSIGN(const std::filesystem::path top, top_of(folder));
  QSNAP_ASSIGN(const std::vector<TrackedSnapshot> packed, packed_ones(top));
  report::RenormalizeView view;
  QSNAP_ASSIGN(view.has_filter, has_filter(top));
  std::vector<NewEntry> entries;
  for (const TrackedSnapshot& snapshot : packed) {
    QSNAP_TRY(progress.check());
    progress.report("storing", view.snapshots.size(), packed.size());
    QSNAP_ASSIGN(const codec::SnapshotReader reader, open_blob(top, snapshot.blob_id));
    QSNAP_ASSIGN(std::string bytes, stored_form(reader));
    view.snapshots.push_back({snapshot.path, snapshot.blob_bytes, bytes.size()});
    if (rule == RenormalizeRule::write) {
      QSNAP_ASSIGN(std::string id, write_blob(top, std::move(bytes)));
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
