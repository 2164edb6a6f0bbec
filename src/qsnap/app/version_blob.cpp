// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>

#include <qsnap/app/capture_document.hpp>
#include <qsnap/app/store_snapshot.hpp>
#include <qsnap/app/version_blob.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/git/index_update.hpp>

namespace qsnap::app {

namespace {

constexpr std::string_view k_regular_file = "100644";

Result<std::string> bytes_for_git(const codec::SnapshotReader& document) {
  std::string bytes;
  const auto append = [&](std::string_view more) -> Result<void> {
    bytes += more;
    return {};
  };
  const bool other_form = codec::belongs_stored(document.encoding(), document.raw_bytes());
  QSNAP_TRY(other_form ? codec::reencode(document, codec::Encoding::stored, append) : copy_document(document, append));
  return bytes;
}

Result<std::string> pointer_text(const store::Store& store, const codec::SnapshotReader& document) {
  QSNAP_ASSIGN(const codec::LfsPointer pointer, put_in_lfs(store, document));
  return codec::format_lfs_pointer(pointer);
}

}  // namespace

Result<Stage> write_version(const store::Store& store, const codec::SnapshotReader& document, store::Storage storage) {
  QSNAP_ASSIGN(std::string bytes,
               storage == store::Storage::lfs ? pointer_text(store, document) : bytes_for_git(document));
  QSNAP_ASSIGN(std::string id, git::write_blob(store.folder(), std::move(bytes)));
  return Stage{std::string{k_regular_file}, std::move(id)};
}

}  // namespace qsnap::app
