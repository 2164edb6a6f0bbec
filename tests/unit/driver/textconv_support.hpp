// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fstream>
#include <string>
#include <string_view>
#include <unit/codec/container_support.hpp>
#include <unit/driver/scratch_file.hpp>

#include <doctest/doctest.h>
#include <support/temp_dir.hpp>

#include <qsnap/codec/json.hpp>
#include <qsnap/driver/textconv.hpp>

namespace qsnap::driver::testing {

inline std::string textconv_of_file(const std::filesystem::path& file, TextView view = TextView::semantic) {
  const ScratchFile out = scratch_file();
  REQUIRE(print_textconv(file, view, out.get()).has_value());
  return content_of(out.get());
}

/// What a file of these bytes is printed as.
inline std::string textconv(std::string_view bytes, TextView view = TextView::semantic) {
  const test::TempDir folder;
  const auto file = folder.path() / "x.qsnap";
  std::ofstream{file, std::ios::binary} << bytes;
  return textconv_of_file(file, view);
}

inline std::string textconv(const std::vector<model::Record>& records, TextView view = TextView::semantic) {
  return textconv(codec::testing::write(records, codec::Encoding::packed).bytes, view);
}

/// The lines of the one record of that section.
inline std::string block(const model::Record& record, TextView view = TextView::semantic) {
  const std::string text = textconv(std::vector{record}, view);
  const std::string begin = fmt::format("\"{}\": [\n", model::to_text(record.section));
  const std::size_t at = text.find(begin);
  REQUIRE(at != std::string::npos);
  return text.substr(at + begin.size(), text.find("\n  ]", at) - at - begin.size());
}

inline bool is_one_note(std::string_view text) {
  return text.starts_with("# ") && text.find('\n') == text.size() - 1;
}

}  // namespace qsnap::driver::testing
