// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <cerrno>

#include <fmt/format.h>

#include <qsnap/app/promote_memory.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/split.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/store/tree.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;

fs::path folder_of_promotions() {
  return fs::path{"qsnap"} / "promote";
}
fs::path file_of(const std::string& path) {
  return folder_of_promotions() / to_hex(codec::sha256(path));
}

}  // namespace

Result<std::optional<BegunPromotion>> find_promotion(const fs::path& git_dir, const std::string& path) {
  std::error_code unknown;
  const fs::path file = git_dir / file_of(path);
  if (!fs::is_regular_file(fs::symlink_status(file, unknown))) {
    return std::optional<BegunPromotion>{};
  }
  QSNAP_ASSIGN(const std::string text, read_file(file, limits::k_kib));
  const auto lines = split(text, '\n');
  return lines.size() == 2 ? std::optional{BegunPromotion{std::string{lines[0]}, std::string{lines[1]}}}
                           : std::optional<BegunPromotion>{};
}

Result<void> remember_promotion(const fs::path& git_dir, const std::string& path, const BegunPromotion& begun) {
  QSNAP_TRY(store::make_folders(git_dir, folder_of_promotions(), store::k_private_mode));
  return write_file_atomically(git_dir / file_of(path), fmt::format("{}\n{}\n", begun.theirs_root, begun.result_root));
}

Result<void> forget_promotion(const fs::path& git_dir, const std::string& path) {
  const fs::path file = git_dir / file_of(path);
  return ::unlink(file.c_str()) == 0 || errno == ENOENT ? Result<void>{} : file_error("remove", file, errno);
}

}  // namespace qsnap::app
