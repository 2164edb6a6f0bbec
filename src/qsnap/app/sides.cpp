// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include <fmt/format.h>

#include <qsnap/app/capture_settings.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/named_snapshot.hpp>
#include <qsnap/app/set_owner.hpp>
#include <qsnap/app/sides.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

constexpr std::string_view k_input = "standard input";

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

/// One of the tree may be a pointer of Git LFS.
Result<codec::SnapshotReader> open_file(const store::Store& store, const store::Side& side) {
  QSNAP_ASSIGN(std::unique_ptr<codec::ByteSource> file, codec::open_file_source(side.file));
  const auto pointer = store::find_pointer(*file);
  if (!pointer || !*pointer) {
    return codec::SnapshotReader::open_file(side.file);
  }
  QSNAP_ASSIGN(file, store::resolve_lfs_pointer(store.repository(), std::move(file), side.text));
  return codec::SnapshotReader::open(std::move(file));
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

Result<codec::SnapshotReader> read_snapshot(int descriptor) {
  QSNAP_ASSIGN(std::unique_ptr<DocumentSpool> spool, DocumentSpool::create());
  std::string buffer(limits::k_mib, '\0');
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno != EINTR) {
      return file_error("read", k_input, errno);
    }
    if (got == 0) {
      break;
    }
    QSNAP_TRY(spool->append({buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0))}));
    if (spool->size() > limits::k_document_bytes) {
      return make_error(ErrorCode::limit_exceeded, fmt::format("{} has more bytes than a document may", k_input));
    }
  }
  auto reader = codec::SnapshotReader::open(std::move(spool));
  return reader ? std::move(reader) : Result<codec::SnapshotReader>{with_context(std::move(reader).error(), k_input)};
}

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
      QSNAP_ASSIGN(codec::SnapshotReader reader, open_file(store, side));
      return labelled(std::move(reader));
    }
    case store::Side::Kind::revision: {
      QSNAP_ASSIGN(codec::SnapshotReader reader, open_revision(store, side));
      return labelled(std::move(reader));
    }
    case store::Side::Kind::input: {
      QSNAP_ASSIGN(codec::SnapshotReader reader, read_snapshot(STDIN_FILENO));
      return labelled(std::move(reader));
    }
    case store::Side::Kind::history: {
      QSNAP_ASSIGN(const store::SnapshotName name, named_snapshot(store, side.text, SystemClock{}.now()));
      QSNAP_ASSIGN(codec::SnapshotReader reader, open_snapshot(store, name));
      return OpenedSide{fmt::format("{} ({})", side.text, name.text()), std::move(reader), {}};
    }
    case store::Side::Kind::name:
      break;
  }
  QSNAP_ASSIGN(const store::SnapshotName name, store::SnapshotName::parse(side.name));
  QSNAP_ASSIGN(codec::SnapshotReader reader, open_snapshot(store, name));
  QSNAP_ASSIGN(std::optional<report::SetOwner> owner, owner_of(store, name));
  return OpenedSide{side.text, std::move(reader), {}, std::move(owner)};
}

}  // namespace qsnap::app
