// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/transfer/chunk_store.hpp>

namespace qsnap::transfer {

std::string chunk_name(std::string_view id) {
  return fmt::format("chunks/{}/{}", id.substr(0, 2), id);
}

std::string manifest_name(std::string_view object_id) {
  return fmt::format("manifests/{}/{}", object_id.substr(0, 2), object_id);
}

}  // namespace qsnap::transfer
