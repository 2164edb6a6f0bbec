// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/merge_log.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/codec/merge_journal_json.hpp>
#include <qsnap/git/git_command.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

/// The driver begins a new one at 1 MiB, so a line may stand over that.
constexpr std::size_t k_most_journal_bytes = 2 * limits::k_mib;

Result<fs::path> journal_folder(const fs::path& folder) {
  git::GitCommand question;
  question.folder = folder;
  question.arguments = {"rev-parse", "--path-format=absolute", "--git-common-dir"};
  QSNAP_ASSIGN(std::string answer, git::git_output(question));
  if (answer.ends_with('\n')) {
    answer.pop_back();
  }
  return fs::path{answer} / "qsnap";
}

/// Empty where there is none.
Result<std::string> journal_text(const fs::path& path) {
  std::error_code failed;
  return fs::is_regular_file(fs::symlink_status(path, failed)) ? read_file(path, k_most_journal_bytes) : std::string{};
}

/// And no line that tells how one was resolved.
bool is_merge(const model::MergeJournalEntry& entry) {
  return entry.outcome != "resolved";
}

}  // namespace

Result<report::WhyView> merge_log(const fs::path& folder, const store::SnapshotName& name, std::size_t most) {
  QSNAP_ASSIGN(const fs::path journals, journal_folder(folder));
  QSNAP_ASSIGN(std::string text, journal_text(journals / "merge-log.1.jsonl"));
  QSNAP_ASSIGN(const std::string newer, journal_text(journals / "merge-log.jsonl"));
  text += newer;
  const auto paths = store::paths_of(name);
  report::WhyView view;
  view.name = name.text();
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    auto entry = codec::parse_merge_entry(line);
    if (entry && std::find(paths.begin(), paths.end(), entry->path) != paths.end()) {
      view.merges.push_back(*std::move(entry));
    }
  }
  if (view.merges.empty()) {
    return make_error(ErrorCode::not_found,
                      fmt::format("the merge driver has not merged {} in this clone lately", name.text()),
                      {"git qsnap status tells whether the driver is installed"});
  }
  std::reverse(view.merges.begin(), view.merges.end());
  std::size_t end = 0;
  for (std::size_t merges = 0; end < view.merges.size() && merges < most; ++end) {
    merges += is_merge(view.merges[end]) ? 1U : 0U;
  }
  view.more = static_cast<std::uint64_t>(
      std::count_if(view.merges.begin() + static_cast<std::ptrdiff_t>(end), view.merges.end(), is_merge));
  view.merges.resize(end);
  return view;
}

std::string title_of_merge(const fs::path& folder, const store::SnapshotName& name) {
  const auto log = merge_log(folder, name, 1);
  return log && is_merge(log->merges.back())
             ? fmt::format("{}: {}", name.text(), report::sides_text(log->merges.back()))
             : name.text();
}

}  // namespace qsnap::app
