// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/compare.hpp>
#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/masked_source.hpp>
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

/// The rules of config.yaml with those of the user.
Result<config::Config> rules_of(const store::Store& store, const CompareChoice& choice) {
  QSNAP_ASSIGN(config::Config rules, store.config());
  return config::with_arguments(std::move(rules), choice.rules.arguments);
}

diff::CompareOptions options_of(const CompareChoice& choice) {
  return {choice.listing, choice.rules.ignored};
}

/// What the comparison is called: the snapshot that it is about, if it is about one.
std::string name_of(const store::Side& before, const store::Side& after) {
  return before.name.empty() || after.name == before.name ? after.name : after.name.empty() ? before.name : "";
}

Result<OpenedSide> open_server(const store::Store& store, const Target& target, const model::Scope& scope,
                               const Progress& progress) {
  QSNAP_ASSIGN(const CaptureRequest request, configured_request(store, target, scope));
  QSNAP_ASSIGN(CapturedDocument captured, capture_document(request, KeyNames::forget, progress));
  return OpenedSide{target.endpoint.display(), std::move(captured.reader), std::move(captured.report)};
}

}  // namespace

Result<diff::Changes> compare_readers(const codec::SnapshotReader& before, const codec::SnapshotReader& after,
                                      const config::Config& rules, const Progress& progress,
                                      const diff::CompareOptions& options) {
  const frameworks::decode::DecodingPayloadReader payloads;
  if (have_different_keys(before.metadata(), after.metadata())) {
    return diff::compare(MaskedSource{before}, MaskedSource{after}, rules, payloads, progress, options);
  }
  return diff::compare(before, after, rules, payloads, progress, options);
}

Result<Comparison> compare_opened(const OpenedSide& before, const OpenedSide& after, const config::Config& rules,
                                  const diff::CompareOptions& options, const Progress& progress) {
  QSNAP_ASSIGN(diff::Changes changes, compare_readers(before.reader, after.reader, rules, progress, options));
  return Comparison{{},
                    before.label,
                    after.label,
                    std::move(changes),
                    before.reader.metadata().consistency,
                    after.reader.metadata().consistency,
                    after.capture ? after.capture : before.capture,
                    notes_on(before, after)};
}

Result<Comparison> diff_sides(const store::Store& store, const store::Side& before, const store::Side& after,
                              const std::optional<Target>& target, const CompareChoice& choice,
                              const Progress& progress) {
  if (before.kind == store::Side::Kind::input && after.kind == before.kind) {
    return make_error(ErrorCode::usage, "standard input can be one side only");
  }
  QSNAP_ASSIGN(const config::Config rules, rules_of(store, choice));
  // A live side is captured in the scope of the other side and redacted like it, so that one is opened first.
  const bool after_first = before.kind == store::Side::Kind::live;
  QSNAP_ASSIGN(const OpenedSide first, open_side(store, after_first ? after : before, target, {}, progress));
  QSNAP_ASSIGN(const OpenedSide second, open_side(store, after_first ? before : after, target_like(target, first),
                                                  first.reader.metadata().scope, progress));
  QSNAP_ASSIGN(Comparison compared, compare_opened(after_first ? second : first, after_first ? first : second, rules,
                                                   options_of(choice), progress));
  compared.name = name_of(before, after);
  return compared;
}

Result<Comparison> diff_servers(const store::Store& store, const Target& before, const Target& after,
                                const model::Scope& scope, const CompareChoice& choice, const Progress& progress) {
  QSNAP_ASSIGN(const config::Config rules, rules_of(store, choice));
  QSNAP_ASSIGN(const OpenedSide first, open_server(store, before, scope, progress));
  QSNAP_ASSIGN(const OpenedSide second, open_server(store, *target_like(after, first), scope, progress));
  return compare_opened(first, second, rules, options_of(choice), progress);
}

Result<Comparison> verify(const store::Store& store, const store::SnapshotName& name, const Target& target,
                          const std::vector<model::ForcedFramework>& forced, const CompareChoice& choice,
                          const Progress& progress) {
  QSNAP_ASSIGN(const config::Config rules, rules_of(store, choice));
  QSNAP_ASSIGN(codec::SnapshotReader expected, open_snapshot(store, name));
  QSNAP_TRY(refuse_conflicts(expected));
  Target like_expected = target;
  like_expected.redaction = choice_like(std::move(like_expected.redaction), expected.metadata());
  model::Scope scope = expected.metadata().scope;
  scope.frameworks.insert(scope.frameworks.end(), forced.begin(), forced.end());
  QSNAP_ASSIGN(const CaptureRequest request, configured_request(store, std::move(like_expected), std::move(scope)));
  QSNAP_ASSIGN(CapturedDocument live, capture_document(request, KeyNames::forget, progress));
  QSNAP_ASSIGN(Comparison compared, compare_opened({name.text(), std::move(expected), {}},
                                                   {"live", std::move(live.reader), std::move(live.report)}, rules,
                                                   options_of(choice), progress));
  compared.name = name.text();
  return compared;
}

}  // namespace qsnap::app
