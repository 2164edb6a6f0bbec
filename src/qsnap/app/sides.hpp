// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/report/set_owner.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

/// A side of a comparison, opened.
struct OpenedSide {
  std::string label;  ///< as the user wrote it
  codec::SnapshotReader reader;
  std::optional<CaptureReport> capture;     ///< of a live side
  std::optional<report::SetOwner> owner{};  ///< of a NAME, where sets are in play
};

/// Opens what `side` names; `live` is captured from `target` in the scope of the other side. A NAME that does not
/// exist is a usage error (exit 2) with the nearest names as hints.
Result<OpenedSide> open_side(const store::Store& store, const store::Side& side, const std::optional<Target>& target,
                             const model::Scope& scope, const Progress& progress);

/// A snapshot that comes in by a descriptor, such as standard input: it goes to an encrypted temporary file first.
Result<codec::SnapshotReader> read_snapshot(int descriptor);

/// A snapshot that must be there. Errors with not_found, and hints at names that look alike.
Result<codec::SnapshotReader> open_snapshot(const store::Store& store, const store::SnapshotName& name);

}  // namespace qsnap::app
