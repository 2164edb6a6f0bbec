// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/git/lfs_object_file.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/store/blocks.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::store {

namespace {

constexpr std::string_view k_lfs_folder = ".queue-snapshots/lfs/";

}  // namespace

std::array<std::string, 2> paths_of(const SnapshotName& name) {
  const std::string below = name.relative_path().generic_string();
  return {fmt::format("{}/{}", k_folder, below), fmt::format("{}{}", k_lfs_folder, below)};
}

Storage storage_of_path(std::string_view path) {
  return path.starts_with(k_lfs_folder) ? Storage::lfs : Storage::git;
}

Result<std::optional<codec::LfsPointer>> find_pointer(const codec::ByteSource& file) {
  if (file.size() > codec::k_most_pointer_bytes) {
    return std::optional<codec::LfsPointer>{};
  }
  QSNAP_ASSIGN(const std::string text, file.read(0, static_cast<std::size_t>(file.size())));
  if (codec::file_kind(text) != codec::FileKind::lfs_pointer) {
    return std::optional<codec::LfsPointer>{};
  }
  QSNAP_ASSIGN(codec::LfsPointer pointer, codec::parse_lfs_pointer(text));
  return std::optional{std::move(pointer)};
}

Result<std::unique_ptr<codec::ByteSource>> resolve_lfs_pointer(const git::Repository& repository,
                                                               std::unique_ptr<codec::ByteSource> file,
                                                               std::string_view label) {
  QSNAP_ASSIGN(const std::optional<codec::LfsPointer> pointer, find_pointer(*file));
  if (!pointer) {
    return file;
  }
  QSNAP_ASSIGN(const auto objects, git::lfs_objects_folder(repository.git_dir(), repository.common_dir()));
  const std::filesystem::path path = git::lfs_object_path(objects, pointer->object_id);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return make_error(ErrorCode::not_found, fmt::format("the object of {} is not here: {}", label, pointer->object_id),
                      {"git qsnap lfs fetch", "git lfs pull"});
  }
  QSNAP_ASSIGN(auto object, codec::open_file_source(path));
  if (object->size() != pointer->bytes) {
    return make_error(ErrorCode::corrupt,
                      fmt::format("the object of {} has {} bytes instead of {}: {}", label, object->size(),
                                  pointer->bytes, path.native()),
                      {"git qsnap lfs fetch"});
  }
  return object;
}

Result<codec::LfsPointer> put_lfs_object(const git::Repository& repository, const codec::ByteSource& bytes) {
  QSNAP_ASSIGN(const auto objects, git::lfs_objects_folder(repository.git_dir(), repository.common_dir()));
  QSNAP_ASSIGN(git::LfsObjectFile file, git::LfsObjectFile::create(objects));
  codec::Sha256 name;
  QSNAP_TRY(read_blocks(bytes, [&](std::string_view block) {
    name.update(block);
    return file.write(block);
  }));
  codec::LfsPointer pointer{to_hex(name.digest()), bytes.size()};
  QSNAP_TRY(file.keep_as(pointer.object_id));
  return pointer;
}

Result<codec::LfsPointer> pointer_to(const codec::ByteSource& bytes) {
  codec::Sha256 name;
  QSNAP_TRY(read_blocks(bytes, [&](std::string_view block) -> Result<void> {
    name.update(block);
    return {};
  }));
  return codec::LfsPointer{to_hex(name.digest()), bytes.size()};
}

Result<ObjectState> look_at_object(const std::filesystem::path& objects, const codec::LfsPointer& pointer,
                                   ObjectCheck check) {
  const std::filesystem::path path = git::lfs_object_path(objects, pointer.object_id);
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return ObjectState::missing;
  }
  QSNAP_ASSIGN(const auto object, codec::open_file_source(path));
  if (object->size() != pointer.bytes) {
    return ObjectState::damaged;
  }
  if (check == ObjectCheck::length) {
    return ObjectState::here;
  }
  QSNAP_ASSIGN(const codec::LfsPointer found, pointer_to(*object));
  return found == pointer ? ObjectState::here : ObjectState::damaged;
}

}  // namespace qsnap::store
