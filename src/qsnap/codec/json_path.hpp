// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace qsnap::codec {

/// One step into an object, as model::PayloadReader::Leaf writes it: ".name", or ["a name"] for no identifier.
void append_path_name(std::string& path, std::string_view name);

}  // namespace qsnap::codec
