// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/merge_stages.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/codec/lfs_pointer.hpp>
#include <qsnap/config/policy_attribute.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/index_update.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

struct Line {
  std::string mode;
  std::string id;
  char stage = '0';
  std::string path;
};

/// "MODE ID STAGE\tPATH".
Result<Line> parse_line(std::string_view line) {
  const std::size_t tab = line.find('\t');
  const std::size_t first = line.find(' ');
  const std::size_t second = first == std::string_view::npos ? first : line.find(' ', first + 1);
  if (tab == std::string_view::npos || second == std::string_view::npos || second + 2 != tab) {
    return make_error(ErrorCode::git, "git listed what is no entry of an index");
  }
  return Line{std::string{line.substr(0, first)}, std::string{line.substr(first + 1, second - first - 1)},
              line[second + 1], std::string{line.substr(tab + 1)}};
}

Result<void> put(std::vector<MergeStages>& list, Line line) {
  const auto at =
      std::find_if(list.begin(), list.end(), [&](const MergeStages& have) { return have.path == line.path; });
  MergeStages& stages = at != list.end() ? *at : list.emplace_back();
  stages.path = std::move(line.path);
  std::optional<Stage>* const slot = line.stage == '1'   ? &stages.base
                                     : line.stage == '2' ? &stages.ours
                                     : line.stage == '3' ? &stages.theirs
                                                         : nullptr;
  if (slot == nullptr) {
    return make_error(ErrorCode::git, "git listed a stage that is none");
  }
  *slot = Stage{std::move(line.mode), std::move(line.id)};
  return {};
}

/// `which` is --unmerged or --resolve-undo.
Result<std::vector<MergeStages>> list_stages(const fs::path& folder, const char* which) {
  QSNAP_ASSIGN(
      const std::string output,
      git::git_output({.folder = folder,
                       .arguments = {"ls-files", which, "-z", "--full-name", "--", std::string{store::k_pathspec}},
                       .input = {}}));
  std::vector<MergeStages> list;
  for (std::string_view rest = output; !rest.empty();) {
    const std::string_view text = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(std::min(rest.size(), text.size() + 1));
    QSNAP_ASSIGN(Line line, parse_line(text));
    if (line.path.ends_with(store::k_suffix)) {
      QSNAP_TRY(put(list, std::move(line)));
    }
  }
  std::sort(list.begin(), list.end(), [](const MergeStages& a, const MergeStages& b) { return a.path < b.path; });
  return list;
}

Result<std::unique_ptr<codec::ByteSource>> lfs_object(const fs::path& folder, const codec::LfsPointer& pointer) {
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder(folder, places.common_dir));
  auto object = codec::open_file_source(git::lfs_object_path(objects, pointer.object_id));
  if (!object) {
    return make_error(ErrorCode::not_found,
                      fmt::format("is in Git LFS, and object {} is not in this clone", pointer.object_id),
                      {"git lfs fetch --all"});
  }
  if ((*object)->size() != pointer.bytes) {
    return make_error(
        ErrorCode::corrupt,
        fmt::format("is in Git LFS, and object {} has another length than its pointer says", pointer.object_id),
        {"git lfs fsck"});
  }
  return object;
}

}  // namespace

Result<std::vector<MergeStages>> unmerged_snapshots(const fs::path& folder) {
  return list_stages(folder, "--unmerged");
}

Result<std::vector<MergeStages>> resolved_snapshots(const fs::path& folder) {
  return list_stages(folder, "--resolve-undo");
}

Result<void> write_stages(const fs::path& folder, const MergeStages& stages) {
  std::string lines;
  for (const auto& [stage, number] :
       {std::pair{&stages.base, 1}, std::pair{&stages.ours, 2}, std::pair{&stages.theirs, 3}}) {
    if (*stage) {
      const Stage& entry = **stage;
      if (lines.empty()) {
        lines = fmt::format("0 {} 0\t{}", std::string(entry.blob_id.size(), '0'), stages.path) + '\0';
      }
      lines += fmt::format("{} {} {}\t{}", entry.mode, entry.blob_id, number, stages.path) + '\0';
    }
  }
  return git::update_index(folder, {"-z", "--index-info"}, std::move(lines));
}

Result<std::optional<MergeStages>> stages_of(const fs::path& folder, std::string_view path) {
  for (const char* const which : {"--unmerged", "--resolve-undo"}) {
    QSNAP_ASSIGN(std::vector<MergeStages> list, list_stages(folder, which));
    const auto at = std::find_if(list.begin(), list.end(), [&](const MergeStages& have) { return have.path == path; });
    if (at != list.end()) {
      return std::optional{std::move(*at)};
    }
  }
  return std::optional<MergeStages>{};
}

Result<StageDocument> open_blob_or_object(const fs::path& folder, std::unique_ptr<codec::ByteSource> blob) {
  QSNAP_ASSIGN(const std::string first,
               blob->read(0, std::min<std::uint64_t>(blob->size(), codec::k_most_pointer_bytes + 1)));
  const bool is_pointer = codec::file_kind(first) == codec::FileKind::lfs_pointer;
  if (is_pointer) {
    QSNAP_ASSIGN(const codec::LfsPointer pointer, codec::parse_lfs_pointer(first));
    QSNAP_ASSIGN(blob, lfs_object(folder, pointer));
  }
  QSNAP_ASSIGN(codec::SnapshotReader document, codec::SnapshotReader::open(std::move(blob)));
  return StageDocument{std::move(document), is_pointer};
}

Result<StageDocument> open_stage(const fs::path& folder, const Stage& stage) {
  std::optional<StageDocument> opened;
  const std::array ids = {stage.blob_id};
  QSNAP_TRY(
      for_each_blob(folder, ids, [&](std::size_t /*index*/, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
        if (!blob) {
          return make_error(ErrorCode::not_found, fmt::format("there is no blob {}", stage.blob_id));
        }
        QSNAP_ASSIGN(StageDocument document, open_blob_or_object(folder, std::move(blob)));
        opened.emplace(std::move(document));
        return {};
      }));
  return *std::move(opened);
}

Result<config::Config> rules_of_merge(const fs::path& folder, const std::string& path) {
  const std::string file = fmt::format("{}/config.yaml", store::k_folder);
  QSNAP_ASSIGN(const auto text, git::find_blob(folder, "HEAD:" + file));
  config::Config rules;
  if (text) {
    QSNAP_ASSIGN(rules, config::parse_config(*text, file));
  }
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  QSNAP_ASSIGN(const auto value,
               git::find_attribute(places.work_tree.value_or(folder), config::k_policy_attribute, path));
  QSNAP_ASSIGN(const auto policy, config::parse_policy_attribute(value));
  return policy ? config::with_fallback(std::move(rules), *policy) : Result<config::Config>{std::move(rules)};
}

Result<bool> is_rebasing(const fs::path& folder) {
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  const auto exists = [&](const char* below) {
    std::error_code failed;
    return fs::exists(fs::symlink_status(places.git_dir / below, failed));
  };
  return exists("rebase-merge") || (exists("rebase-apply") && !exists("rebase-apply/applying"));
}

}  // namespace qsnap::app
