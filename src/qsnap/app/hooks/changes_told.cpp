// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/app/hooks/hooks.hpp>
#include <qsnap/git/questions.hpp>

namespace qsnap::app::hooks {

namespace {

report::HookView view_of(const HookCall& call, const std::vector<ChangedFile>& files) {
  report::HookView view;
  view.hook = call.hook;
  for (const ChangedFile& file : files) {
    view.changes.push_back({snapshot_name(file.path), file.kind});
  }
  return view;
}

bool is_object_id(std::string_view text) {
  constexpr std::size_t k_sha1_digits = 40, k_sha256_digits = 64;
  return (text.size() == k_sha1_digits || text.size() == k_sha256_digits) &&
         text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error wrong_arguments(const HookCall& call, const char* expected) {
  return make_error(ErrorCode::usage, fmt::format("{} gets {} from Git", call.hook, expected));
}

}  // namespace

Result<report::HookView> tell_checkout(const HookCall& call) {
  constexpr std::size_t k_arguments = 3;
  if (call.arguments.size() != k_arguments || !is_object_id(call.arguments[0]) || !is_object_id(call.arguments[1])) {
    return wrong_arguments(call, "the ids of the old and the new commit, and 1 or 0");
  }
  const std::string& before = call.arguments[0];
  const std::string& after = call.arguments[1];
  const bool only_files = call.arguments[2] == "0";
  if (only_files || before == after || is_no_id(before)) {  // a clone or a new work tree had nothing before
    return view_of(call, {});
  }
  QSNAP_ASSIGN(const std::vector<ChangedFile> files, files_between(call.folder, before, after));
  return view_of(call, files);
}

Result<report::HookView> tell_merge(const HookCall& call) {
  if (call.arguments.size() != 1) {
    return wrong_arguments(call, "1 for a squash, else 0,");
  }
  if (call.arguments[0] == "1") {  // what was merged is staged
    QSNAP_ASSIGN(const std::vector<ChangedFile> files, staged_files(call.folder));
    return view_of(call, files);
  }
  QSNAP_ASSIGN(const std::optional<std::string> before, git::find_object(call.folder, "ORIG_HEAD^{commit}"));
  if (!before) {  // merged into a branch without commits
    return view_of(call, {});
  }
  QSNAP_ASSIGN(const std::vector<ChangedFile> files, files_between(call.folder, *before, "HEAD"));
  report::HookView view = view_of(call, files);
  view.notes = sets_to_promote(call.folder, files);
  return view;
}

}  // namespace qsnap::app::hooks
