// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/sides.hpp>

namespace qsnap::app {

namespace {

/// Names that share their last component with what was asked for, or contain it.
Result<std::vector<std::string>> hints_for(const store::Store& store, const store::SnapshotName& name) {
  QSNAP_ASSIGN(const std::vector<store::SnapshotName> names, store.list());
  const std::string_view wanted = std::string_view{name.text()}.substr(name.text().rfind('/') + 1);
  std::vector<std::string> hints;
  constexpr std::size_t k_most_hints = 3;
  for (const store::SnapshotName& candidate : names) {
    if (candidate.text().find(wanted) != std::string::npos && hints.size() < k_most_hints) {
      hints.push_back(fmt::format("did you mean {}?", candidate.text()));
    }
  }
  hints.emplace_back("git qsnap list shows every snapshot");
  return hints;
}

Error missing(std::string_view what, std::vector<std::string> hints) {
  return make_error(ErrorCode::not_found, fmt::format("there is no snapshot {}", what), std::move(hints));
}

Result<codec::SnapshotReader> open_revision(const store::Store& store, const store::Side& side) {
  QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(side.name));
  QSNAP_ASSIGN(std::optional<codec::SnapshotReader> found, store.find_in(side.revision, name));
  if (!found) {
    return missing(fmt::format("{} in {}", name.text(), side.revision), {});
  }
  return *std::move(found);
}

Result<CapturedDocument> capture_live(const store::Store& store, const std::optional<Target>& target,
                                      const model::Scope& scope, const Progress& progress) {
  if (!target) {
    return make_error(ErrorCode::usage, "which Redis is live?", {"give --redis URL or set QSNAP_REDIS_URL"});
  }
  QSNAP_ASSIGN(const CaptureRequest request, configured_request(store, *target, scope));
  return capture_document(request, KeyNames::forget, progress);
}

}  // namespace

Result<codec::SnapshotReader> open_snapshot(const store::Store& store, const store::SnapshotName& name) {
  QSNAP_ASSIGN(std::optional<codec::SnapshotReader> found, store.find(name));
  if (!found) {
    QSNAP_ASSIGN(std::vector<std::string> hints, hints_for(store, name));
    return missing(name.text(), std::move(hints));
  }
  return *std::move(found);
}

Result<OpenedSide> open_side(const store::Store& store, const store::Side& side, const std::optional<Target>& target,
                             const model::Scope& scope, const Progress& progress) {
  const auto labelled = [&](codec::SnapshotReader reader) { return OpenedSide{side.text, std::move(reader), {}}; };
  switch (side.kind) {
    case store::Side::Kind::live: {
      QSNAP_ASSIGN(CapturedDocument captured, capture_live(store, target, scope, progress));
      return OpenedSide{side.text, std::move(captured.reader), std::move(captured.report)};
    }
    case store::Side::Kind::file: {
      QSNAP_ASSIGN(codec::SnapshotReader reader, codec::SnapshotReader::open_file(side.file));
      return labelled(std::move(reader));
    }
    case store::Side::Kind::revision: {
      QSNAP_ASSIGN(codec::SnapshotReader reader, open_revision(store, side));
      return labelled(std::move(reader));
    }
    case store::Side::Kind::name:
      break;
  }
  QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(side.name));
  QSNAP_ASSIGN(codec::SnapshotReader reader, open_snapshot(store, name));
  return labelled(std::move(reader));
}

}  // namespace qsnap::app
