// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <qsnap/driver/merge_input.hpp>
#include <qsnap/git/lfs_objects.hpp>

namespace qsnap::driver {

namespace {

using codec::ByteSource;
using codec::LfsPointer;

/// git-lfs, too, knows an object by its name and length alone.
Result<std::unique_ptr<ByteSource>> open_object(const LfsPointer& pointer, const MergeRepository& repository) {
  QSNAP_ASSIGN(const auto objects, git::lfs_objects_folder(repository.folder, repository.common_dir));
  auto object = codec::open_file_source(git::lfs_object_path(objects, pointer.object_id));
  if (!object) {
    return make_error(ErrorCode::not_found,
                      fmt::format("is in Git LFS, and object {} is not in this clone", pointer.object_id),
                      {"git lfs fetch --all, then merge again"});
  }
  if ((*object)->size() != pointer.bytes) {
    return make_error(
        ErrorCode::corrupt,
        fmt::format("is in Git LFS, and object {} has not the length that the pointer says", pointer.object_id),
        {"git lfs fsck"});
  }
  return object;
}

Result<std::optional<MergeInput>> open_input(const std::string& file, const MergeRepository& repository) {
  QSNAP_ASSIGN(std::unique_ptr<ByteSource> source, codec::open_file_source(file));
  if (source->size() == 0) {
    return std::optional<MergeInput>{};
  }
  QSNAP_ASSIGN(const std::string first,
               source->read(0, std::min<std::uint64_t>(source->size(), codec::k_most_pointer_bytes + 1)));
  std::optional<LfsPointer> pointer;
  if (codec::file_kind(first) == codec::FileKind::lfs_pointer) {
    QSNAP_ASSIGN(pointer, codec::parse_lfs_pointer(first));
    QSNAP_ASSIGN(source, open_object(*pointer, repository));
  }
  QSNAP_ASSIGN(codec::SnapshotReader document, codec::SnapshotReader::open(std::move(source)));
  return std::optional{MergeInput{std::move(document), std::move(pointer)}};
}

}  // namespace

Result<std::optional<MergeInput>> open_merge_input(const std::string& file, std::string_view whose,
                                                   const MergeRepository& repository) {
  auto input = open_input(file, repository);
  return input ? std::move(input) : with_context(std::move(input).error(), whose);
}

}  // namespace qsnap::driver
