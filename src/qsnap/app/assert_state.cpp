// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/assert_keeping.hpp>
#include <qsnap/app/assert_observation.hpp>
#include <qsnap/app/assert_settling.hpp>
#include <qsnap/app/assert_state.hpp>
#include <qsnap/app/one_sided.hpp>
#include <qsnap/app/unmatched_arguments.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/report/assert_report.hpp>

namespace qsnap::app {

namespace {

/// Mostly thousands of jobs: nobody reads the difference of more, and each change of it stays in Git for ever.
constexpr std::uint64_t k_default_max_bytes = limits::k_mib;

std::vector<std::string> warnings_on(const AssertRequest& request, const Expectation& expectation,
                                     const Settled& settled) {
  std::vector<std::string> warnings;
  const std::uint64_t bytes = settled.last.live.reader.file_bytes();
  const std::uint64_t most = expectation.config.assertion.max_size_bytes.value_or(k_default_max_bytes);
  if (request.name && bytes > most) {
    warnings.push_back(report::oversize_words(bytes, most));
  }
  if (!settled.stood_still && verdict_on(request, settled.last) == AssertResult::missing) {
    warnings.emplace_back("the state was still changing when time was over");
  }
  if (settled.last.comparison && settled.last.comparison->changes.empty()) {  // else the difference tells of them
    for (const std::string& rule :
         unmatched_arguments(request.choice.rules.arguments, settled.last.comparison->changes)) {
      warnings.push_back(fmt::format("the rule {} matched nothing", rule));
    }
  }
  for (const contract::Finding& finding : settled.last.contract.findings) {
    if (finding.vacuous && finding.holds) {
      warnings.push_back(fmt::format("{}:{}: \"{}\" holds, but says little: {}", finding.file, finding.line,
                                     finding.invariant, finding.found));
    }
  }
  return warnings;
}

Result<AssertOutcome> outcome_of(const AssertRequest& request, const Expectation& expectation, const Settled& settled) {
  const codec::SnapshotReader& state = settled.last.live.reader;
  AssertOutcome outcome;
  outcome.name = request.name;
  outcome.mode = request.mode;
  outcome.result = verdict_on(request, settled.last);
  if (outcome.result == AssertResult::missing) {
    QSNAP_ASSIGN(report::SnapshotDiff added,
                 one_sided_diff(request.name->text(), report::SnapshotStatus::added, state));
    outcome.new_state = std::move(added.changes.queues);
  }
  outcome.comparison = settled.last.comparison;
  outcome.contract = settled.last.contract;
  outcome.warnings = warnings_on(request, expectation, settled);
  outcome.captures = settled.captures;
  outcome.waited = settled.waited;
  outcome.jobs = model::count_records(state, model::Section::jobs);
  outcome.queues = model::count_records(state, model::Section::queues);
  outcome.file_bytes = state.file_bytes();
  outcome.fingerprint = std::string{state.fingerprint()};
  return outcome;
}

/// Absent: to be done again, with the snapshot that somebody else has just written.
Result<std::optional<AssertOutcome>> look_and_keep(const store::Store& store, const AssertPlaces& places,
                                                   const AssertRequest& request, const Clock& clock,
                                                   const Progress& progress) {
  QSNAP_ASSIGN(const Expectation expectation, expectation_of(store, request));
  QSNAP_ASSIGN(const Settled settled, settle(expectation, request, clock, progress));
  QSNAP_ASSIGN(AssertOutcome outcome, outcome_of(request, expectation, settled));
  return keep_outcome(std::move(outcome), store, places, request, expectation, settled.last, clock.now(), progress);
}

/// Ends, because a snapshot that is there is compared, not written anew: another round means that one was deleted, too.
Result<AssertOutcome> look_until_kept(const store::Store& store, const AssertPlaces& places,
                                      const AssertRequest& request, const Clock& clock, const Progress& progress) {
  constexpr int k_rounds = 5;
  for (int round = 0; round < k_rounds; ++round) {
    QSNAP_ASSIGN(std::optional<AssertOutcome> outcome, look_and_keep(store, places, request, clock, progress));
    if (outcome) {
      return *std::move(outcome);
    }
  }
  return make_error(ErrorCode::io, fmt::format("somebody writes and deletes {} all the time", request.name->text()));
}

/// What is pending there would be listed, checked and committed as a snapshot.
Result<void> refuse_among_snapshots(const store::Store& store, const std::filesystem::path& pending) {
  std::error_code ignored;
  const auto folder = std::filesystem::weakly_canonical(pending, ignored);
  const auto snapshots = std::filesystem::weakly_canonical(store.folder(), ignored);
  const auto differ = std::mismatch(snapshots.begin(), snapshots.end(), folder.begin(), folder.end());
  if (differ.first != snapshots.end()) {
    return {};
  }
  return make_error(ErrorCode::usage,
                    fmt::format("pending states cannot lie among the snapshots, in {}", folder.native()),
                    {"QSNAP_PENDING_DIR may be any other folder"});
}

}  // namespace

std::string_view to_text(AssertResult result) {
  constexpr std::array<std::string_view, 5> words = {"as-expected", "written", "rewritten", "missing", "different"};
  return words.at(static_cast<std::size_t>(result));
}

bool AssertOutcome::holds() const {
  return result != AssertResult::missing && result != AssertResult::different && contract.holds();
}

Result<AssertOutcome> assert_state(const store::Store& store, const AssertPlaces& places, const AssertRequest& request,
                                   const Clock& clock, const Progress& progress) {
  if (places.pending) {
    QSNAP_TRY(refuse_among_snapshots(store, places.pending->folder()));
  }
  Result<AssertOutcome> outcome = look_until_kept(store, places, request, clock, progress);
  if (places.ledger && request.name) {  // also where nothing could be found out: the test is there, and refers to it
    const bool held = outcome && outcome->holds();
    const store::RunEvent event{store::RunEventKind::asserted, *request.name, held, request.test, clock.now()};
    if (const auto appended = places.ledger->append(event); !appended && outcome) {
      outcome->warnings.push_back(fmt::format("the run does not know of it: {}", appended.error().message));
    }
  }
  return outcome;
}

}  // namespace qsnap::app
