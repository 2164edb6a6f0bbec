// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <qsnap/app/conflicts.hpp>
#include <qsnap/app/load.hpp>
#include <qsnap/app/scope_guard.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/json.hpp>
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

/// Reports how far a load has come, and lets the user stop it between chunks.
class ReportingSource final : public model::RecordSource {
 public:
  ReportingSource(const model::RecordSource& source, const Progress& progress)
      : m_source(source), m_progress(progress) {}

  [[nodiscard]] const model::Metadata& metadata() const override { return m_source.metadata(); }
  [[nodiscard]] std::string_view root() const override { return m_source.root(); }
  [[nodiscard]] std::string_view fingerprint() const override { return m_source.fingerprint(); }
  [[nodiscard]] std::span<const model::ChunkInfo> chunks() const override { return m_source.chunks(); }
  Result<void> read_chunk(std::size_t index, const ChunkReader& reader) const override {
    QSNAP_TRY(m_progress.check());
    m_progress.report("loading", index, chunks().size());
    return m_source.read_chunk(index, reader);
  }
  [[nodiscard]] Result<model::Record> parse(model::Section section, std::string_view line) const override {
    return m_source.parse(section, line);
  }

 private:
  const model::RecordSource& m_source;
  const Progress& m_progress;
};

struct JobCounts {
  std::uint64_t jobs = 0;
  std::uint64_t active = 0;
};

Result<JobCounts> count_jobs(const model::RecordSource& source) {
  JobCounts counts;
  counts.jobs = model::count_records(source, model::Section::jobs);
  // States are counted in the queue records, so no job needs decoding.
  QSNAP_TRY(model::for_each_record(source, model::Section::queues, [&](const model::Record& record) -> Result<void> {
    if (const auto states = record.fields.find("counts")) {
      QSNAP_ASSIGN(const std::vector<model::Field> members, codec::object_members(*states));
      for (const model::Field& member : members) {
        counts.active +=
            member.name == "active" ? static_cast<std::uint64_t>(parse_integer(member.json).value_or(0)) : 0;
      }
    }
    return {};
  }));
  return counts;
}

Error not_empty(const Target& target) {
  return make_error(ErrorCode::refused,
                    fmt::format("{} has keys in the scope of this snapshot", target.endpoint.display()),
                    {"load into an empty database, or add --replace to delete them first (a backup is kept)"});
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
Result<void> check_backup(const store::Store& store, const codec::SnapshotReader& snapshot,
                          const LoadRequest& request) {
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
  QSNAP_ASSIGN(const JobCounts counts, count_jobs(existing.reader));
  const Replacement replacement{request.target.endpoint.display(), existing.key_names.size(), counts.jobs,
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

Result<frameworks::Dropped> write_keys(const codec::SnapshotReader& snapshot, const frameworks::RebuildOptions& options,
                                       const Progress& progress, redis::KeyWriter& writer) {
  QSNAP_ASSIGN(const frameworks::Dropped dropped,
               frameworks::rebuild_keys(ReportingSource{snapshot, progress}, options, writer));
  QSNAP_TRY(writer.finish());
  return dropped;
}

}  // namespace

Result<LoadOutcome> load(const store::Store& store, const codec::SnapshotReader& snapshot, const LoadRequest& request,
                         const Clock& clock, const Progress& progress) {
  QSNAP_TRY(refuse_conflicts(snapshot));
  QSNAP_TRY(check_host(request.target));
  QSNAP_ASSIGN(redis::Connection connection, redis::Connection::open(request.target.endpoint, {}, progress));
  QSNAP_ASSIGN(const bool alone, redis::claim_load(connection, request.target.endpoint.database));
  if (!alone) {
    return make_error(ErrorCode::refused,
                      fmt::format("another load into {} is going on", request.target.endpoint.display()),
                      {"try again when it has ended"});
  }
  QSNAP_ASSIGN(std::optional<CapturedDocument> existing,
               keys_in_the_way(snapshot.metadata().scope, request, progress, connection));

  QSNAP_ASSIGN(const Instant now, redis::server_time(connection));
  frameworks::RebuildOptions options;
  options.exact = request.time == LoadTime::exact;
  options.now = now;
  options.threads = request.threads;
  if (request.time == LoadTime::shift) {
    options.shift = now - snapshot.metadata().captured_at;
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
  Result<frameworks::Dropped> written = write_keys(snapshot, options, progress, writer);
  if (!written) {
    return clean_up(writer, std::move(written).error(), request, room);
  }
  QSNAP_ASSIGN(const JobCounts counts, count_jobs(snapshot));
  return LoadOutcome{writer.keys_written(), counts.jobs,   counts.active, room.replaced_keys,
                     room.backup,           options.shift, *written};
}

}  // namespace qsnap::app
