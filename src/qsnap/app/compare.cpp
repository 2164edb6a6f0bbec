// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/compare.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/masked_source.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/diff/compare.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>

namespace qsnap::app {

namespace {

bool have_different_keys(const model::Metadata& before, const model::Metadata& after) {
  return !before.redaction_key_id.empty() && !after.redaction_key_id.empty() &&
         before.redaction_key_id != after.redaction_key_id;
}

/// What a comparison of redacted values could not see.
std::vector<std::string> notes_on(const OpenedSide& before, const OpenedSide& after) {
  const model::Metadata& first = before.reader.metadata();
  const model::Metadata& second = after.reader.metadata();
  if (have_different_keys(first, second)) {
    return {"redacted under different keys: redacted values count as equal"};
  }
  if (first.redaction_key_id.empty() != second.redaction_key_id.empty()) {
    return {fmt::format("only {} is redacted: redacted values count as changed",
                        first.redaction_key_id.empty() ? after.label : before.label)};
  }
  return {};
}

std::optional<Target> target_like(std::optional<Target> target, const OpenedSide& side) {
  if (target) {
    target->redaction = choice_like(std::move(target->redaction), side.reader.metadata());
  }
  return target;
}

Result<Comparison> compare_opened(const store::Store& store, const OpenedSide& before, const OpenedSide& after,
                                  const Progress& progress) {
  QSNAP_ASSIGN(const config::Config rules, store.config());
  QSNAP_ASSIGN(diff::Changes changes, compare_readers(before.reader, after.reader, rules, progress));
  return Comparison{before.label,
                    after.label,
                    std::move(changes),
                    before.reader.metadata().consistency,
                    after.reader.metadata().consistency,
                    after.capture ? after.capture : before.capture,
                    notes_on(before, after)};
}

}  // namespace

Result<diff::Changes> compare_readers(const codec::SnapshotReader& before, const codec::SnapshotReader& after,
                                      const config::Config& rules, const Progress& progress) {
  const frameworks::decode::DecodingPayloadReader payloads;
  if (have_different_keys(before.metadata(), after.metadata())) {
    return diff::compare(MaskedSource{before}, MaskedSource{after}, rules, payloads, progress);
  }
  return diff::compare(before, after, rules, payloads, progress);
}

Result<Comparison> diff_sides(const store::Store& store, const store::Side& before, const store::Side& after,
                              const std::optional<Target>& target, const Progress& progress) {
  // A live side is captured in the scope of the other side and redacted like it, so that one is opened first.
  if (before.kind == store::Side::Kind::live) {
    QSNAP_ASSIGN(const OpenedSide opened_after, open_side(store, after, target, {}, progress));
    QSNAP_ASSIGN(const OpenedSide opened_before, open_side(store, before, target_like(target, opened_after),
                                                           opened_after.reader.metadata().scope, progress));
    return compare_opened(store, opened_before, opened_after, progress);
  }
  QSNAP_ASSIGN(const OpenedSide opened_before, open_side(store, before, target, {}, progress));
  QSNAP_ASSIGN(const OpenedSide opened_after, open_side(store, after, target_like(target, opened_before),
                                                        opened_before.reader.metadata().scope, progress));
  return compare_opened(store, opened_before, opened_after, progress);
}

Result<Comparison> verify(const store::Store& store, const store::SnapshotName& name, const Target& target,
                          const std::vector<model::ForcedFramework>& forced, const Progress& progress) {
  QSNAP_ASSIGN(codec::SnapshotReader expected, open_snapshot(store, name));
  QSNAP_TRY(refuse_conflicts(expected));
  Target like_expected = target;
  like_expected.redaction = choice_like(std::move(like_expected.redaction), expected.metadata());
  model::Scope scope = expected.metadata().scope;
  scope.frameworks.insert(scope.frameworks.end(), forced.begin(), forced.end());
  QSNAP_ASSIGN(const CaptureRequest request, configured_request(store, std::move(like_expected), std::move(scope)));
  QSNAP_ASSIGN(CapturedDocument live, capture_document(request, KeyNames::forget, progress));
  return compare_opened(store, {name.text(), std::move(expected), {}},
                        {"live", std::move(live.reader), std::move(live.report)}, progress);
}

}  // namespace qsnap::app
