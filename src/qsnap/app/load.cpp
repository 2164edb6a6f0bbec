// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <thread>
#include <unordered_set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/load.hpp>
#include <qsnap/app/merge_load.hpp>
#include <qsnap/app/reporting_source.hpp>
#include <qsnap/app/scope_guard.hpp>
#include <qsnap/base/random.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/frameworks/rebuild.hpp>
#include <qsnap/redis/connection.hpp>
#include <qsnap/redis/key_writer.hpp>
#include <qsnap/redis/server_info.hpp>

namespace qsnap::app {

namespace {

/// Far more commands than a socket holds: the server never waits for us to read its replies.
constexpr std::size_t k_pipeline_depth = 1000;
/// How many of the keys that stay behind are named.
constexpr std::size_t k_named_keys = 10;

Error not_empty(const Target& target) {
  return make_error(ErrorCode::refused,
                    fmt::format("{} has keys in the scope of this snapshot", target.endpoint.display()),
                    {"load into an empty database, or add --replace to delete them first (a backup is kept)",
                     "or --merge, which puts the jobs beside those that are there"});
}

/// What is in the target now, in the scope of the snapshot. Absent when the scope names a queue that is not there.
Result<std::optional<CapturedDocument>> capture_target(const model::Scope& scope, const Target& target,
                                                       const Progress& progress) {
  CaptureRequest capture;
  capture.target = target;
  capture.scope = scope;
  capture.description = "what load --replace deleted";
  Result<CapturedDocument> captured = capture_document(capture, KeyNames::remember, progress);
  if (!captured && captured.error().code == ErrorCode::not_found) {
    return std::optional<CapturedDocument>{};
  }
  QSNAP_ASSIGN(CapturedDocument document, std::move(captured));
  return std::optional{std::move(document)};
}

Result<std::filesystem::path> write_backup(const store::Store& store, const codec::SnapshotReader& captured,
                                           const Clock& clock) {
  QSNAP_ASSIGN(std::filesystem::path path, store.backup_path(clock.now()));
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(path));
  QSNAP_TRY(copy_document(captured, [&](std::string_view bytes) { return file.write(bytes); }));
  QSNAP_TRY(file.commit());
  return path;
}

/// What was deleted to make room, and where it is kept.
struct Room {
  std::uint64_t replaced_keys = 0;
  std::optional<std::filesystem::path> backup;
};

Error with_way_back(Error failure, const Room& room) {
  if (room.backup) {
    failure.hints.push_back(
        fmt::format("what was there before: git qsnap load {} --exact --replace", room.backup->native()));
  }
  return failure;
}

/// The keys in the scope of the snapshot, which are in the way; absent when there are none. Only to be replaced.
Result<std::optional<CapturedDocument>> keys_in_the_way(const model::Scope& scope, const LoadRequest& request,
                                                        const Progress& progress, redis::Connection& connection) {
  if (scope.queues.empty()) {  // cheap to know, without reading the target
    QSNAP_ASSIGN(const bool occupied, redis::has_keys(connection, scope.prefixes));
    if (!occupied) {
      return std::optional<CapturedDocument>{};
    }
    if (!request.replace) {
      return not_empty(request.target);
    }
  }
  QSNAP_ASSIGN(std::optional<CapturedDocument> existing, capture_target(scope, request.target, progress));
  if (!existing || existing->key_names.empty()) {
    return std::optional<CapturedDocument>{};
  }
  if (!request.replace) {
    return not_empty(request.target);
  }
  return existing;
}

/// Where secrets are kept out of snapshots, a backup with them is not written unless somebody says so.
Result<void> check_backup(const store::Store& store, const model::RecordSource& snapshot, const LoadRequest& request) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  const bool redacts = config.redaction || request.target.redaction.rule == RedactRule::always ||
                       !snapshot.metadata().redaction_key_id.empty();
  if (!redacts || request.backup != BackupRule::keep) {
    return {};
  }
  return make_error(ErrorCode::refused, "a backup of what is replaced would hold its secrets, and redaction is on",
                    {"to replace without a way back, add --no-backup",
                     "to keep one with the secrets in the git dir, add --unredacted-backup"});
}

/// Asks, keeps a way back, deletes.
Result<Room> make_room(const store::Store& store, const CapturedDocument& existing, const LoadRequest& request,
                       const Clock& clock, redis::Connection& connection) {
  const std::uint64_t jobs = model::count_records(existing.reader, model::Section::jobs);
  const Replacement replacement{request.target.endpoint.display(), existing.key_names.size(), jobs,
                                existing.reader.metadata().scope.whole_database()};
  if (!(*request.replace)(replacement)) {
    return make_error(ErrorCode::refused, fmt::format("nothing was replaced in {}", replacement.target),
                      {"to replace without being asked, add --yes"});
  }
  Room room{existing.key_names.size(), std::nullopt};
  if (request.backup != BackupRule::none) {
    QSNAP_ASSIGN(room.backup, write_backup(store, existing.reader, clock));
  }
  if (Result<std::uint64_t> deleted = redis::unlink_keys(connection, existing.key_names); !deleted) {
    return with_way_back(std::move(deleted).error(), room);
  }
  return room;
}

/// Over a connection of its own, without the user's wish to stop: that of the load may be lost or in the middle of a
/// command, and whoever stops a load wants its keys gone.
Result<void> undo(redis::KeyWriter& writer, const redis::Endpoint& endpoint) {
  QSNAP_ASSIGN(redis::Connection connection, redis::Connection::open(endpoint, {}, Progress{}));
  return writer.undo(connection);
}

std::string words_for_left_keys(const redis::KeyWriter& writer, const Error& why) {
  std::string words =
      fmt::format("up to {} keys that this load wrote may still be there: {}", writer.keys_written(), why.message);
  if (const auto names = writer.first_keys(k_named_keys); names && !names->empty()) {
    words += fmt::format("; the first ones are {}", fmt::join(*names, ", "));
  }
  return words;
}

/// A failed load: take away what was written, and say how to get back what was there.
Error clean_up(redis::KeyWriter& writer, Error failure, const LoadRequest& request, const Room& room) {
  if (Result<void> undone = undo(writer, request.target.endpoint); undone) {
    failure.hints.emplace_back("what this load had written was removed again");
  } else {
    failure.hints.push_back(words_for_left_keys(writer, undone.error()));
    failure.hints.emplace_back("once the server takes writes, the same load with --replace deletes them first");
  }
  return with_way_back(std::move(failure), room);
}

/// Counts keys, and keeps none.
class KeyCounter final : public model::KeySink {
 public:
  Result<void> write(const model::KeyWrite& write) override {
    m_hashes.insert(codec::xxh3(write.key));
    return {};
  }
  [[nodiscard]] std::uint64_t keys() const { return m_hashes.size(); }

 private:
  std::unordered_set<std::uint64_t> m_hashes;  ///< of names
};

/// How the keys of the snapshot shall be made, on the clock of the target.
Result<frameworks::RebuildOptions> rebuild_options(const model::RecordSource& snapshot, const LoadRequest& request,
                                                   redis::Connection& connection) {
  frameworks::RebuildOptions options;
  QSNAP_ASSIGN(options.now, redis::server_time(connection));
  options.exact = request.time == LoadTime::exact;
  options.threads = request.threads;
  options.policy = {request.active, request.pause, options.now, request.merge};
  QSNAP_TRY(frameworks::check_policy(options.policy, snapshot.metadata()));
  if (request.time == LoadTime::shift || request.time == LoadTime::due) {
    // By whole seconds: Asynq and others read instants in seconds as integers, and nothing may be due too early.
    options.shift = std::chrono::ceil<std::chrono::seconds>(options.now - snapshot.metadata().captured_at);
  }
  if (request.time == LoadTime::due) {
    QSNAP_ASSIGN(const auto last, frameworks::last_due(snapshot));
    const auto ahead = last ? *last + options.shift - options.now : std::chrono::milliseconds{0};
    options.due_shift = -std::chrono::ceil<std::chrono::seconds>(std::max(ahead, std::chrono::milliseconds{0}));
  }
  return options;
}

LoadOutcome outcome_of(std::uint64_t keys, frameworks::RebuildOutcome rebuilt,
                       const frameworks::RebuildOptions& options, const Room& room) {
  return LoadOutcome{keys,          std::move(rebuilt.jobs), room.replaced_keys, room.backup,
                     options.shift, options.due_shift,       rebuilt.dropped,    std::nullopt};
}

Result<LoadOutcome> dry_run(const model::RecordSource& snapshot, const frameworks::RebuildOptions& options,
                            const std::optional<CapturedDocument>& existing, const Progress& progress) {
  KeyCounter counter;
  QSNAP_ASSIGN(frameworks::RebuildOutcome rebuilt,
               frameworks::rebuild_keys(ReportingSource{snapshot, progress}, options, counter));
  const Room room{existing ? existing->key_names.size() : 0, std::nullopt};
  return outcome_of(counter.keys(), std::move(rebuilt), options, room);
}

Result<frameworks::RebuildOutcome> write_keys(const model::RecordSource& snapshot,
                                              const frameworks::RebuildOptions& options, const Progress& progress,
                                              redis::KeyWriter& writer) {
  QSNAP_ASSIGN(frameworks::RebuildOutcome rebuilt,
               frameworks::rebuild_keys(ReportingSource{snapshot, progress}, options, writer));
  QSNAP_TRY(writer.finish());
  return rebuilt;
}

/// Some milliseconds, other ones for everybody.
Result<std::chrono::milliseconds> a_moment() {
  constexpr int k_least_ms = 5, k_range_ms = 64;
  QSNAP_ASSIGN(const std::string random, random_bytes(1));
  return std::chrono::milliseconds{k_least_ms + static_cast<unsigned char>(random.front()) % k_range_ms};
}

/// Loads into one database take turns: workers of a test run begin at the same time, each under a name of its own.
Result<void> claim(redis::Connection& connection, const Target& target, const Progress& progress) {
  const auto deadline = std::chrono::steady_clock::now() + target.endpoint.timeouts.reply;
  while (true) {
    QSNAP_ASSIGN(const bool alone, redis::claim_load(connection, target.endpoint.database));
    if (alone) {
      return {};
    }
    if (std::chrono::steady_clock::now() > deadline) {
      return make_error(ErrorCode::refused, fmt::format("another load into {} is going on", target.endpoint.display()),
                        {"try again when it has ended; --timeout SECONDS waits longer"});
    }
    QSNAP_TRY(redis::drop_load_claim(connection));
    QSNAP_TRY(progress.check());
    QSNAP_ASSIGN(const std::chrono::milliseconds pause, a_moment());
    std::this_thread::sleep_for(pause);
  }
}

Result<LoadOutcome> load_source(const store::Store& store, const model::RecordSource& snapshot,
                                const LoadRequest& request, const Clock& clock, const Progress& progress) {
  QSNAP_ASSIGN(redis::Connection connection, redis::Connection::open(request.target.endpoint, {}, progress));
  if (!request.dry_run) {
    QSNAP_TRY(claim(connection, request.target, progress));
  }
  if (request.merge == frameworks::MergeRule::beside) {
    QSNAP_ASSIGN(const frameworks::RebuildOptions options, rebuild_options(snapshot, request, connection));
    return merge_load(snapshot, options, request, progress, connection);
  }
  QSNAP_ASSIGN(std::optional<CapturedDocument> existing,
               keys_in_the_way(snapshot.metadata().scope, request, progress, connection));
  QSNAP_ASSIGN(const frameworks::RebuildOptions options, rebuild_options(snapshot, request, connection));
  if (request.dry_run) {
    return dry_run(snapshot, options, existing, progress);
  }
  const std::vector<std::string> no_names;
  QSNAP_ASSIGN(std::vector<std::string> shared,
               sets_to_share(snapshot, options, existing ? existing->key_names : no_names, connection));
  Room room;
  if (existing) {
    QSNAP_TRY(check_backup(store, snapshot, request));
    QSNAP_ASSIGN(room, make_room(store, *existing, request, clock, connection));
    existing.reset();  // its memory is needed no longer
  }
  redis::KeyWriter writer{connection, k_pipeline_depth, progress};
  writer.spare(std::move(shared));
  Result<frameworks::RebuildOutcome> written = write_keys(snapshot, options, progress, writer);
  if (!written) {
    return clean_up(writer, std::move(written).error(), request, room);
  }
  return outcome_of(writer.keys_written(), *std::move(written), options, room);
}

Result<LoadOutcome> load_renamed(const store::Store& store, const model::RecordSource& snapshot,
                                 const LoadRequest& request, const Clock& clock, const Progress& progress) {
  if (!request.rename) {
    return load_source(store, snapshot, request, clock, progress);
  }
  QSNAP_ASSIGN(const auto renamed, frameworks::RenamedSource::create(snapshot, *request.rename));
  return load_source(store, renamed, request, clock, progress);
}

}  // namespace

std::string_view to_text(LoadTime time) {
  switch (time) {
    case LoadTime::shift:
      return "shift";
    case LoadTime::keep:
      return "keep";
    case LoadTime::due:
      return "due";
    case LoadTime::exact:
      return "exact";
  }
  return {};
}

std::string_view to_text(frameworks::ActiveRule rule) {
  switch (rule) {
    case frameworks::ActiveRule::keep:
      return "keep";
    case frameworks::ActiveRule::requeue:
      return "requeue";
    case frameworks::ActiveRule::stalled:
      return "stalled";
  }
  return {};
}

Result<LoadOutcome> load(const store::Store& store, const codec::SnapshotReader& snapshot, const LoadRequest& request,
                         const Clock& clock, const Progress& progress) {
  QSNAP_TRY(refuse_conflicts(snapshot));
  QSNAP_TRY(check_host(request.target));
  if (request.queues.empty()) {
    return load_renamed(store, snapshot, request, clock, progress);
  }
  QSNAP_ASSIGN(const auto narrowed, frameworks::QueueSource::create(snapshot, request.queues));
  return load_renamed(store, narrowed, request, clock, progress);
}

}  // namespace qsnap::app
