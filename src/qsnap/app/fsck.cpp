// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <optional>
#include <utility>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/fsck.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/frameworks/check_state.hpp>
#include <qsnap/frameworks/fix_state.hpp>

namespace qsnap::app {

namespace {

bool is_damage(ErrorCode code) {
  return code == ErrorCode::corrupt || code == ErrorCode::unsupported_version || code == ErrorCode::limit_exceeded;
}

Result<std::vector<report::FindingView>> check(const codec::SnapshotReader& snapshot) {
  std::vector<report::FindingView> findings;
  QSNAP_ASSIGN(const std::vector<std::string> damage, codec::check_container(snapshot));
  for (const std::string& sentence : damage) {
    findings.push_back({"", sentence});
  }
  if (!damage.empty()) {
    return findings;  // what the state says is not worth reading when its bytes are not sound
  }
  QSNAP_ASSIGN(const std::vector<frameworks::Finding> state, frameworks::check_state(snapshot));
  for (const frameworks::Finding& finding : state) {
    findings.push_back({finding.where, finding.what, finding.is_usual});
  }
  return findings;
}

Result<codec::SnapshotReader> fixed_document(const codec::SnapshotReader& snapshot, const frameworks::StateFix& fix) {
  QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
  DocumentSpool* const bytes = spool.get();
  const auto append = [bytes](std::string_view more) { return bytes->append(more); };
  QSNAP_ASSIGN(codec::SnapshotWriter writer,
               codec::SnapshotWriter::begin(snapshot.metadata(), codec::Encoding::packed, append));
  QSNAP_TRY(fix.write(snapshot, writer));
  QSNAP_TRY(writer.finish());
  return codec::SnapshotReader::open(std::move(spool));
}

/// Only of a snapshot whose bytes are sound.
Result<report::CheckedSnapshot> put_right(const store::Store& store, const store::SnapshotName& name,
                                          const codec::SnapshotReader& snapshot, FixRule rule,
                                          report::CheckedSnapshot entry) {
  QSNAP_ASSIGN(const frameworks::StateFix fix, frameworks::StateFix::plan(snapshot));
  report::FixView& view = entry.fix.emplace();
  for (const frameworks::Finding& step : fix.steps()) {
    view.steps.push_back({step.where, step.what});
  }
  if (view.steps.empty()) {
    return entry;
  }
  QSNAP_ASSIGN(const codec::SnapshotReader fixed, fixed_document(snapshot, fix));
  QSNAP_ASSIGN(entry.findings, check(fixed));
  if (rule == FixRule::write) {
    QSNAP_TRY(write_snapshot(store, name, fixed));
    view.written = true;
  }
  return entry;
}

/// Without a rule, nothing is fixed.
Result<report::CheckedSnapshot> check_name(const store::Store& store, const store::SnapshotName& name,
                                           std::optional<FixRule> rule) {
  report::CheckedSnapshot entry;
  entry.name = name.text();
  const Result<codec::SnapshotReader> snapshot = open_snapshot(store, name);
  if (!snapshot && !is_damage(snapshot.error().code)) {
    return snapshot.error();
  }
  if (!snapshot) {
    entry.findings.push_back({"", snapshot.error().message});
    return entry;
  }
  QSNAP_ASSIGN(entry.findings, check(*snapshot));
  const bool damaged = !entry.findings.empty() && entry.findings.front().where.empty();
  if (rule && !damaged) {
    QSNAP_TRY(refuse_conflicts(*snapshot));
    return put_right(store, name, *snapshot, *rule, std::move(entry));
  }
  return entry;
}

Result<std::vector<report::CheckedSnapshot>> check_names(const store::Store& store,
                                                         const std::vector<store::SnapshotName>& names,
                                                         std::optional<FixRule> rule, const Progress& progress) {
  std::vector<report::CheckedSnapshot> checked;
  for (const store::SnapshotName& name : names) {
    QSNAP_TRY(progress.check());
    progress.report("checking", checked.size(), names.size());
    QSNAP_ASSIGN(report::CheckedSnapshot entry, check_name(store, name, rule));
    checked.push_back(std::move(entry));
  }
  return checked;
}

}  // namespace

Result<std::vector<report::CheckedSnapshot>> fsck(const store::Store& store,
                                                  const std::vector<store::SnapshotName>& names,
                                                  const Progress& progress) {
  return check_names(store, names, std::nullopt, progress);
}

Result<std::vector<report::CheckedSnapshot>> fsck_fix(const store::Store& store,
                                                      const std::vector<store::SnapshotName>& names, FixRule rule,
                                                      const Progress& progress) {
  return check_names(store, names, rule, progress);
}

Result<report::CheckedSnapshot> fsck_live(const Target& target, const Progress& progress) {
  CaptureRequest request;
  request.target = target;
  QSNAP_ASSIGN(const CapturedDocument captured, capture_document(request, KeyNames::forget, progress));
  report::CheckedSnapshot checked;
  checked.name = target.endpoint.display();
  QSNAP_ASSIGN(checked.findings, check(captured.reader));
  for (report::FindingView& finding : checked.findings) {
    finding.is_note = false;  // whatever a load leaves, here somebody should look at it
  }
  return checked;
}

}  // namespace qsnap::app
