// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/merge_log.hpp>
#include <qsnap/app/renamed_twice.hpp>
#include <qsnap/app/resolve_request.hpp>
#include <qsnap/cli/command.hpp>
#include <qsnap/cli/conflict_prompt.hpp>
#include <qsnap/cli/exit_code.hpp>

namespace qsnap::cli {

namespace {

struct ResolveOptions {
  std::vector<std::string> names;
  bool all = false;
  bool ours = false, theirs = false, base = false, newest = false, keep = false, remove = false, whole = false;
  bool interactive = false, remember = false, remembered = false;
  std::vector<std::string> jobs, fields, numbers, takes;

  [[nodiscard]] std::optional<app::Wish> rest() const {
    return ours     ? std::optional{app::Wish::ours}
           : theirs ? std::optional{app::Wish::theirs}
           : base   ? std::optional{app::Wish::base}
           : newest ? std::optional{app::Wish::newest}
                    : std::nullopt;
  }
  /// Whose version, or name.
  [[nodiscard]] std::optional<app::Take> version() const {
    return ours     ? std::optional{app::Take::ours}
           : theirs ? std::optional{app::Take::theirs}
           : base   ? std::optional{app::Take::base}
                    : std::nullopt;
  }
  /// Of a file that one side deleted.
  [[nodiscard]] std::optional<app::DeletedFile> deleted(const app::MergeStages& stages) const {
    const bool ours_has_it = stages.ours.has_value();
    if (keep || remove) {
      return keep ? app::DeletedFile::keep : app::DeletedFile::remove;
    }
    if (ours || theirs) {
      return ours == ours_has_it ? app::DeletedFile::keep : app::DeletedFile::remove;
    }
    return std::nullopt;
  }
};

/// --job and --conflict begin a choice, --field and --take complete it: what counts is the order on the command line.
Result<std::vector<app::ChosenConflict>> chosen_conflicts(const CLI::App& command) {
  std::vector<app::ChosenConflict> chosen;
  std::map<const CLI::Option*, std::size_t> used;
  bool complete = true;
  for (const CLI::Option* option : command.parse_order()) {
    const std::string name = option->get_name();
    const bool begins = name == "--job" || name == "--conflict";
    if (!begins && name != "--field" && name != "--take") {
      continue;
    }
    const std::string& value = option->results().at(used[option]++);
    if (begins != complete) {
      return make_error(ErrorCode::usage, "each --job ID [--field PATH], or --conflict N, is followed by --take SIDE");
    }
    if (begins) {
      chosen.emplace_back();
      complete = false;
    }
    app::ChosenConflict& last = chosen.back();
    if (name == "--job") {
      last.id = value;
    } else if (name == "--field") {
      last.path = value;
    } else if (name == "--conflict") {
      last.number = std::stoull(value);
    } else {
      last.wish = app::parse_wish(value).value_or(app::Wish::ours);
      complete = true;
    }
  }
  return complete ? Result<std::vector<app::ChosenConflict>>{std::move(chosen)}
                  : make_error(ErrorCode::usage, "--job or --conflict needs --take SIDE behind it");
}

Error needs_a_side(const store::SnapshotName& name, const std::string& problem, const std::string& how) {
  return make_error(ErrorCode::usage, problem, {fmt::format("git qsnap resolve {} {}", name.text(), how)});
}

/// One that has no conflicts, because one side or both have not that file.
Result<report::ResolveView> settle_file(Session& session, const app::OpenMerge& merge, const ResolveOptions& options) {
  QSNAP_ASSIGN(const auto renamed, app::find_renamed_twice(session.folder(), merge.path));
  if (renamed) {
    const auto name = options.version();
    return name ? app::keep_name(session.folder(), *renamed, *name)
                : needs_a_side(merge.name, "both sides renamed " + merge.name.text(), "--ours, or --theirs");
  }
  const auto choice = options.deleted(merge.stages.value());
  return choice ? app::settle_deleted(merge, *choice)
                : needs_a_side(merge.name, "one side deleted " + merge.name.text() + ", the other one changed it",
                               "--keep, or --delete");
}

/// There is always a way out.
Error with_way_out(Error error, const app::OpenMerge& merge) {
  if (error.code == ErrorCode::refused && merge.stages) {
    error.hints.push_back(fmt::format(
        "git qsnap resolve {} --whole --ours (or --theirs, --base): that version as it is, with nothing of the other",
        merge.name.text()));
  }
  return error;
}

Result<report::ResolveView> decide(Session& session, app::OpenMerge& merge, const ResolveOptions& options,
                                   const app::ResolveRequest& request) {
  QSNAP_TRY(app::apply_request(merge, request, session.progress()));
  if (options.interactive && merge.resolution->left() > 0) {
    QSNAP_TRY(ask_about_conflicts(session, *merge.resolution, app::title_of_merge(session.folder(), merge.name)));
  }
  return app::keep_decisions(merge, session.progress());
}

Result<report::ResolveView> resolve(Session& session, const store::SnapshotName& name, const ResolveOptions& options,
                                    app::ResolveRequest request) {
  if (options.whole) {
    QSNAP_ASSIGN(const app::OpenMerge merge, app::find_merge(session.folder(), name));
    return app::take_version(merge, options.version().value_or(app::Take::ours));
  }
  QSNAP_ASSIGN(app::OpenMerge merge, app::open_merge(session.folder(), name, session.progress()));
  if (!merge.resolution) {
    return settle_file(session, merge, options);
  }
  request.use_remembered = options.remembered;
  request.rest = options.rest();
  const bool says_how = options.interactive || options.remembered || request.rest || !request.chosen.empty();
  if (!says_how && merge.resolution->left() > 0) {
    return options.all ? report::ResolveView{merge.path, name.text(), 0, merge.resolution->left(), false, false}
                       : Result<report::ResolveView>{make_error(
                             ErrorCode::usage, "how shall " + name.text() + " be resolved?",
                             {"git qsnap resolve " + name.text() + " -i, or --ours, --theirs, --base, --newest",
                              "git qsnap conflicts " + name.text()})};
  }
  auto view = decide(session, merge, options, request);
  if (!view) {
    return with_way_out(std::move(view).error(), merge);
  }
  QSNAP_TRY(options.remember ? app::remember_decisions(merge) : Result<void>{});
  return view;
}

Result<std::vector<store::SnapshotName>> wanted_names(Session& session, const ResolveOptions& options) {
  std::vector<store::SnapshotName> names;
  for (const std::string& text : options.names) {
    QSNAP_ASSIGN(store::SnapshotName name, store::SnapshotName::parse(text));
    names.push_back(std::move(name));
  }
  if (options.all) {
    QSNAP_ASSIGN(const std::vector<std::string> paths, app::conflicted_paths(session.folder()));
    for (const std::string& path : paths) {
      if (auto name = app::name_at(path)) {
        names.push_back(*std::move(name));
      }
    }
  }
  return names;
}

Result<void> check_usage(const ResolveOptions& options, const std::vector<app::ChosenConflict>& chosen) {
  if (options.all != options.names.empty()) {
    return make_error(ErrorCode::usage, "give names of snapshots, or --all", {"git qsnap conflicts"});
  }
  if (!chosen.empty() && (options.all || options.names.size() > 1)) {
    return make_error(ErrorCode::usage, "--job and --conflict are about one snapshot");
  }
  const bool only_whole = chosen.empty() && !options.interactive && !options.remembered && !options.remember;
  return !options.whole || (options.version() && only_whole)
             ? Result<void>{}
             : make_error(ErrorCode::usage, "--whole goes with --ours, --theirs or --base, and nothing else");
}

Result<int> run_resolve(Session& session, const CLI::App& command, const ResolveOptions& options) {
  QSNAP_ASSIGN(const std::vector<app::ChosenConflict> chosen, chosen_conflicts(command));
  QSNAP_TRY(check_usage(options, chosen));
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, wanted_names(session, options));
  report::ResolvesView view;
  std::optional<Error> problem;
  for (std::size_t i = 0; i < names.size() && !problem; ++i) {
    auto one = resolve(session, names[i], options, {chosen, false, {}});
    if (one) {
      view.snapshots.push_back(*std::move(one));
    } else {
      problem = std::move(one).error();
    }
  }
  if (problem && view.snapshots.empty()) {
    return *std::move(problem);
  }
  const auto left = static_cast<std::size_t>(std::count_if(
      view.snapshots.begin(), view.snapshots.end(), [](const report::ResolveView& one) { return one.left > 0; }));
  QSNAP_ASSIGN(const std::vector<std::string> open, app::conflicted_paths(session.folder()));
  view.others = open.size() - std::min(open.size(), left);
  QSNAP_TRY(session.print([&] { return report::resolve_json(view); },
                          [&] { return report::resolve_text(view, session.style()); }));
  if (problem) {
    return *std::move(problem);
  }
  return left == 0 ? k_exit_ok : k_exit_broken;
}

void add_sides(CLI::App* command, ResolveOptions& options) {
  auto* group = command->add_option_group("Sides");
  group->require_option(0, 1);
  group->add_flag("--ours", options.ours, "Our side's value of all that is left (in a rebase: upstream's)");
  group->add_flag("--theirs", options.theirs, "Their side's (in a rebase: that of your commit)");
  group->add_flag("--base", options.base, "What both sides began with");
  group->add_flag("--newest", options.newest, "That of the side that was captured later");
  group->add_flag("--keep", options.keep, "Keep a file that one side deleted");
  group->add_flag("--delete", options.remove, "Delete it");
  command->add_flag("--whole", options.whole,
                    "With --ours, --theirs or --base: that version as it is, with nothing that the other side did");
}

void add_choices(CLI::App* command, ResolveOptions& options) {
  command->add_option("--job", options.jobs, "The conflicts of one job (or key) alone: give --take behind it")
      ->type_name("ID")
      ->allow_extra_args(false);
  command->add_option("--field", options.fields, "Of those, the one about this member")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command->add_option("--conflict", options.numbers, "One conflict, by its number: give --take behind it")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->allow_extra_args(false);
  command->add_option("--take", options.takes, "ours, theirs, base or newest")
      ->type_name("SIDE")
      ->check(CLI::IsMember({"ours", "theirs", "base", "newest"}))
      ->allow_extra_args(false);
}

}  // namespace

void add_resolve(Program& program) {
  auto options = std::make_shared<ResolveOptions>();
  CLI::App* command = add_command(program, "resolve", "Decide what a merge could not, and tell Git that it is done");
  command->add_option("name", options->names, "Which snapshots");
  command->add_flag("--all", options->all,
                    "All that are in conflict; without a side, those with nothing left to decide");
  add_sides(command, *options);
  add_choices(command, *options);
  command->add_flag("-i,--interactive", options->interactive, "Ask about each conflict");
  command->add_flag("--remember", options->remember, "Remember these decisions for later merges");
  command->add_flag("--remembered", options->remembered, "Decide as was remembered, where it was");
  command->footer(
      "Merges the versions that Git has kept once more, with these decisions: it does not matter what happened to the\n"
      "file. With nothing left, the result is staged and git commit goes on; git qsnap unresolve takes it back.\n"
      "  git qsnap resolve checkout --job 12 --take theirs --job 13 --field payload.to --take ours\n\n"
      "Exit status: 0 resolved, 2 usage or not in conflict, 5 conflicts are left, or a version is broken, 6 refused,\n"
      "7 cannot write");
  set_action(program, command,
             [options, command](Session& session) { return run_resolve(session, *command, *options); });
}

}  // namespace qsnap::cli
