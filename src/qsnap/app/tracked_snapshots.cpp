// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/revision_attributes.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

/// "MODE ID STAGE\tPATH" of the index, "MODE TYPE ID\tPATH" of a tree.
enum class Listing : std::uint8_t { index, tree };

Result<TrackedFile> parse_entry(std::string_view line, Listing listing) {
  const std::size_t tab = line.find('\t');
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (tab == std::string_view::npos || second == std::string_view::npos || second > tab) {
    return make_error(ErrorCode::git, "git listed what is no entry");
  }
  const std::string_view middle = line.substr(first + 1, second - first - 1);
  const std::string_view last = line.substr(second + 1, tab - second - 1);
  const bool in_index = listing == Listing::index;
  return TrackedFile{std::string{line.substr(0, first)}, std::string{in_index ? middle : last},
                     std::string{line.substr(tab + 1)}, in_index && last != "0"};
}

/// Entries of a listing that ends each with NUL, those with our suffix, sorted; of a path that Git has not finished
/// merging, one (its stages have one path).
Result<std::vector<TrackedFile>> parse_listing(std::string_view output, Listing listing) {
  std::vector<TrackedFile> entries;
  for (const std::string_view line : split(output, '\0')) {
    QSNAP_ASSIGN(TrackedFile entry, parse_entry(line, listing));
    if (entry.path.ends_with(store::k_suffix)) {
      entries.push_back(std::move(entry));
    }
  }
  std::stable_sort(entries.begin(), entries.end(),
                   [](const TrackedFile& a, const TrackedFile& b) { return a.path < b.path; });
  const auto same_path = [](const TrackedFile& a, const TrackedFile& b) { return a.path == b.path; };
  entries.erase(std::unique(entries.begin(), entries.end(), same_path), entries.end());
  return entries;
}

Result<std::vector<TrackedFile>> list_index(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const std::string output,
               git::git_output(
                   {folder, {"ls-files", "--stage", "-z", "--full-name", "--", std::string{store::k_pathspec}}, {}}));
  return parse_listing(output, Listing::index);
}

Result<std::vector<TrackedFile>> list_tree(const std::filesystem::path& folder, const std::string& revision) {
  QSNAP_ASSIGN(const std::string tree, tree_of(folder, revision));
  QSNAP_ASSIGN(
      const std::string output,
      git::git_output({folder, {"ls-tree", "-r", "-z", "--full-tree", tree, "--", std::string{store::k_folder}}, {}}));
  return parse_listing(output, Listing::tree);
}

Result<void> classify(std::unique_ptr<codec::ByteSource> blob, TrackedSnapshot& snapshot) {
  if (!blob) {
    snapshot.problem = k_blob_is_missing;
    return {};
  }
  snapshot.blob_bytes = blob->size();
  constexpr std::uint64_t k_first_bytes = 64;
  QSNAP_ASSIGN(const std::string first, blob->read(0, std::min(k_first_bytes, blob->size())));
  if (codec::file_kind(first) == codec::FileKind::lfs_pointer) {
    snapshot.form = BlobForm::lfs_pointer;
    return {};
  }
  const Result<codec::SnapshotReader> reader = codec::SnapshotReader::open(std::move(blob));
  if (!reader) {
    snapshot.problem = reader.error().message;
    return {};
  }
  snapshot.form = reader->encoding() == codec::Encoding::packed ? BlobForm::packed : BlobForm::stored;
  snapshot.has_conflicts = snapshot.has_conflicts || reader->has_conflicts();
  snapshot.raw_bytes = reader->raw_bytes();
  return {};
}

Result<std::vector<TrackedSnapshot>> look_at(const std::filesystem::path& folder, std::vector<TrackedFile> entries) {
  std::vector<TrackedSnapshot> snapshots;
  std::vector<std::string> ids;
  std::vector<std::size_t> owners;  // of each id
  for (TrackedFile& entry : entries) {
    TrackedSnapshot snapshot{
        .path = std::move(entry.path), .blob_id = std::move(entry.blob_id), .problem = {}, .mode = {}};
    snapshot.has_conflicts = snapshot.unmerged = entry.unmerged;
    snapshot.mode = std::move(entry.mode);
    if (is_regular(snapshot.mode)) {
      ids.push_back(snapshot.blob_id);
      owners.push_back(snapshots.size());
    } else {
      snapshot.problem = "is not a regular file";
    }
    snapshots.push_back(std::move(snapshot));
  }
  QSNAP_TRY(for_each_blob(folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) {
    return classify(std::move(blob), snapshots[owners[index]]);
  }));
  return snapshots;
}

}  // namespace

bool is_regular(std::string_view mode) {
  constexpr std::array<std::string_view, 2> k_modes = {"100644", "100755"};
  return std::find(k_modes.begin(), k_modes.end(), mode) != k_modes.end();
}

Result<std::vector<TrackedFile>> tracked_files(const std::filesystem::path& folder,
                                               const std::optional<std::string>& revision) {
  return revision ? list_tree(folder, *revision) : list_index(folder);
}

Result<std::vector<TrackedSnapshot>> tracked_snapshots(const std::filesystem::path& folder,
                                                       const std::optional<std::string>& revision) {
  QSNAP_ASSIGN(std::vector<TrackedFile> entries, tracked_files(folder, revision));
  return look_at(folder, std::move(entries));
}

Result<codec::SnapshotReader> open_blob(const std::filesystem::path& folder, const std::string& blob_id) {
  std::optional<codec::SnapshotReader> opened;
  QSNAP_TRY(for_each_blob(folder, std::array{blob_id},
                          [&](std::size_t /*index*/, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
                            if (!blob) {
                              return make_error(ErrorCode::not_found, fmt::format("there is no blob {}", blob_id));
                            }
                            QSNAP_ASSIGN(codec::SnapshotReader reader, codec::SnapshotReader::open(std::move(blob)));
                            opened.emplace(std::move(reader));
                            return {};
                          }));
  return *std::move(opened);
}

bool should_be_stored(const TrackedSnapshot& snapshot) {
  return snapshot.form == BlobForm::packed && codec::belongs_stored(codec::Encoding::packed, snapshot.raw_bytes);
}

}  // namespace qsnap::app
