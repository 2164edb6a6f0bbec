// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <optional>
#include <utility>

#include <qsnap/cli/resolve_options.hpp>

namespace qsnap::cli {

namespace {

std::optional<app::Wish> wish_of(const ResolveWords& words) {
  return words.ours     ? std::optional{app::Wish::ours}
         : words.theirs ? std::optional{app::Wish::theirs}
         : words.base   ? std::optional{app::Wish::base}
         : words.newest ? std::optional{app::Wish::newest}
                        : std::nullopt;
}

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

void add_sides(CLI::App* command, ResolveWords& words) {
  auto* group = command->add_option_group("Sides");
  group->require_option(0, 1);
  group->add_flag("--ours", words.ours, "Our side's value of all that is left (in a rebase: upstream's)");
  group->add_flag("--theirs", words.theirs, "Their side's (in a rebase: that of your commit)");
  group->add_flag("--base", words.base, "What both sides began with");
  group->add_flag("--newest", words.newest, "That of the side that was captured later");
  group->add_flag("--keep", words.keep, "Keep a file that one side deleted");
  group->add_flag("--delete", words.remove, "Delete it");
  command->add_flag("--whole", words.whole,
                    "With --ours, --theirs or --base: that version as it is, with nothing that the other side did");
}

void add_choices(CLI::App* command, ResolveWords& words) {
  command->add_option("--job", words.jobs, "The conflicts of one job (or key) alone: give --take behind it")
      ->type_name("ID")
      ->allow_extra_args(false);
  command->add_option("--field", words.fields, "Of those, the one about this member")
      ->type_name("PATH")
      ->allow_extra_args(false);
  command->add_option("--conflict", words.numbers, "One conflict, by its number: give --take behind it")
      ->type_name("N")
      ->check(CLI::PositiveNumber)
      ->allow_extra_args(false);
  command->add_option("--take", words.takes, "ours, theirs, base or newest")
      ->type_name("SIDE")
      ->check(CLI::IsMember({"ours", "theirs", "base", "newest"}))
      ->allow_extra_args(false);
}

}  // namespace

void add_resolve_options(CLI::App* command, ResolveWords& words) {
  add_sides(command, words);
  add_choices(command, words);
  command->add_flag("--remember", words.remember, "Remember these decisions for later merges");
  command->add_flag("--remembered", words.remembered, "Decide as was remembered, where it was");
}

Result<app::ResolveRequest> resolve_request(const CLI::App& command, const ResolveWords& words) {
  app::ResolveRequest request;
  QSNAP_ASSIGN(request.chosen, chosen_conflicts(command));
  request.use_remembered = words.remembered;
  request.remember = words.remember;
  request.rest = wish_of(words);
  request.whole = words.whole;
  if (words.keep || words.remove) {
    request.file = words.keep ? app::DeletedFile::keep : app::DeletedFile::remove;
  }
  return request;
}

}  // namespace qsnap::cli
