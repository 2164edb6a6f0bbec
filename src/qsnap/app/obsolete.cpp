// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include <qsnap/app/obsolete.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/store/run_list.hpp>

namespace qsnap::app {

namespace {

using report::ObsoleteView;
using report::UnreferencedSnapshot;
using store::SnapshotName;

/// Names without an order by meaning: std::set of their texts.
using Names = std::set<std::string, std::less<>>;

Result<void> check_request(const ObsoleteRequest& request) {
  if (request.runs.empty() && request.ledgers.empty()) {
    return make_error(ErrorCode::usage, "which test run?",
                      {"--run ID, or QSNAP_RUN_ID", "--ledger FOLDER for ledgers that came as artifacts",
                       "git qsnap obsolete --runs lists those that are here"});
  }
  if (request.coverage == ObsoleteView::Coverage::complete) {
    return {};
  }
  const bool fails = request.verdict == ObsoleteView::Verdict::fail;
  if (fails || request.proposing == Proposing::yes) {
    return make_error(ErrorCode::usage,
                      fmt::format("{} needs --complete: a part of the tests cannot tell what is obsolete",
                                  fails ? "--fail" : "--propose"),
                      {"--complete says that these ledgers are those of all tests, of all shards"});
  }
  return {};
}

/// Puts ledgers together.
class Gathering {
 public:
  explicit Gathering(ObsoleteView::Coverage coverage) : m_coverage(coverage) {}

  Result<void> add(const std::filesystem::path& ledger, const std::string& label) {
    QSNAP_ASSIGN(const std::vector<store::RunEvent> events, store::read_run_events(ledger));
    if (events.empty() && m_coverage == ObsoleteView::Coverage::complete) {
      return make_error(ErrorCode::refused, fmt::format("{} has no event, so the run is hardly complete", label),
                        {"git qsnap obsolete --runs", "leave it out if its tests refer to no snapshot"});
    }
    m_events += events.size();
    for (const store::RunEvent& event : events) {
      m_names.insert(event.name.text());
    }
    return {};
  }

  [[nodiscard]] std::uint64_t events() const { return m_events; }
  [[nodiscard]] const Names& names() const { return m_names; }

 private:
  ObsoleteView::Coverage m_coverage;
  std::uint64_t m_events = 0;
  Names m_names;
};

Result<Gathering> gather(const ObsoleteRequest& request) {
  Gathering gathering{request.coverage};
  for (const store::RunId& run : request.runs) {
    auto added = gathering.add(request.runs_folder / run.text(), fmt::format("the run {}", run.text()));
    if (!added && added.error().code == ErrorCode::not_found) {
      return make_error(ErrorCode::not_found, fmt::format("there is no run {}", run.text()),
                        {"git qsnap obsolete --runs"});
    }
    QSNAP_TRY(std::move(added));
  }
  for (const std::filesystem::path& ledger : request.ledgers) {
    QSNAP_TRY(gathering.add(ledger, ledger.native()));
  }
  return gathering;
}

bool is_looked_for(const SnapshotName& name, LookedFor looked_for) {
  const std::string_view text = name.text();
  return text.starts_with("test-cases/") || (looked_for == LookedFor::baselines_too && text.starts_with("baselines/"));
}

/// What a snapshot says, for finding it again under another name; absent for one that cannot be read.
std::optional<std::string> fingerprint_of(const store::Store& store, const SnapshotName& name) {
  const auto reader = store.find(name);
  return reader && *reader ? std::optional{std::string{(*reader)->fingerprint()}} : std::nullopt;
}

/// The same of one that is there, or else waits for an accept under its new name.
std::optional<std::string> fingerprint_of(const store::Store& store, const store::PendingStore& pending,
                                          const SnapshotName& name) {
  auto fingerprint = fingerprint_of(store, name);
  const auto entry = pending.find(own_name(store, name));
  if (fingerprint || !entry || !*entry || (*entry)->kind != store::PendingKind::added) {
    return fingerprint;
  }
  const auto content = pending.content(**entry);
  return content ? std::optional{std::string{content->fingerprint()}} : std::nullopt;
}

/// Names of snapshots that the runs refer to, by what these say.
std::map<std::string, std::string> by_fingerprint(const store::Store& store, const ObsoleteRequest& request,
                                                  const Names& names) {
  std::map<std::string, std::string> found;
  for (const std::string& text : names) {
    const auto name = SnapshotName::parse(text);
    if (auto fingerprint = fingerprint_of(store, request.pending, *name)) {
      found.emplace(*std::move(fingerprint), text);
    }
  }
  return found;
}

/// What is pending for a test stays: only what somebody asserted can be lost here.
Result<report::Proposal> propose(const store::Store& store, const store::PendingStore& pending,
                                 const UnreferencedSnapshot& snapshot, Instant now) {
  QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(snapshot.name));
  QSNAP_ASSIGN(const auto waiting, pending.find(own_name(store, name)));
  if (waiting && waiting->kind != store::PendingKind::removed) {
    return report::Proposal::occupied;
  }
  const auto reader = store.find(name);
  if (!reader || !*reader) {
    return report::Proposal::unreadable;
  }
  store::PendingEntry entry{
      own_name(store, name), store::PendingKind::removed, std::string{(*reader)->root()}, {}, {}, now};
  entry.summary = "no test refers to it";
  if (!snapshot.renamed_to.empty()) {
    entry.summary += fmt::format("; {} says the same", snapshot.renamed_to);
  }
  QSNAP_TRY(pending.propose_removal(entry));
  return report::Proposal::proposed;
}

ObsoleteView begin_view(const ObsoleteRequest& request, std::uint64_t events) {
  ObsoleteView view{
      .coverage = request.coverage, .verdict = request.verdict, .ledgers = {}, .unreferenced = {}, .missing = {}};
  for (const store::RunId& run : request.runs) {
    view.ledgers.push_back(run.text());
  }
  for (const std::filesystem::path& ledger : request.ledgers) {
    view.ledgers.push_back(ledger.native());
  }
  view.events = events;
  return view;
}

/// The names that are looked for.
Result<std::vector<SnapshotName>> candidates(const store::Store& store, LookedFor looked_for) {
  QSNAP_ASSIGN(std::vector<SnapshotName> names, store.list());
  std::erase_if(names, [&](const SnapshotName& name) { return !is_looked_for(name, looked_for); });
  return names;
}

/// Those that the runs refer to, and that are neither there nor pending.
Result<std::vector<std::string>> missing_names(const store::Store& store, const store::PendingStore& pending,
                                               const Names& referenced) {
  QSNAP_ASSIGN(const std::vector<SnapshotName> there, store.list());
  Names known;
  for (const SnapshotName& name : there) {
    known.insert(name.text());
  }
  std::vector<std::string> missing;
  for (const std::string& text : referenced) {
    QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(text));
    QSNAP_ASSIGN(const auto waiting, pending.find(own_name(store, name)));
    if (!known.contains(text) && !waiting) {
      missing.push_back(text);
    }
  }
  return missing;
}

UnreferencedSnapshot named(const SnapshotName& name) {
  return {name.text(), (std::filesystem::path{store::k_folder} / name.relative_path()).generic_string(), {}};
}

void find_new_names(const store::Store& store, const std::map<std::string, std::string>& referenced,
                    ObsoleteView& view) {
  for (UnreferencedSnapshot& snapshot : view.unreferenced) {
    const auto fingerprint = fingerprint_of(store, *SnapshotName::parse(snapshot.name));
    const auto same = fingerprint ? referenced.find(*fingerprint) : referenced.end();
    snapshot.renamed_to = same == referenced.end() ? std::string{} : same->second;
  }
}

}  // namespace

Result<ObsoleteView> find_obsolete(const store::Store& store, const ObsoleteRequest& request, const Clock& clock,
                                   const Progress& progress) {
  QSNAP_TRY(check_request(request));
  progress.report("reading ledgers", 0, 0);
  QSNAP_ASSIGN(const Gathering gathered, gather(request));
  QSNAP_ASSIGN(const std::vector<SnapshotName> names, candidates(store, request.looked_for));
  ObsoleteView view = begin_view(request, gathered.events());
  view.snapshots = names.size();
  QSNAP_ASSIGN(view.missing, missing_names(store, request.pending, gathered.names()));
  for (const SnapshotName& name : names) {
    if (!gathered.names().contains(name.text())) {
      view.unreferenced.push_back(named(name));
    }
  }
  if (!view.unreferenced.empty()) {
    find_new_names(store, by_fingerprint(store, request, gathered.names()), view);
  }
  for (UnreferencedSnapshot& snapshot : view.unreferenced) {
    if (request.proposing == Proposing::yes) {
      QSNAP_ASSIGN(snapshot.proposal, propose(store, request.pending, snapshot, clock.now()));
    }
  }
  return view;
}

Result<std::vector<report::RunSummary>> known_runs(const std::filesystem::path& runs_folder) {
  QSNAP_ASSIGN(const std::vector<store::KnownRun> known, store::list_runs(runs_folder));
  std::vector<report::RunSummary> runs;
  runs.reserve(known.size());
  for (const store::KnownRun& run : known) {
    runs.push_back({run.id.text(), run.first_at, run.last_at, run.events, run.snapshots});
  }
  return runs;
}

}  // namespace qsnap::app
