// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <array>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/import.hpp>
#include <qsnap/app/keep_snapshot.hpp>
#include <qsnap/redis/key_image.hpp>
#include <qsnap/redis/rdb/rdb_file.hpp>

namespace qsnap::app {

namespace {

/// One database of a dump.
struct DumpedState {
  redis::KeyImage keyspace;
  redis::RdbInfo info;
  Instant captured_at;
  InstantOrigin captured_at_from = InstantOrigin::dump;
};

Result<redis::RdbFile> open_dump(const std::filesystem::path& path, const Progress& progress) {
  if (path == "-") {
    return redis::RdbFile{UniqueFd{::dup(STDIN_FILENO)}, "standard input", progress};
  }
  std::error_code ignored;
  if (!std::filesystem::exists(path, ignored)) {
    return make_error(ErrorCode::not_found, fmt::format("there is no file {}", path.native()));
  }
  return redis::RdbFile::open(path, progress);
}

Result<std::pair<Instant, InstantOrigin>> instant_of(const ImportRequest& request, const redis::RdbInfo& info,
                                                     const redis::RdbFile& file) {
  if (request.captured_at) {
    return std::pair{*request.captured_at, InstantOrigin::user};
  }
  if (info.created_at) {
    return std::pair{*info.created_at, InstantOrigin::dump};
  }
  const auto modified_at = file.modified_at();
  if (modified_at) {
    return std::pair{*modified_at, InstantOrigin::file};
  }
  return make_error(ErrorCode::usage, "the dump does not say when it was made",
                    {"add --captured-at, as in --captured-at 2026-11-20T10:00:00Z"});
}

Result<DumpedState> read_dump_file(const ImportRequest& request, const model::Scope& scope, const Progress& progress) {
  QSNAP_ASSIGN(redis::RdbFile file, open_dump(request.dump, progress));
  QSNAP_ASSIGN(Spool spool, Spool::create(redis::k_image_memory_bytes));
  redis::KeyTable table;
  auto info = redis::read_rdb(file, {request.database, scope.prefixes}, table, spool, progress);
  if (!info) {
    const std::string doing = fmt::format("reading {}", request.dump == "-" ? "standard input" : request.dump.native());
    return with_context(std::move(info).error(), doing);
  }
  QSNAP_ASSIGN(const auto instant, instant_of(request, *info, file));
  table.freeze(instant.first);
  return DumpedState{redis::KeyImage{std::move(table), std::move(spool)}, *std::move(info), instant.first,
                     instant.second};
}

Result<std::optional<codec::Redaction>> redaction_for(const store::Store& store, const ImportRequest& request,
                                                      const Existing& existing) {
  QSNAP_ASSIGN(const config::Config config, store.config());
  return redaction_of(config, existing ? choice_like(request.redaction, existing->metadata()) : request.redaction);
}

Error empty_import(const ImportRequest& request, const model::Scope& scope, const redis::RdbInfo& info) {
  std::vector<std::string> hints;
  if (info.keys_elsewhere > 0) {
    hints.push_back(fmt::format("{} keys are in other databases: choose one with --db", info.keys_elsewhere));
  }
  if (!scope.whole_database()) {
    hints.emplace_back("check the spelling of the prefix or queue; without them the whole database is imported");
  }
  if (info.keys > 0 && scope.queues.empty()) {
    hints.emplace_back("every key had expired when the dump was made; --captured-at says when that was");
  }
  hints.emplace_back("to keep an empty state on purpose, add --allow-empty");
  return make_error(ErrorCode::refused,
                    fmt::format("there is nothing to import in database {} of the dump", request.database),
                    std::move(hints));
}

}  // namespace

std::string_view to_text(InstantOrigin origin) {
  constexpr std::array<std::string_view, 3> words = {"user", "dump", "file"};
  return words.at(static_cast<std::size_t>(origin));
}

Result<ImportOutcome> import_dump(const store::Store& store, const ImportRequest& request, const Progress& progress) {
  QSNAP_ASSIGN(const Existing existing, find_existing(store, request.keep.name));
  QSNAP_ASSIGN(Labels labels, complete_labels(store, request.keep, existing));
  DocumentRequest document;
  QSNAP_ASSIGN(document.redaction, redaction_for(store, request, existing));
  Result<DumpedState> read = read_dump_file(request, labels.scope, progress);
  if (!read) {
    return discreet(document.redaction, std::move(read).error());
  }
  DumpedState state = *std::move(read);
  document.threads = request.threads;
  document.captured_at = state.captured_at;
  document.scope = labels.scope;
  document.description = std::move(labels.description);
  document.tags = std::move(labels.tags);
  Result<ComposedDocument> made = compose_document(state.keyspace, document, progress);
  if (!made) {
    return discreet(document.redaction, std::move(made).error());
  }
  ComposedDocument composed = *std::move(made);
  if (composed.keys == 0 && request.keep.empty == EmptyRule::refuse) {
    return empty_import(request, labels.scope, state.info);
  }
  QSNAP_ASSIGN(SaveOutcome saved, keep_snapshot(store, request.keep, existing, composed.reader, progress));
  saved.capture.keys = composed.keys;
  saved.capture.refuted = discreet(document.redaction, std::move(composed.refuted));
  return ImportOutcome{std::move(saved), std::move(state.info), state.captured_at_from};
}

}  // namespace qsnap::app
