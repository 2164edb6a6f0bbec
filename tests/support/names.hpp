// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <support/value.hpp>

#include <qsnap/store/name.hpp>
#include <qsnap/store/set_name.hpp>

namespace qsnap::test {

inline store::SnapshotName named(std::string_view text) {
  return value(store::SnapshotName::parse(text));
}

inline store::SetName set_named(std::string_view text) {
  return value(store::SetName::parse(text));
}

}  // namespace qsnap::test
