// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/resolve_memory.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_file_bytes = 8 * limits::k_mib;
constexpr std::size_t k_most_remembered = 10'000;

/// In the order of the file.
using Lines = std::vector<std::pair<std::string, Take>>;

bool is_there(const fs::path& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

Result<std::string> read_if_there(const fs::path& path) {
  return is_there(path) ? read_file(path, k_file_bytes) : Result<std::string>{std::string{}};
}

/// "DIGEST TAKE" each; what is none is left out: it is only a memory.
Lines parse_lines(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t space = line.find(' ');
    const auto take = space != std::string_view::npos ? parse_take(line.substr(space + 1)) : std::nullopt;
    if (take) {
      lines.emplace_back(line.substr(0, space), *take);
    }
  }
  return lines;
}

std::string line_of(std::string_view digest, Take take) {
  return fmt::format("{} {}\n", digest, to_text(take));
}

/// What the decisions are for.
std::string heading(const MergeStages& stages) {
  const auto id = [](const std::optional<Stage>& stage) { return stage ? stage->blob_id : std::string{"-"}; };
  return fmt::format("{} {} {}\n", id(stages.base), id(stages.ours), id(stages.theirs));
}

fs::path folder_of_unfinished() {
  return fs::path{"qsnap"} / "resolve";
}
fs::path file_of(const std::string& path) {
  return folder_of_unfinished() / to_hex(codec::sha256(path));
}

fs::path folder_of_remembered() {
  return fs::path{"qsnap"} / "rerere";
}

}  // namespace

Result<Choices> unfinished_choices(const fs::path& git_dir, const MergeStages& stages) {
  QSNAP_ASSIGN(const std::string text, read_if_there(git_dir / file_of(stages.path)));
  const std::string head = heading(stages);
  Choices choices;
  if (text.starts_with(head)) {
    for (auto& [digest, take] : parse_lines(std::string_view{text}.substr(head.size()))) {
      choices.insert_or_assign(digest, take);
    }
  }
  return choices;
}

Result<void> keep_unfinished_choices(const fs::path& git_dir, const MergeStages& stages, const Choices& choices) {
  QSNAP_TRY(store::make_folders(git_dir, folder_of_unfinished(), store::k_private_mode));
  std::string text = heading(stages);
  for (const auto& [digest, take] : choices) {
    text += line_of(digest, take);
  }
  return write_file_atomically(git_dir / file_of(stages.path), text);
}

Result<void> forget_unfinished_choices(const fs::path& git_dir, const std::string& path) {
  const fs::path file = git_dir / file_of(path);
  return ::unlink(file.c_str()) == 0 || errno == ENOENT ? Result<void>{} : file_error("remove", file, errno);
}

Result<Choices> remembered_choices(const fs::path& common_dir) {
  QSNAP_ASSIGN(const std::string text, read_if_there(common_dir / folder_of_remembered() / "decisions"));
  Choices choices;
  for (auto& [digest, take] : parse_lines(text)) {
    choices.insert_or_assign(digest, take);
  }
  return choices;
}

Result<void> remember_choices(const fs::path& common_dir, const Choices& choices) {
  QSNAP_TRY(store::make_folders(common_dir, folder_of_remembered(), store::k_private_mode));
  const fs::path file = common_dir / folder_of_remembered() / "decisions";
  QSNAP_ASSIGN(const std::string before, read_if_there(file));
  Lines lines = parse_lines(before);
  std::erase_if(lines, [&](const auto& line) { return choices.contains(line.first); });
  lines.insert(lines.end(), choices.begin(), choices.end());
  const std::size_t left_out = lines.size() - std::min(lines.size(), k_most_remembered);
  std::string text;
  for (std::size_t i = left_out; i < lines.size(); ++i) {
    text += line_of(lines[i].first, lines[i].second);
  }
  return write_file_atomically(file, text);
}

}  // namespace qsnap::app
