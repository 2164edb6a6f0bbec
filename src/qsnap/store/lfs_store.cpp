// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::store {

Result<std::unique_ptr<codec::ByteSource>> resolve_lfs_pointer(const git::Repository& repository,
                                                               std::unique_ptr<codec::ByteSource> file,
                                                               std::string_view label) {
  if (file->size() > codec::k_most_pointer_bytes) {
    return file;
  }
  QSNAP_ASSIGN(const std::string text, file->read(0, static_cast<std::size_t>(file->size())));
  if (codec::file_kind(text) != codec::FileKind::lfs_pointer) {
    return file;
  }
  QSNAP_ASSIGN(const codec::LfsPointer pointer, codec::parse_lfs_pointer(text));
  QSNAP_ASSIGN(const auto objects, git::lfs_objects_folder(repository.git_dir(), repository.common_dir()));
  const std::filesystem::path path = git::lfs_object_path(objects, pointer.object_id);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return make_error(ErrorCode::not_found, fmt::format("the object of {} is not here: {}", label, pointer.object_id),
                      {"git qsnap lfs fetch", "git lfs pull"});
  }
  QSNAP_ASSIGN(auto object, codec::open_file_source(path));
  if (object->size() != pointer.bytes) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("the object of {} has {} bytes instead of {}: {}", label, object->size(),
                                  pointer.bytes, path.native()),
                      {"remove it, then: git lfs fetch"});
  }
  return object;
}

}  // namespace qsnap::store
