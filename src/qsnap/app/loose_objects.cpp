// SPDX-License-Identifier: Apache-2.0
#include <system_error>

#include <qsnap/app/loose_objects.hpp>

namespace qsnap::app {

std::optional<std::uint64_t> LooseObjects::bytes_of(std::string_view id) const {
  constexpr std::size_t k_folder_digits = 2;
  if (id.size() <= k_folder_digits) {
    return std::nullopt;
  }
  std::error_code failure;
  const std::uint64_t bytes =
      std::filesystem::file_size(m_folder / id.substr(0, k_folder_digits) / id.substr(k_folder_digits), failure);
  return failure ? std::nullopt : std::optional{bytes};
}

}  // namespace qsnap::app
