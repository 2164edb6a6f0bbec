// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <doctest/doctest.h>

/// What stands in for the pipes between Git and the driver.
namespace qsnap::driver::testing {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using ScratchFile = std::unique_ptr<std::FILE, CloseFile>;

/// A nameless file that holds these bytes, to be read from its start.
inline ScratchFile scratch_file(std::string_view bytes = {}) {
  ScratchFile file{std::tmpfile()};
  REQUIRE(file != nullptr);
  REQUIRE(std::fwrite(bytes.data(), 1, bytes.size(), file.get()) == bytes.size());
  std::rewind(file.get());
  return file;
}

/// All that was written so far.
inline std::string content_of(std::FILE* file) {
  std::string bytes(static_cast<std::size_t>(std::ftell(file)), '\0');
  std::rewind(file);
  REQUIRE(std::fread(bytes.data(), 1, bytes.size(), file) == bytes.size());
  return bytes;
}

}  // namespace qsnap::driver::testing
