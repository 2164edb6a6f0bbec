// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/one_sided.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/set_resolver.hpp>
#include <qsnap/app/sets.hpp>
#include <qsnap/app/views.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/shell_word.hpp>
#include <qsnap/codec/left_over.hpp>
#include <qsnap/config/rule_arguments.hpp>
#include <qsnap/store/set_folder.hpp>

namespace qsnap::app {

namespace {

using report::SetChangeView;
using report::SetMember;
using report::SetView;
using store::SetChain;
using store::SetName;
using store::SnapshotName;
using Names = std::vector<SnapshotName>;

Result<SetResolver> resolver_of(const store::Store& store) {
  QSNAP_ASSIGN(config::Config config, store.config());
  return SetResolver{store, std::move(config.sets)};
}

/// A set with a folder, by the user's word.
Result<SetName> existing_set(const store::Store& store, const std::string& word) {
  if (word.empty() && store.chain().sets.empty()) {
    return make_error(ErrorCode::usage, "which set? The default one is the current one", {"git qsnap set list"});
  }
  QSNAP_ASSIGN(SetName set, word.empty() ? store.chain().current() : SetName::parse(word));
  QSNAP_ASSIGN(const std::vector<SetName> sets, store.sets());
  if (std::find(sets.begin(), sets.end(), set) == sets.end()) {
    return make_error(ErrorCode::not_found,
                      word.empty() ? fmt::format("the set {} of this branch has no snapshots of its own", set.text())
                                   : fmt::format("there is no set {}", set.text()),
                      {"git qsnap set list"});
  }
  return set;
}

std::vector<std::string> texts_of(const SetChain& chain) {
  std::vector<std::string> texts;
  for (const SetName& set : chain.sets) {
    texts.push_back(set.text());
  }
  texts.push_back(SetName::default_set().text());
  return texts;
}

Result<SetView> set_view(const store::Store& store, SetResolver& resolver, const SetName& set) {
  SetView view;
  view.name = set.text();
  view.current = set == store.chain().current();
  QSNAP_ASSIGN(const Names own, store::own_names(store, set));
  QSNAP_ASSIGN(const Names removed, store.removed_in(set));
  view.own = own.size();
  view.removed = removed.size();
  QSNAP_ASSIGN(view.branches, resolver.branches_of(set));
  auto file = store::read_set_file(store, set);
  auto chain = file ? resolver.chain_of(set, {}) : std::move(file).error();
  if (!chain) {
    view.problem = chain.error().message;
    return view;
  }
  view.inherits = texts_of(chain->chain.parent());
  if (*file) {
    view.description = (*file)->description;
    view.pinned = (*file)->parent.has_value();
  }
  return view;
}

Result<SetMember> member_of(const store::Store& store, const SetChain& parents, const SnapshotName& name,
                            SetMember::Kind kind) {
  QSNAP_ASSIGN(const auto place, store.locate_along(parents, name));
  SetMember member{name.text(), kind, place ? place->set.text() : std::string{}};
  if (kind == SetMember::Kind::overrides && !place) {
    member.kind = SetMember::Kind::added;
  }
  return member;
}

/// Compares what two chains give, name by name.
class SetDiff {
 public:
  SetDiff(const store::Store& store, SetChain before, SetChain after, const Progress& progress)
      : m_store(store), m_before(std::move(before)), m_after(std::move(after)), m_progress(progress) {}

  Result<report::DiffReport> run(const CompareChoice& choice) {
    QSNAP_ASSIGN(config::Config config, m_store.config());
    QSNAP_ASSIGN(m_rules, config::with_arguments(std::move(config), choice.rules.arguments));
    m_options = {choice.listing, choice.rules.ignored};
    m_report.range = fmt::format("{}..{}", m_before.current().text(), m_after.current().text());
    QSNAP_ASSIGN(const std::set<std::string> names, names_that_may_differ());
    for (const std::string& text : names) {
      QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(text));
      QSNAP_TRY(compare(name));
    }
    return std::move(m_report);
  }

 private:
  /// What any set has of its own that one of the chains has and the other has not.
  Result<std::set<std::string>> names_that_may_differ() const {
    std::set<std::string> texts;
    for (const SetChain* chain : {&m_before, &m_after}) {
      for (const SetName& set : chain->sets) {
        QSNAP_ASSIGN(const Names own, store::own_names(m_store, set));
        QSNAP_ASSIGN(const Names removed, m_store.removed_in(set));
        for (const Names* names : {&own, &removed}) {
          std::transform(names->begin(), names->end(), std::inserter(texts, texts.end()),
                         [](const SnapshotName& name) { return name.text(); });
        }
      }
    }
    return texts;
  }

  Result<void> compare(const SnapshotName& name) {
    QSNAP_ASSIGN(const auto before, m_store.locate_along(m_before, name));
    QSNAP_ASSIGN(const auto after, m_store.locate_along(m_after, name));
    if ((!before && !after) || (before && after && before->below == after->below)) {
      m_report.unchanged += before ? 1U : 0U;
      return {};
    }
    auto diff = compared(name, before, after);
    if (!diff && diff.error().code != ErrorCode::corrupt && diff.error().code != ErrorCode::not_found &&
        diff.error().code != ErrorCode::refused && diff.error().code != ErrorCode::limit_exceeded) {
      return std::move(diff).error();
    }
    report::SnapshotDiff entry;
    if (diff) {
      entry = *std::move(diff);
    } else {
      entry.status = report::SnapshotStatus::unreadable;
      entry.trouble = diff.error().message;
    }
    entry.name = name.text();
    entry.file = (std::filesystem::path{store::k_folder} / (after ? *after : *before).below).generic_string();
    entry.sides.before = before ? label(*before, name) : std::string{};
    entry.sides.after = after ? label(*after, name) : std::string{};
    if (entry.is_equal() && entry.changes.ignored_list.empty()) {
      ++m_report.unchanged;
    } else {
      m_report.snapshots.push_back(std::move(entry));
    }
    return {};
  }

  Result<report::SnapshotDiff> compared(const SnapshotName& name, const std::optional<store::Place>& before,
                                        const std::optional<store::Place>& after) const {
    if (!before || !after) {
      const store::Place& there = before ? *before : *after;
      QSNAP_ASSIGN(const codec::SnapshotReader reader, m_store.read(there, label(there, name)));
      return one_sided_diff(name.text(), before ? report::SnapshotStatus::removed : report::SnapshotStatus::added,
                            reader);
    }
    QSNAP_ASSIGN(codec::SnapshotReader old_reader, m_store.read(*before, label(*before, name)));
    QSNAP_ASSIGN(codec::SnapshotReader new_reader, m_store.read(*after, label(*after, name)));
    QSNAP_ASSIGN(Comparison comparison,
                 compare_opened({label(*before, name), std::move(old_reader), {}},
                                {label(*after, name), std::move(new_reader), {}}, m_rules, m_options, m_progress));
    return snapshot_diff_of(std::move(comparison));
  }

  static std::string label(const store::Place& place, const SnapshotName& name) {
    return fmt::format("{} of {}", name.text(), place.set.text());
  }

  const store::Store& m_store;
  SetChain m_before, m_after;
  const Progress& m_progress;
  config::Config m_rules;
  diff::CompareOptions m_options;
  report::DiffReport m_report;
};

/// The chain of a set that may have no folder: what is seen in it is what it inherits.
Result<SetChain> chain_of_word(const store::Store& store, const std::string& word) {
  QSNAP_ASSIGN(const SetName set, SetName::parse(word));
  return chain_of(store, set);
}

/// Whether HEAD has this snapshot, with what is said about it. Git is not asked for a status: that would run filters
/// that the repository's configuration names.
bool is_committed(const store::Store& store, const SnapshotName& name) {
  const auto here = store.find(name);
  const auto committed = store.find_in("HEAD", name);
  return here && *here && committed && *committed && codec::same_document(**here, **committed);
}

/// The same for a mark, or what the set says of itself; `file` is from .queue-snapshots on.
bool is_committed(const store::Store& store, const std::string& file) {
  const auto here = read_file(store.folder() / file, limits::k_config_bytes);
  const auto committed = store.repository().read_blob("HEAD", fmt::format("{}/{}", store::k_folder, file));
  return here && committed && *committed == *here;
}

/// Files of a set that HEAD does not have as they are, from .queue-snapshots on.
std::vector<std::string> uncommitted(const store::Store& store, const std::vector<std::string>& files) {
  std::vector<std::string> changed;
  std::copy_if(files.begin(), files.end(), std::back_inserter(changed), [&](const std::string& file) {
    const auto name = store::name_of_path(fmt::format("{}/{}", store::k_folder, file));
    return !(name ? is_committed(store, *name) : is_committed(store, file));
  });
  return changed;
}

/// The sets that say that it is their parent, with what they say.
Result<std::vector<std::pair<SetName, store::SetFile>>> children_of(const store::Store& store, const SetName& parent) {
  std::vector<std::pair<SetName, store::SetFile>> children;
  QSNAP_ASSIGN(const std::vector<SetName> sets, store.sets());
  for (const SetName& set : sets) {
    QSNAP_ASSIGN(auto file, store::read_set_file(store, set));
    if (file && file->parent == parent) {
      children.emplace_back(set, *std::move(file));
    }
  }
  return children;
}

}  // namespace

Result<report::SetListView> list_sets(const store::Store& store) {
  report::SetListView view;
  view.current = store.chain().current().text();
  QSNAP_ASSIGN(SetResolver resolver, resolver_of(store));
  QSNAP_ASSIGN(std::vector<SetName> sets, store.sets());
  const SetName current = store.chain().current();
  if (!current.is_default() && std::find(sets.begin(), sets.end(), current) == sets.end()) {
    sets.push_back(current);
    std::sort(sets.begin(), sets.end(), [](const SetName& a, const SetName& b) { return a.text() < b.text(); });
  }
  for (const SetName& set : sets) {
    QSNAP_ASSIGN(SetView each, set_view(store, resolver, set));
    view.sets.push_back(std::move(each));
  }
  return view;
}

Result<report::SetShowView> show_set(const store::Store& store, const std::string& word) {
  QSNAP_ASSIGN(const SetName set, existing_set(store, word));
  QSNAP_ASSIGN(SetResolver resolver, resolver_of(store));
  report::SetShowView view;
  QSNAP_ASSIGN(view.set, set_view(store, resolver, set));
  QSNAP_ASSIGN(const SetChain chain, chain_of(store, set));
  QSNAP_ASSIGN(const Names own, store::own_names(store, set));
  QSNAP_ASSIGN(const Names removed, store.removed_in(set));
  for (const auto& [names, kind] :
       {std::pair{&own, SetMember::Kind::overrides}, std::pair{&removed, SetMember::Kind::removed}}) {
    for (const SnapshotName& name : *names) {
      QSNAP_ASSIGN(SetMember member, member_of(store, chain.parent(), name, kind));
      view.members.push_back(std::move(member));
    }
  }
  std::sort(view.members.begin(), view.members.end(), [](const SetMember& a, const SetMember& b) {
    return std::pair{a.name, a.kind} < std::pair{b.name, b.kind};
  });
  return view;
}

Result<report::DiffReport> diff_sets(const store::Store& store, const SetPair& sets, const CompareChoice& choice,
                                     const Progress& progress) {
  SetChain after = store.chain();
  if (!sets.after.empty()) {
    QSNAP_ASSIGN(after, chain_of_word(store, sets.after));
  }
  SetChain before = after.parent();
  if (!sets.before.empty()) {
    QSNAP_ASSIGN(before, chain_of_word(store, sets.before));
  }
  if (before.current() == after.current()) {
    return make_error(ErrorCode::usage, fmt::format("both sides are the set {}", after.current().text()),
                      {"git qsnap set diff SET compares a set with its parent", "git qsnap set list"});
  }
  return SetDiff{store, std::move(before), std::move(after), progress}.run(choice);
}

Result<SetChangeView> create_set(const store::Store& store, const NewSet& wanted) {
  QSNAP_ASSIGN(const SetName set, SetName::parse(wanted.name));
  if (set.is_default()) {
    return make_error(ErrorCode::usage, "the default set is the tree itself: it is there already");
  }
  QSNAP_ASSIGN(const auto twin, store::case_twin(store, set));
  QSNAP_ASSIGN(const auto file, store::read_set_file(store, set));
  if (file || twin) {
    return make_error(ErrorCode::refused, fmt::format("there is a set {} already", (twin ? *twin : set).text()),
                      {fmt::format("git qsnap set show {}", shell_word((twin ? *twin : set).text()))});
  }
  store::SetFile content{wanted.description, {}};
  SetChangeView view;
  view.name = set.text();
  QSNAP_ASSIGN(SetResolver resolver, resolver_of(store));
  if (!wanted.parent.empty()) {
    QSNAP_ASSIGN(const SetName parent, SetName::parse(wanted.parent));
    QSNAP_ASSIGN(const ResolvedChain chain, resolver.chain_of(parent, {}));
    const std::vector<SetName>& ancestors = chain.chain.sets;
    if (std::find(ancestors.begin(), ancestors.end(), set) != ancestors.end()) {
      return make_error(ErrorCode::config, fmt::format("{} inherits from {} already", parent.text(), set.text()));
    }
    QSNAP_ASSIGN(const std::vector<SetName> sets, store.sets());
    QSNAP_ASSIGN(const std::vector<std::string> branches, resolver.branches_of(parent));
    if (!parent.is_default() && branches.empty() && std::find(sets.begin(), sets.end(), parent) == sets.end()) {
      view.notes.push_back(fmt::format("there is neither a set nor a branch {} yet", parent.text()));
    }
    content.parent = parent;
    view.parent = parent.text();
  }
  QSNAP_TRY(store::write_set_file(store, set, content));
  QSNAP_ASSIGN(const BranchSet by_rule, resolver.set_of(set.text()));
  if (by_rule.set != set) {
    view.notes.push_back(fmt::format("no rule of {}/config.yaml gives it to the branch {}: --set {} works in it",
                                     store::k_folder, set.text(), shell_word(set.text())));
  }
  return view;
}

Result<SetChangeView> rename_set(const store::Store& store, const std::string& from, const std::string& to) {
  if (from.empty()) {
    return make_error(ErrorCode::usage, "which set?", {"git qsnap set list"});
  }
  QSNAP_ASSIGN(const SetName old_name, existing_set(store, from));
  QSNAP_ASSIGN(const SetName new_name, SetName::parse(to));
  if (new_name.is_default()) {
    return make_error(ErrorCode::usage, "a set does not become the default one by its name",
                      {fmt::format("git qsnap set promote {}", shell_word(old_name.text()))});
  }
  QSNAP_ASSIGN(const auto twin, store::case_twin(store, new_name));
  if (twin && *twin != old_name) {
    return make_error(ErrorCode::refused, fmt::format("there is a set {} already", twin->text()));
  }
  QSNAP_ASSIGN(const auto children, children_of(store, old_name));  // first: a broken set.json ends it here
  QSNAP_TRY(store::rename_set(store, old_name, new_name));
  SetChangeView view;
  view.kind = SetChangeView::Kind::renamed;
  view.name = old_name.text();
  view.new_name = new_name.text();
  for (auto [set, file] : children) {
    file.parent = new_name;
    QSNAP_TRY(store::write_set_file(store, set, file));
    view.notes.push_back(fmt::format("{} inherits from {} now", set.text(), new_name.text()));
  }
  return view;
}

Result<SetChangeView> drop_plan(const store::Store& store, const std::string& word, UncommittedRule rule) {
  if (word.empty()) {
    return make_error(ErrorCode::usage, "which set?", {"git qsnap set list"});
  }
  QSNAP_ASSIGN(const SetName set, existing_set(store, word));
  SetChangeView view;
  view.kind = SetChangeView::Kind::dropped;
  view.name = set.text();
  QSNAP_ASSIGN(view.files, store::set_files(store, set));
  if (rule == UncommittedRule::refuse) {
    const std::vector<std::string> changed = uncommitted(store, view.files);
    if (!changed.empty()) {
      Error error = make_error(
          ErrorCode::refused, fmt::format("HEAD does not have {} file{} of the set {} as it is here: {}",
                                          changed.size(), changed.size() == 1 ? "" : "s", set.text(), changed.front()));
      error.hints = {"commit them first", fmt::format("git qsnap set drop --force {}", shell_word(set.text())),
                     fmt::format("git qsnap set promote {} keeps what is in them", shell_word(set.text()))};
      return error;
    }
  }
  return view;
}

Result<void> drop_set(const store::Store& store, const SetChangeView& plan) {
  QSNAP_ASSIGN(const SetName set, SetName::parse(plan.name));
  return store::drop_set(store, set);
}

}  // namespace qsnap::app
