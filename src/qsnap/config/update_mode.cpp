// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/config/update_mode.hpp>

namespace qsnap::config {

namespace {

constexpr std::array k_modes = {UpdateMode::pending, UpdateMode::new_, UpdateMode::all, UpdateMode::none};

}  // namespace

std::string_view to_text(UpdateMode mode) {
  switch (mode) {
    case UpdateMode::pending:
      return "pending";
    case UpdateMode::new_:
      return "new";
    case UpdateMode::all:
      return "all";
    case UpdateMode::none:
      return "none";
  }
  return "";
}

std::optional<UpdateMode> parse_update_mode(std::string_view text) {
  const auto* const mode =
      std::find_if(k_modes.begin(), k_modes.end(), [&](UpdateMode known) { return to_text(known) == text; });
  return mode != k_modes.end() ? std::optional{*mode} : std::nullopt;
}

}  // namespace qsnap::config
