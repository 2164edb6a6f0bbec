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
#include <qsnap/git/git_command.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using config::MergePolicy;

constexpr std::string_view k_attribute = "qsnap-policy";
constexpr std::array k_policies = {MergePolicy::ours, MergePolicy::theirs, MergePolicy::base,
                                   MergePolicy::max,  MergePolicy::min,    MergePolicy::newest,
                                   MergePolicy::sum,  MergePolicy::union_, MergePolicy::concat};

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
  const std::string pathspec = fmt::format(":(top){}", store::k_folder);
  QSNAP_ASSIGN(
      const std::string output,
      git::git_output(
          {.folder = folder, .arguments = {"ls-files", which, "-z", "--full-name", "--", pathspec}, .input = {}}));
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

/// Absent for a path without the attribute. git answers PATH, the attribute and its value, each with a NUL behind it.
Result<std::optional<MergePolicy>> path_policy(const fs::path& top, const std::string& path) {
  QSNAP_ASSIGN(
      const std::string answer,
      git::git_output(
          {.folder = top, .arguments = {"check-attr", "-z", std::string{k_attribute}, "--", path}, .input = {}}));
  const std::string head = fmt::format("{}{}{}{}", path, '\0', k_attribute, '\0');
  const std::string value = answer.starts_with(head) ? answer.substr(head.size(), answer.size() - head.size() - 1) : "";
  const auto* const policy =
      std::find_if(k_policies.begin(), k_policies.end(), [&](MergePolicy known) { return to_text(known) == value; });
  return policy != k_policies.end() ? std::optional{*policy} : std::nullopt;
}

}  // namespace

Result<std::vector<MergeStages>> unmerged_snapshots(const fs::path& folder) {
  return list_stages(folder, "--unmerged");
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
  QSNAP_ASSIGN(const git::GitAnswer answer, git::run_git({.folder = folder,
                                                          .arguments = {"cat-file", "blob", "HEAD:" + file},
                                                          .input = {},
                                                          .most_output = limits::k_config_bytes}));
  config::Config rules;
  if (answer.exit_code == 0) {
    QSNAP_ASSIGN(rules, config::parse_config(answer.output, file));
  }
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  QSNAP_ASSIGN(const auto policy, path_policy(places.work_tree.value_or(folder), path));
  for (const model::Section section : model::k_sections) {
    if (policy) {
      QSNAP_ASSIGN(config::PathPattern whole, config::PathPattern::parse(to_text(section)));
      rules.merge.push_back({std::move(whole), *policy});
    }
  }
  return rules;
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
