// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include <qsnap/base/error.hpp>

/// Words for people, on standard error: standard output belongs to Git.
namespace qsnap::driver {

/// `text` is harmless.
void complain(std::string_view text);
/// With its hints; escaped.
void complain(const Error& error);
/// Answers the exit code that says so.
int usage(std::string_view how);

}  // namespace qsnap::driver
