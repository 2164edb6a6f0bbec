// SPDX-License-Identifier: Apache-2.0
#include <qsnap/app/compare.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/diff/compare.hpp>

namespace qsnap::app {

namespace {

Result<Comparison> compare_opened(const store::Store& store, const OpenedSide& before, const OpenedSide& after,
                                  const Progress& progress) {
  QSNAP_ASSIGN(const config::Config rules, store.config());
  QSNAP_ASSIGN(diff::Changes changes,
               diff::compare(before.reader, after.reader, rules, codec::JsonPayloadReader{}, progress));
  return Comparison{before.label, after.label, std::move(changes)};
}

}  // namespace

Result<Comparison> diff_sides(const store::Store& store, const store::Side& before, const store::Side& after,
                              const std::optional<Target>& target, const Progress& progress) {
  // A live side is captured in the scope of the other side, so that one is opened first.
  if (before.kind == store::Side::Kind::live) {
    QSNAP_ASSIGN(const OpenedSide opened_after, open_side(store, after, target, {}, progress));
    QSNAP_ASSIGN(const OpenedSide opened_before,
                 open_side(store, before, target, opened_after.reader.metadata().scope, progress));
    return compare_opened(store, opened_before, opened_after, progress);
  }
  QSNAP_ASSIGN(const OpenedSide opened_before, open_side(store, before, target, {}, progress));
  QSNAP_ASSIGN(const OpenedSide opened_after,
               open_side(store, after, target, opened_before.reader.metadata().scope, progress));
  return compare_opened(store, opened_before, opened_after, progress);
}

Result<Comparison> verify(const store::Store& store, const store::SnapshotName& name, const Target& target,
                          const Progress& progress) {
  QSNAP_ASSIGN(codec::SnapshotReader expected, open_snapshot(store, name));
  CaptureRequest request;
  request.target = target;
  request.scope = expected.metadata().scope;
  QSNAP_ASSIGN(CapturedDocument live, capture_document(request, KeyNames::forget, progress));
  return compare_opened(store, {name.text(), std::move(expected)}, {"live", std::move(live.reader)}, progress);
}

}  // namespace qsnap::app
