// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/setup/hook_bodies.hpp>
#include <qsnap/app/setup/hook_files.hpp>
#include <qsnap/app/setup/hooks_folder.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_previous = "50-previous", k_ours = "90-qsnap", k_dispatcher = "dispatcher";
/// Stands in a hooks folder that we made, so that it goes with us.
constexpr std::string_view k_made_by_us = ".made-by-git-qsnap";
constexpr mode_t k_executable = 0755;

/// Whose file it is.
enum class Owner : std::uint8_t { nobody, ours, ours_old, dispatcher, dispatcher_old, edited, foreign, no_file };

struct Found {
  Owner owner = Owner::nobody;
  std::string sha256;
  bool executable = false;
};

/// All that stands at a hook's name.
struct Place {
  Found main;      ///< hooks/NAME
  Found ours;      ///< hooks/NAME.d/90-qsnap
  Found previous;  ///< hooks/NAME.d/50-previous
  bool has_folder = false;
};

bool is_ours(Owner owner) {
  return owner == Owner::ours || owner == Owner::ours_old;
}
bool is_dispatcher(Owner owner) {
  return owner == Owner::dispatcher || owner == Owner::dispatcher_old;
}
bool is_old(Owner owner) {
  return owner == Owner::ours_old || owner == Owner::dispatcher_old;
}

/// SHA-256 in hex → name.
std::map<std::string, std::string> parse_earlier(std::string_view text) {
  constexpr std::size_t k_digits = 64;
  std::map<std::string, std::string> earlier;
  for (const std::string_view line : split(text, '\n')) {
    if (line.size() > k_digits && !line.starts_with('#')) {
      earlier.emplace(line.substr(0, k_digits), line.substr(line.find_last_of(' ') + 1));
    }
  }
  return earlier;
}

std::string line_to_add(std::string_view hook) {
  return fmt::format("git qsnap hook {} \"$@\"", hook);
}

Result<void> failed_to(std::string_view doing, const fs::path& path, const std::error_code& failure) {
  return failure ? Result<void>{file_error(doing, path, failure.value())} : Result<void>{};
}

Result<void> write_executable(const fs::path& path, std::string_view text) {
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(path));
  QSNAP_TRY(file.write(text));
  return file.commit(k_executable);
}

Result<void> remove_file(const fs::path& path) {
  std::error_code failure;
  fs::remove(path, failure);
  return failed_to("remove", path, failure);
}

/// A link that says where it leads from its own folder has to say it anew from one folder deeper.
Result<void> move_link(const fs::path& from, const fs::path& to, const fs::path& target) {
  std::error_code failure;
  fs::create_symlink(target, to, failure);
  QSNAP_TRY(failed_to("make the link", to, failure));
  return remove_file(from);
}

/// So that there is a hook at `from` at any time: what is written there next replaces it.
Result<void> keep_as(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  if (fs::is_symlink(fs::symlink_status(from, failure))) {
    const fs::path target = fs::read_symlink(from, failure);
    QSNAP_TRY(failed_to("read the link", from, failure));
    return move_link(from, to, target.is_absolute() ? target : ".." / target);
  }
  fs::create_hard_link(from, to, failure);
  if (failure) {  // not every file system has them
    fs::rename(from, to, failure);
  }
  return failed_to("move", from, failure);
}

/// The inverse of keep_as; replaces what stands at `to`.
Result<void> put_back(const fs::path& from, const fs::path& to) {
  std::error_code failure;
  if (fs::is_symlink(fs::symlink_status(from, failure))) {
    const fs::path target = fs::read_symlink(from, failure);
    QSNAP_TRY(failed_to("read the link", from, failure));
    QSNAP_TRY(remove_file(to));
    const bool deeper = target.native().starts_with("../");
    return move_link(from, to, deeper ? fs::path{target.native().substr(3)} : target);
  }
  if (fs::equivalent(from, to, failure)) {  // two names of one file, which rename() would leave as they are
    return remove_file(from);
  }
  fs::rename(from, to, failure);
  return failed_to("move", from, failure);
}

/// The hooks of one folder. One thread.
class HookFolder {
 public:
  HookFolder(fs::path folder, HookBodies texts, DryRun dry_run)
      : m_folder(std::move(folder)),
        m_dispatcher(std::move(texts.dispatcher)),
        m_earlier(parse_earlier(texts.earlier)),
        m_dry_run(dry_run) {
    for (HookBodies::Body& body : texts.bodies) {
      m_bodies.emplace(std::move(body.hook), std::move(body.text));
    }
  }

  Result<HookOutcome> install(const std::string& hook) const;
  /// Absent where nothing is ours.
  Result<std::optional<HookOutcome>> uninstall(const std::string& hook) const;
  Result<HookOutcome> status(const std::string& hook) const;

  Result<void> make() const;
  Result<void> remove_if_made() const;

 private:
  [[nodiscard]] fs::path file(const std::string& hook) const { return m_folder / hook; }
  [[nodiscard]] fs::path chain(const std::string& hook) const { return m_folder / (hook + ".d"); }
  [[nodiscard]] fs::path ours(const std::string& hook) const { return chain(hook) / k_ours; }
  [[nodiscard]] fs::path previous(const std::string& hook) const { return chain(hook) / k_previous; }

  [[nodiscard]] Result<Found> look_at(const fs::path& path, const std::string& hook) const;
  [[nodiscard]] Owner owner_of(const std::string& text, const std::string& sha256, const std::string& hook) const;
  [[nodiscard]] Result<Place> look(const std::string& hook) const;

  [[nodiscard]] HookOutcome outcome(const std::string& hook, HookAction action) const;
  [[nodiscard]] HookOutcome refusal(const std::string& hook, const Found& found, std::string words) const;
  [[nodiscard]] HookOutcome edited(const std::string& hook, const Found& found, const fs::path& path) const;

  Result<HookOutcome> write_body(const std::string& hook, HookAction action) const;
  Result<HookOutcome> write_chain(const std::string& hook, HookAction action) const;
  Result<HookOutcome> keep_chain(const std::string& hook, const Place& place) const;
  Result<HookOutcome> chain_foreign(const std::string& hook, const Place& place) const;
  Result<HookOutcome> take_chain_apart(const std::string& hook, const Place& place) const;
  [[nodiscard]] Result<bool> has_others(const std::string& hook) const;

  fs::path m_folder;
  std::map<std::string, std::string> m_bodies;
  std::string m_dispatcher;
  std::map<std::string, std::string> m_earlier;
  DryRun m_dry_run;
};

Owner HookFolder::owner_of(const std::string& text, const std::string& sha256, const std::string& hook) const {
  if (const auto body = m_bodies.find(hook); body != m_bodies.end() && body->second == text) {
    return Owner::ours;
  }
  if (text == m_dispatcher) {
    return Owner::dispatcher;
  }
  if (const auto earlier = m_earlier.find(sha256); earlier != m_earlier.end()) {
    return earlier->second == k_dispatcher ? Owner::dispatcher_old : Owner::ours_old;
  }
  const std::size_t second_line = text.find('\n');
  constexpr std::string_view k_mark = "\n# git-qsnap ";
  const bool marked = second_line != std::string::npos && text.compare(second_line, k_mark.size(), k_mark) == 0;
  return marked ? Owner::edited : Owner::foreign;
}

Result<Found> HookFolder::look_at(const fs::path& path, const std::string& hook) const {
  std::error_code failure;
  const fs::file_status status = fs::symlink_status(path, failure);
  if (status.type() == fs::file_type::not_found) {
    return Found{};
  }
  if (status.type() == fs::file_type::symlink) {
    return Found{Owner::foreign, {}, true};
  }
  if (status.type() != fs::file_type::regular) {
    return Found{Owner::no_file, {}, false};
  }
  const bool executable = (status.permissions() & fs::perms::owner_exec) != fs::perms::none;
  const Result<std::string> text = read_file(path, limits::k_mib);
  if (!text && text.error().code == ErrorCode::limit_exceeded) {
    return Found{Owner::foreign, {}, executable};  // a program
  }
  if (!text) {
    return text.error();
  }
  std::string sha256 = to_hex(codec::sha256(*text));
  const Owner owner = owner_of(*text, sha256, hook);
  return Found{owner, std::move(sha256), executable};
}

Result<Place> HookFolder::look(const std::string& hook) const {
  Place place;
  std::error_code failure;
  place.has_folder = fs::exists(fs::symlink_status(chain(hook), failure));
  QSNAP_ASSIGN(place.main, look_at(file(hook), hook));
  QSNAP_ASSIGN(place.ours, look_at(ours(hook), hook));
  QSNAP_ASSIGN(place.previous, look_at(previous(hook), hook));
  return place;
}

HookOutcome HookFolder::outcome(const std::string& hook, HookAction action) const {
  return {hook, action, file(hook), {}, {}};
}

HookOutcome HookFolder::refusal(const std::string& hook, const Found& found, std::string words) const {
  return {hook, HookAction::refused, file(hook), found.sha256, std::move(words)};
}

HookOutcome HookFolder::edited(const std::string& hook, const Found& found, const fs::path& path) const {
  return refusal(hook, found,
                 fmt::format("{} was edited and stays as it is; to have git-qsnap's own again, remove it and run "
                             "git qsnap install",
                             path.native()));
}

Result<HookOutcome> HookFolder::write_body(const std::string& hook, HookAction action) const {
  HookOutcome done = outcome(hook, action);
  const std::string& text = m_bodies.at(hook);
  done.sha256 = to_hex(codec::sha256(text));
  if (m_dry_run == DryRun::no) {
    QSNAP_TRY(write_executable(file(hook), text));
  }
  return done;
}

/// Dispatcher and our part; what stood there has been moved away.
Result<HookOutcome> HookFolder::write_chain(const std::string& hook, HookAction action) const {
  HookOutcome done = outcome(hook, action);
  done.sha256 = to_hex(codec::sha256(m_dispatcher));
  if (m_dry_run == DryRun::no) {
    QSNAP_TRY(write_executable(ours(hook), m_bodies.at(hook)));
    QSNAP_TRY(write_executable(file(hook), m_dispatcher));
  }
  return done;
}

Result<HookOutcome> HookFolder::keep_chain(const std::string& hook, const Place& place) const {
  if (place.ours.owner != Owner::nobody && !is_ours(place.ours.owner)) {
    return edited(hook, place.main, ours(hook));
  }
  if (place.ours.owner == Owner::nobody) {
    return write_chain(hook, HookAction::written);
  }
  if (is_old(place.main.owner) || is_old(place.ours.owner)) {
    return write_chain(hook, HookAction::upgraded);
  }
  HookOutcome kept = outcome(hook, HookAction::kept);
  kept.sha256 = place.main.sha256;
  return kept;
}

Result<HookOutcome> HookFolder::chain_foreign(const std::string& hook, const Place& place) const {
  const std::string path = file(hook).native();
  std::error_code failure;
  if (is_ours(place.ours.owner) && fs::equivalent(file(hook), previous(hook), failure)) {
    return write_chain(hook, HookAction::chained);  // an earlier run was stopped half-way
  }
  if (place.previous.owner != Owner::nobody && is_ours(place.ours.owner)) {
    return refusal(hook, place.main,
                   fmt::format("{0} was replaced after git-qsnap had put another one into {0}.d: decide which of the "
                               "two you want, put it at {0}, remove {0}.d, and run git qsnap install",
                               path));
  }
  if (place.has_folder && !is_ours(place.ours.owner)) {
    return refusal(hook, place.main,
                   fmt::format("{0} is there, and so is {0}.d, which is not git-qsnap's; add this line to {0}: {1}",
                               path, line_to_add(hook)));
  }
  if (m_dry_run == DryRun::no) {
    fs::create_directory(chain(hook), failure);
    QSNAP_TRY(failed_to("make the folder", chain(hook), failure));
    QSNAP_TRY(write_executable(ours(hook), m_bodies.at(hook)));
    QSNAP_TRY(keep_as(file(hook), previous(hook)));
  }
  return write_chain(hook, HookAction::chained);
}

Result<HookOutcome> HookFolder::install(const std::string& hook) const {
  QSNAP_ASSIGN(const Place place, look(hook));
  switch (place.main.owner) {
    case Owner::nobody:
      if (is_ours(place.ours.owner)) {  // an earlier run was stopped half-way, or the dispatcher was removed
        return write_chain(hook, HookAction::written);
      }
      return write_body(hook, HookAction::written);
    case Owner::ours_old:
      return write_body(hook, HookAction::upgraded);
    case Owner::dispatcher:
    case Owner::dispatcher_old:
      return keep_chain(hook, place);
    case Owner::edited:
      return edited(hook, place.main, file(hook));
    case Owner::foreign:
      return chain_foreign(hook, place);
    case Owner::no_file:
      return refusal(hook, place.main, fmt::format("{} is not a file", file(hook).native()));
    case Owner::ours:
      break;
  }
  HookOutcome kept = outcome(hook, HookAction::kept);
  kept.sha256 = place.main.sha256;
  return kept;
}

Result<bool> HookFolder::has_others(const std::string& hook) const {
  std::error_code failure;
  fs::directory_iterator entries{chain(hook), failure};
  QSNAP_TRY(failed_to("read", chain(hook), failure));
  return std::any_of(begin(entries), end(entries), [](const fs::directory_entry& entry) {
    return entry.path().filename() != k_previous && entry.path().filename() != k_ours;
  });
}

/// REQUIRES: a dispatcher of ours stands there, or what an interrupted run left.
Result<HookOutcome> HookFolder::take_chain_apart(const std::string& hook, const Place& place) const {
  if (place.ours.owner != Owner::nobody && !is_ours(place.ours.owner)) {
    return edited(hook, place.main, ours(hook));
  }
  QSNAP_ASSIGN(const bool others, has_others(hook));
  if (m_dry_run == DryRun::no) {
    QSNAP_TRY(remove_file(ours(hook)));
  }
  if (others) {
    return refusal(hook, place.main,
                   fmt::format("{0}.d holds other hooks now, so {0} stays and runs them; git-qsnap's own is gone",
                               file(hook).native()));
  }
  HookOutcome done = outcome(hook, HookAction::removed);
  done.sha256 = place.previous.sha256;
  if (m_dry_run == DryRun::yes) {
    return done;
  }
  if (place.previous.owner == Owner::nobody) {
    QSNAP_TRY(remove_file(file(hook)));
  } else {
    QSNAP_TRY(put_back(previous(hook), file(hook)));
  }
  QSNAP_TRY(remove_file(chain(hook)));
  return done;
}

Result<std::optional<HookOutcome>> HookFolder::uninstall(const std::string& hook) const {
  QSNAP_ASSIGN(const Place place, look(hook));
  if (is_ours(place.main.owner)) {
    if (m_dry_run == DryRun::no) {
      QSNAP_TRY(remove_file(file(hook)));
    }
    return std::optional{outcome(hook, HookAction::removed)};
  }
  if (place.main.owner == Owner::edited) {
    return std::optional{refusal(hook, place.main,
                                 fmt::format("{} was edited and stays as it is; remove it yourself if you do not want "
                                             "it",
                                             file(hook).native()))};
  }
  std::error_code failure;
  const bool half_way = is_ours(place.ours.owner) &&
                        (place.main.owner == Owner::nobody || fs::equivalent(file(hook), previous(hook), failure));
  if (is_dispatcher(place.main.owner) || half_way) {
    QSNAP_ASSIGN(HookOutcome done, take_chain_apart(hook, place));
    return std::optional{std::move(done)};
  }
  if (is_ours(place.ours.owner)) {
    return std::optional{refusal(
        hook, place.main,
        fmt::format("{0} is not git-qsnap's any more; what was there before is in {0}.d", file(hook).native()))};
  }
  return std::optional<HookOutcome>{};
}

Result<HookOutcome> HookFolder::status(const std::string& hook) const {
  QSNAP_ASSIGN(const Place place, look(hook));
  const bool chained = is_dispatcher(place.main.owner);
  const bool ours_runs = is_ours(place.main.owner) || (chained && is_ours(place.ours.owner));
  if (ours_runs && (!place.main.executable || (chained && !place.ours.executable))) {
    const fs::path path = place.main.executable ? ours(hook) : file(hook);
    return refusal(hook, place.main,
                   fmt::format("{0} is not executable, so Git does not run it; chmod +x {0}", path.native()));
  }
  if (ours_runs) {
    const bool old = is_old(place.main.owner) || (chained && is_old(place.ours.owner));
    HookOutcome found = outcome(hook, old ? HookAction::upgraded : HookAction::kept);
    found.sha256 = place.main.sha256;
    return found;
  }
  if (place.main.owner == Owner::nobody || place.main.owner == Owner::no_file || chained) {
    return outcome(hook, HookAction::removed);
  }
  const char* const whose = place.main.owner == Owner::edited ? "was edited" : "is not git-qsnap's";
  return refusal(hook, place.main,
                 fmt::format("{} {}; git qsnap install lets it run beside git-qsnap's", file(hook).native(), whose));
}

Result<void> HookFolder::make() const {
  std::error_code failure;
  if (m_dry_run == DryRun::yes || fs::exists(m_folder, failure)) {
    return {};
  }
  fs::create_directory(m_folder, failure);
  QSNAP_TRY(failed_to("make the folder", m_folder, failure));
  return write_file_atomically(m_folder / k_made_by_us, {});
}

Result<void> HookFolder::remove_if_made() const {
  std::error_code failure;
  if (m_dry_run == DryRun::yes || !fs::exists(m_folder / k_made_by_us, failure)) {
    return {};
  }
  fs::directory_iterator entries{m_folder, failure};
  QSNAP_TRY(failed_to("read", m_folder, failure));
  if (std::distance(begin(entries), end(entries)) > 1) {
    return {};
  }
  QSNAP_TRY(remove_file(m_folder / k_made_by_us));
  return remove_file(m_folder);
}

/// Why nothing is written, and what to do instead.
std::vector<HookOutcome> refuse_all(const HooksFolder& folder, const std::vector<std::string>& hooks) {
  const char* const why = folder.place == HooksPlace::work_tree ? "the hooks there belong to the project"
                                                                : "the hooks there may belong to other repositories";
  std::vector<HookOutcome> outcomes;
  for (const std::string& hook : hooks) {
    const fs::path path = folder.folder / hook;
    outcomes.push_back({hook,
                        HookAction::refused,
                        path,
                        {},
                        fmt::format("{}, and {}; add this line to {} yourself: {}", folder.reason, why, path.native(),
                                    line_to_add(hook))});
  }
  return outcomes;
}

Result<void> check_names(const std::vector<std::string>& hooks) {
  const std::vector<std::string> known = all_hooks();
  for (const std::string& hook : hooks) {
    if (std::find(known.begin(), known.end(), hook) == known.end()) {
      return make_error(ErrorCode::usage, fmt::format("there is no hook {}", hook),
                        {fmt::format("hooks are {}", fmt::join(known, ", "))});
    }
  }
  return {};
}

}  // namespace

std::vector<std::string> all_hooks() {
  std::vector<std::string> hooks;
  for (HookBodies::Body& body : embedded_hook_bodies().bodies) {
    hooks.push_back(std::move(body.hook));
  }
  return hooks;
}

Result<std::vector<HookOutcome>> install_hooks(const fs::path& folder, const std::vector<std::string>& hooks,
                                               DryRun dry_run) {
  return install_hooks(folder, hooks, dry_run, embedded_hook_bodies());
}

Result<std::vector<HookOutcome>> install_hooks(const fs::path& folder, const std::vector<std::string>& hooks,
                                               DryRun dry_run, HookBodies bodies) {
  QSNAP_TRY(check_names(hooks));
  QSNAP_ASSIGN(const HooksFolder found, find_hooks_folder(folder));
  if (found.place != HooksPlace::own) {
    return refuse_all(found, hooks);
  }
  const HookFolder files{found.folder, std::move(bodies), dry_run};
  QSNAP_TRY(hooks.empty() ? Result<void>{} : files.make());
  std::vector<HookOutcome> outcomes;
  for (const std::string& hook : hooks) {
    Result<HookOutcome> outcome = files.install(hook);
    outcomes.push_back(
        outcome ? *std::move(outcome)
                : HookOutcome{hook, HookAction::refused, found.folder / hook, {}, std::move(outcome).error().message});
  }
  return outcomes;
}

Result<std::vector<HookOutcome>> uninstall_hooks(const fs::path& folder, DryRun dry_run) {
  QSNAP_ASSIGN(const HooksFolder found, find_hooks_folder(folder));
  std::vector<HookOutcome> outcomes;
  std::error_code failure;
  if (fs::is_symlink(fs::symlink_status(found.own, failure))) {
    return outcomes;  // nothing was ever written there
  }
  const HookFolder files{found.own, embedded_hook_bodies(), dry_run};
  for (const std::string& hook : all_hooks()) {
    QSNAP_ASSIGN(std::optional<HookOutcome> outcome, files.uninstall(hook));
    if (outcome) {
      outcomes.push_back(*std::move(outcome));
    }
  }
  QSNAP_TRY(files.remove_if_made());
  return outcomes;
}

Result<std::vector<HookOutcome>> hook_status(const fs::path& folder) {
  QSNAP_ASSIGN(const HooksFolder found, find_hooks_folder(folder));
  if (found.place != HooksPlace::own) {
    return refuse_all(found, all_hooks());
  }
  const HookFolder files{found.folder, embedded_hook_bodies(), DryRun::yes};
  std::vector<HookOutcome> outcomes;
  for (const std::string& hook : all_hooks()) {
    QSNAP_ASSIGN(HookOutcome outcome, files.status(hook));
    outcomes.push_back(std::move(outcome));
  }
  return outcomes;
}

}  // namespace qsnap::app::setup
