// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/compose_document.hpp>
#include <qsnap/app/redaction.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/frameworks/compose.hpp>
#include <qsnap/model/snapshot.hpp>
#include <qsnap/redis/capture.hpp>
#include <qsnap/redis/endpoint.hpp>

namespace qsnap::app {

/// Whether a Redis that is not on this machine may be talked to (law 4).
enum class HostRule { loopback_only, any };

/// Which Redis, as whom, with whose permission, and how it shall be captured.
struct Target {
  redis::Endpoint endpoint;
  HostRule hosts = HostRule::loopback_only;
  std::size_t threads = 1;                        ///< that share the work; nothing that is written depends on it
  std::optional<redis::Consistency> consistency;  ///< not given: as in config.yaml, else automatic
  int retries = redis::CaptureOptions{}.retries;
  RedactionChoice redaction;
};

/// Errors with `refused` for a host that is not loopback, unless that was allowed.
Result<void> check_host(const Target& target);

/// What to capture, and what the snapshot shall say about itself.
struct CaptureRequest {
  Target target;
  model::Scope scope;
  std::string description;
  std::vector<std::string> tags;
  std::optional<codec::Redaction> redaction;
};

/// How a capture went: told to the user, never stored.
struct CaptureReport {
  redis::CaptureMode mode = redis::CaptureMode::freeze;
  std::chrono::microseconds pause{0};
  std::chrono::milliseconds waited{0};
  std::vector<std::string> reasons;  ///< why this mode
  std::uint64_t keys = 0;
  /// What an adapter knows but the proof refuted, so that it is kept verbatim: nothing is lost, less is explained.
  frameworks::Refuted refuted;
};

/// A captured state as a packed document in a nameless temporary file: complete and checked, but nobody's yet.
struct CapturedDocument {
  codec::SnapshotReader reader;
  CaptureReport report;
  /// The names of the keys that are in the document; only if asked for.
  std::vector<std::string> key_names;
};

/// capture → compose_document.
Result<CapturedDocument> capture_document(const CaptureRequest& request, KeyNames names, const Progress& progress);

/// Copies the bytes of a document as they are.
Result<void> copy_document(const codec::SnapshotReader& reader, const codec::ByteSink& sink);

}  // namespace qsnap::app
