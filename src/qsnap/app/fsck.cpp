// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/fsck.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/frameworks/check_state.hpp>

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
    findings.push_back({finding.where, finding.what});
  }
  return findings;
}

}  // namespace

Result<std::vector<report::CheckedSnapshot>> fsck(const store::Store& store,
                                                  const std::vector<store::SnapshotName>& names,
                                                  const Progress& progress) {
  std::vector<report::CheckedSnapshot> checked;
  for (const store::SnapshotName& name : names) {
    QSNAP_TRY(progress.check());
    progress.report("checking", checked.size(), names.size());
    report::CheckedSnapshot& entry = checked.emplace_back();
    entry.name = name.text();
    const Result<codec::SnapshotReader> snapshot = open_snapshot(store, name);
    if (!snapshot && !is_damage(snapshot.error().code)) {
      return snapshot.error();
    }
    if (!snapshot) {
      entry.findings.push_back({"", snapshot.error().message});
      continue;
    }
    QSNAP_ASSIGN(entry.findings, check(*snapshot));
  }
  return checked;
}

Result<report::CheckedSnapshot> fsck_live(const Target& target, const Progress& progress) {
  CaptureRequest request;
  request.target = target;
  QSNAP_ASSIGN(const CapturedDocument captured, capture_document(request, KeyNames::forget, progress));
  report::CheckedSnapshot checked;
  checked.name = target.endpoint.display();
  QSNAP_ASSIGN(checked.findings, check(captured.reader));
  return checked;
}

}  // namespace qsnap::app
