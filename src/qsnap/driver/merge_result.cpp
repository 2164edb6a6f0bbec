// SPDX-License-Identifier: Apache-2.0
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/driver/merge_result.hpp>
#include <qsnap/git/lfs_object_file.hpp>
#include <qsnap/git/lfs_objects.hpp>

namespace qsnap::driver {

namespace {

using codec::Encoding;
using codec::SnapshotDigest;

constexpr std::size_t k_block_bytes = 1 * limits::k_mib;

Result<mode_t> mode_of(const std::string& file) {
  constexpr mode_t k_permissions = 07777;
  struct stat status {};
  if (::lstat(file.c_str(), &status) != 0) {
    return file_error("look at", file, errno);
  }
  return status.st_mode & k_permissions;
}

/// What `fill` writes becomes the file.
Result<void> replace(const std::string& file, const std::function<Result<void>(AtomicFile&)>& fill) {
  QSNAP_ASSIGN(const mode_t mode, mode_of(file));
  QSNAP_ASSIGN(AtomicFile next, AtomicFile::open(file));
  QSNAP_TRY(fill(next));
  return next.commit(mode);
}

Encoding form_of(std::uint64_t raw_bytes) {
  return codec::belongs_stored(Encoding::packed, raw_bytes) ? Encoding::stored : Encoding::packed;
}

/// The same document in the other form.
Result<void> reencode_file(const std::string& file, Encoding encoding) {
  QSNAP_ASSIGN(const codec::SnapshotReader written, codec::SnapshotReader::open_file(file));
  return replace(file, [&](AtomicFile& next) {
    return codec::reencode(written, encoding, [&](std::string_view more) { return next.write(more); });
  });
}

Result<SnapshotDigest> write_plain(const ResultPlan& plan, const WriteDocument& write) {
  const Encoding expected = form_of(plan.expected_raw_bytes);
  SnapshotDigest digest;
  QSNAP_TRY(replace(plan.file, [&](AtomicFile& next) -> Result<void> {
    QSNAP_ASSIGN(digest, write(expected, [&](std::string_view more) { return next.write(more); }));
    return {};
  }));
  if (const Encoding fitting = form_of(digest.raw_bytes); fitting != expected) {
    QSNAP_TRY(reencode_file(plan.file, fitting));
  }
  return digest;
}

Result<SnapshotDigest> write_pointer(const ResultPlan& plan, const MergeRepository& repository,
                                     const WriteDocument& write) {
  QSNAP_ASSIGN(const auto objects, git::lfs_objects_folder(repository.folder, repository.common_dir));
  QSNAP_ASSIGN(git::LfsObjectFile object, git::LfsObjectFile::create(objects));
  codec::Sha256 name;
  std::uint64_t bytes = 0;
  QSNAP_ASSIGN(SnapshotDigest digest, write(plan.ours.document.encoding(), [&](std::string_view more) {
                 name.update(more);
                 bytes += more.size();
                 return object.write(more);
               }));
  const codec::LfsPointer pointer{to_hex(name.digest()), bytes};
  QSNAP_TRY(object.keep_as(pointer.object_id));
  QSNAP_TRY(replace(plan.file, [&](AtomicFile& next) { return next.write(codec::format_lfs_pointer(pointer)); }));
  return digest;
}

}  // namespace

Result<SnapshotDigest> write_result(const ResultPlan& plan, const MergeRepository& repository,
                                    const WriteDocument& write) {
  return plan.ours.pointer ? write_pointer(plan, repository, write) : write_plain(plan, write);
}

Result<void> copy_over(const std::string& source, const std::string& file) {
  QSNAP_ASSIGN(const std::unique_ptr<codec::ByteSource> bytes, codec::open_file_source(source));
  return replace(file, [&](AtomicFile& next) -> Result<void> {
    for (std::uint64_t at = 0; at < bytes->size();) {
      const std::size_t count = std::min<std::uint64_t>(k_block_bytes, bytes->size() - at);
      QSNAP_ASSIGN(const std::string block, bytes->read(at, count));
      QSNAP_TRY(next.write(block));
      at += count;
    }
    return {};
  });
}

}  // namespace qsnap::driver
