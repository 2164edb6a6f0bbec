// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string_view>
#include <utility>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/document_spool.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app {

namespace {

using codec::SnapshotReader;
using store::SnapshotName;
using store::Storage;
using store::Store;

/// Where the snapshot of that very set is; an inherited one is another file.
Result<std::optional<Storage>> storage_now(const Store& store, const SnapshotName& name) {
  const SnapshotName own = name.set() ? name : name.in(store.chain().current());
  QSNAP_ASSIGN(const std::optional<store::Place> place, store.locate(own));
  const bool is_own = place && place->set == own.set().value_or(store::SetName::default_set());
  return is_own ? std::optional{place->storage} : std::nullopt;
}

Result<Storage> storage_of_new_version(const Store& store, const SnapshotName& name, const SnapshotReader& document,
                                       std::uint64_t threshold_bytes) {
  QSNAP_ASSIGN(const std::optional<Storage> now, storage_now(store, name));
  // Packing makes nothing larger, so that what is small as it is needs no packing to know.
  const std::uint64_t at_most = document.file_bytes();
  if (threshold_bytes == 0 || at_most <= threshold_bytes / 2) {
    return storage_for(at_most, threshold_bytes, now);
  }
  QSNAP_ASSIGN(const std::uint64_t bytes, packed_bytes(document));
  return storage_for(bytes, threshold_bytes, now);
}

/// The object first: a pointer never names what is not there.
Result<AtomicFile> write_file(const Store& store, const SnapshotName& name, const SnapshotReader& document,
                              Storage storage) {
  std::string pointer;
  if (storage == Storage::lfs) {
    QSNAP_ASSIGN(const codec::LfsPointer object, put_in_lfs(store, document));
    pointer = codec::format_lfs_pointer(object);
  }
  QSNAP_ASSIGN(AtomicFile file, store.replace(name, storage));
  QSNAP_TRY(storage == Storage::lfs ? file.write(pointer) : copy_document(document, [&](std::string_view bytes) {
    return file.write(bytes);
  }));
  return file;
}

}  // namespace

Storage storage_for(std::uint64_t packed_bytes, std::uint64_t threshold_bytes, std::optional<Storage> now) {
  if (threshold_bytes == 0) {
    return now.value_or(Storage::git);
  }
  const bool was_large = now == Storage::lfs;
  return packed_bytes > (was_large ? threshold_bytes / 2 : threshold_bytes) ? Storage::lfs : Storage::git;
}

Result<std::uint64_t> packed_bytes(const SnapshotReader& document) {
  if (document.encoding() == codec::Encoding::packed) {
    return document.file_bytes();
  }
  std::uint64_t bytes = 0;
  QSNAP_TRY(codec::reencode(document, codec::Encoding::packed, [&](std::string_view more) -> Result<void> {
    bytes += more.size();
    return {};
  }));
  return bytes;
}

/// Git's own delta wants the stored form; whoever moves objects of LFS by their chunks wants them packed.
Result<codec::LfsPointer> put_in_lfs(const Store& store, const SnapshotReader& document) {
  if (document.encoding() == codec::Encoding::packed) {
    return store::put_lfs_object(store.repository(), document.source());
  }
  QSNAP_ASSIGN(const std::unique_ptr<DocumentSpool> packed, DocumentSpool::create());
  QSNAP_TRY(codec::reencode(document, codec::Encoding::packed,
                            [&](std::string_view bytes) { return packed->append(bytes); }));
  return store::put_lfs_object(store.repository(), *packed);
}

Result<Storage> store_snapshot(const Store& store, const SnapshotName& name, const SnapshotReader& document,
                               std::uint64_t threshold_bytes) {
  QSNAP_ASSIGN(const Storage storage, storage_of_new_version(store, name, document, threshold_bytes));
  QSNAP_TRY(store_snapshot_in(store, name, document, storage));
  return storage;
}

Result<AtomicFile::NewFile> store_new_snapshot(const Store& store, const SnapshotName& name,
                                               const SnapshotReader& document, std::uint64_t threshold_bytes) {
  QSNAP_ASSIGN(const std::optional<Storage> now, storage_now(store, name));
  if (now) {
    return AtomicFile::NewFile::name_is_taken;
  }
  QSNAP_ASSIGN(const Storage storage, storage_of_new_version(store, name, document, threshold_bytes));
  QSNAP_ASSIGN(AtomicFile file, write_file(store, name, document, storage));
  QSNAP_ASSIGN(const AtomicFile::NewFile written, file.commit_new());
  if (written == AtomicFile::NewFile::written) {
    QSNAP_TRY(store.settle(name, storage));
  }
  return written;
}

Result<void> store_snapshot_in(const Store& store, const SnapshotName& name, const SnapshotReader& document,
                               Storage storage) {
  QSNAP_ASSIGN(AtomicFile file, write_file(store, name, document, storage));
  QSNAP_TRY(file.commit());
  return store.settle(name, storage);
}

}  // namespace qsnap::app
