// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include <qsnap/base/error.hpp>
#include <qsnap/codec/byte_source.hpp>

/// What textconv says in the place of a file that it cannot print: a line that begins with "# " and ends with "\n",
/// without anything that a terminal would take for a command. The same bytes give the same line, and other bytes
/// another one: two of them are compared like any text.
namespace qsnap::driver {

/// Of a file that cannot be read at all.
[[nodiscard]] std::string unreadable_line(const Error& error);
/// Of a file that SnapshotReader has refused with `error`.
[[nodiscard]] std::string unreadable_line(const codec::ByteSource& file, const Error& error);

}  // namespace qsnap::driver
