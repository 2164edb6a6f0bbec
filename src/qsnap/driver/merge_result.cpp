// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/base/unique_fd.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/driver/merge_result.hpp>
#include <qsnap/git/lfs_objects.hpp>

namespace qsnap::driver {

namespace {

namespace fs = std::filesystem;
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

/// The name of an object is known when all of it is: until then it is where git-lfs has what is not finished, and takes
/// away what nobody finished.
struct Object {
  fs::path unfinished;
  codec::LfsPointer pointer;
  SnapshotDigest digest;
};

Result<Object> make_object(const fs::path& objects, Encoding encoding, const WriteDocument& write) {
  const fs::path folder = objects.parent_path() / "tmp";
  std::error_code failed;
  fs::create_directories(folder, failed);
  const fs::path unfinished = folder / fmt::format("qsnap-merge-{}", ::getpid());
  QSNAP_ASSIGN(AtomicFile file, AtomicFile::open(unfinished));
  codec::Sha256 name;
  std::uint64_t bytes = 0;
  QSNAP_ASSIGN(SnapshotDigest digest, write(encoding, [&](std::string_view more) {
                 name.update(more);
                 bytes += more.size();
                 return file.write(more);
               }));
  QSNAP_TRY(file.commit());
  return Object{unfinished, {to_hex(name.digest()), bytes}, std::move(digest)};
}

Result<void> keep_object(const Object& object, const fs::path& objects) {
  const fs::path path = git::lfs_object_path(objects, object.pointer.object_id);
  std::error_code failed;
  fs::create_directories(path.parent_path(), failed);
  if (::rename(object.unfinished.c_str(), path.c_str()) != 0) {
    return file_error("rename to", path, errno);
  }
  const UniqueFd folder{::open(path.parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  return folder && ::fsync(folder.get()) == 0 ? Result<void>{} : file_error("sync", path.parent_path(), errno);
}

Result<SnapshotDigest> write_pointer(const ResultPlan& plan, const MergeRepository& repository,
                                     const WriteDocument& write) {
  QSNAP_ASSIGN(const fs::path objects, git::lfs_objects_folder(repository.folder, repository.common_dir));
  QSNAP_ASSIGN(Object object, make_object(objects, plan.ours.document.encoding(), write));
  QSNAP_TRY(keep_object(object, objects));
  QSNAP_TRY(
      replace(plan.file, [&](AtomicFile& next) { return next.write(codec::format_lfs_pointer(object.pointer)); }));
  return std::move(object.digest);
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
