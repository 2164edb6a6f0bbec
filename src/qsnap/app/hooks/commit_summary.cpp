// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/compare.hpp>
#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/app/hooks/hooks.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/model/queue_id.hpp>
#include <qsnap/report/escape.hpp>

namespace qsnap::app::hooks {

namespace {

namespace fs = std::filesystem;

/// An editor is waiting.
constexpr std::uint64_t k_most_compared_bytes = 64 * limits::k_mib;

/// What a comment begins with; absent where comments would stay in the message.
Result<std::optional<std::string>> comment_sign(const fs::path& folder) {
  QSNAP_ASSIGN(const std::optional<std::string> cleanup, git::find_setting(folder, "commit.cleanup"));
  QSNAP_ASSIGN(const std::optional<std::string> sign, git::find_setting(folder, "core.commentChar"));
  if (cleanup == "verbatim" || cleanup == "whitespace" || sign == "auto") {
    return std::optional<std::string>{};
  }
  return std::optional{sign && !sign->empty() ? *sign : std::string{"#"}};
}

/// What happened to the jobs of one queue, in the order in which it is told.
using Tally = std::map<std::string, std::uint64_t>;

std::string queue_words(const std::string& queue, const Tally& tally) {
  std::vector<std::string> words;
  for (const auto& [what, count] : tally) {
    const bool sign = what.starts_with('+') || what.starts_with('-');
    words.push_back(sign ? fmt::format("{}{} {}", what[0], count, what.substr(1)) : fmt::format("{} {}", count, what));
  }
  const auto id = model::QueueId::parse(queue);
  return fmt::format("{}: {}", id ? id->name : queue, fmt::join(words, ", "));
}

std::string change_words(const diff::Change& change) {
  switch (change.kind) {
    case diff::ChangeKind::added:
      return "+" + change.after->state;
    case diff::ChangeKind::removed:
      return "-" + change.before->state;
    case diff::ChangeKind::moved:
      return "now " + change.after->state;
    case diff::ChangeKind::retried:
      return "retried";
    default:
      return "changed";
  }
}

/// "mail: +3 waiting, 2 now failed; orders: 1 changed".
std::string words_of(const diff::Changes& changes) {
  constexpr std::size_t k_most_queues = 5;
  std::map<std::string, Tally> queues;
  std::uint64_t others = 0;
  for (const diff::Change& change : changes.list) {
    if (change.subject == diff::Subject::job) {
      ++queues[(change.after ? change.after : change.before)->queue][change_words(change)];
    } else {
      ++others;
    }
  }
  std::vector<std::string> words;
  for (const auto& [queue, tally] : queues) {
    if (words.size() == k_most_queues) {
      words.push_back(fmt::format("{} more queues", queues.size() - k_most_queues));
      break;
    }
    words.push_back(queue_words(queue, tally));
  }
  if (others > 0) {
    words.push_back(fmt::format("{} beside the jobs", others == 1 ? "1 change" : fmt::format("{} changes", others)));
  }
  return words.empty() ? "same meaning" : fmt::format("{}", fmt::join(words, "; "));
}

Result<std::string> file_words(const fs::path& folder, const ChangedFile& file, const config::Config& rules,
                               const Progress& progress) {
  const auto jobs_in = [&](const std::string& id) -> Result<std::string> {
    QSNAP_ASSIGN(const codec::SnapshotReader snapshot, open_blob(folder, id));
    return fmt::format("{} jobs", model::count_records(snapshot, model::Section::jobs));
  };
  if (file.kind == ChangeKind::added) {
    QSNAP_ASSIGN(const std::string jobs, jobs_in(file.after_id));
    return fmt::format("new, {}", jobs);
  }
  if (file.kind == ChangeKind::removed) {
    return std::string{"removed"};
  }
  QSNAP_ASSIGN(const codec::SnapshotReader before, open_blob(folder, file.before_id));
  QSNAP_ASSIGN(const codec::SnapshotReader after, open_blob(folder, file.after_id));
  if (std::max(before.raw_bytes(), after.raw_bytes()) > k_most_compared_bytes) {
    return std::string{"changed; too large to tell more here"};
  }
  QSNAP_ASSIGN(const diff::Changes changes, compare_readers(before, after, rules, progress));
  return words_of(changes);
}

/// Appended, because everything in the file is the user's.
Result<void> append_to(const fs::path& path, std::string_view text) {
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW)};
  if (!fd) {
    return file_error("open", path, errno);
  }
  return write_all(fd, text, path);
}

/// A message that the user is about to write: neither given by -m or -F, nor that of a merge, a squash or an older
/// commit.
bool is_new_message(const std::vector<std::string>& arguments) {
  return arguments.size() == 1 || (arguments.size() == 2 && arguments[1] == "template");
}

}  // namespace

Result<report::HookView> summarize_commit(const HookCall& call, const Progress& progress) {
  report::HookView view;
  view.hook = call.hook;
  if (call.arguments.empty()) {
    return make_error(ErrorCode::usage, "prepare-commit-msg gets the file of the message from Git");
  }
  QSNAP_ASSIGN(const std::optional<std::string> sign, comment_sign(call.folder));
  if (!is_new_message(call.arguments) || !sign) {
    return view;
  }
  QSNAP_ASSIGN(const std::vector<ChangedFile> files, staged_files(call.folder));
  QSNAP_ASSIGN(const config::Config rules, staged_config(call.folder));
  std::string text;
  for (const ChangedFile& file : files) {
    const Result<std::string> words = file_words(call.folder, file, rules, progress);
    view.checked += words ? 1U : 0U;
    view.summary.push_back(fmt::format("{}: {}", snapshot_name(file.path), words ? *words : words.error().message));
    text += fmt::format("{}\t{}\n", *sign, report::escape_terminal(view.summary.back()));
  }
  if (!files.empty()) {
    QSNAP_TRY(append_to(call.folder / call.arguments.front(), fmt::format("{0}\n{0} Queues:\n{1}", *sign, text)));
  }
  return view;
}

}  // namespace qsnap::app::hooks
