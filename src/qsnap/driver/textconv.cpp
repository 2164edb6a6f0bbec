// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>

#include <fmt/format.h>

#include <qsnap/base/limits.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/snapshot_reader.hpp>
#include <qsnap/driver/textconv.hpp>
#include <qsnap/driver/textconv_document.hpp>
#include <qsnap/driver/textconv_output.hpp>
#include <qsnap/driver/textconv_unreadable.hpp>
#include <qsnap/report/layout.hpp>

namespace qsnap::driver {

namespace {

Result<void> print_line(const std::string& line, TextOutput& output) {
  output.text() = line;
  return output.finish();
}

/// Git dies of a text of 1 GiB, and everything after it remains unshown; a diff of a fourth of that helps nobody.
Result<void> refuse_too_long(const codec::SnapshotReader& snapshot) {
  constexpr std::uint64_t k_most = 256 * limits::k_mib;
  if (snapshot.raw_bytes() <= k_most) {
    return {};
  }
  return make_error(ErrorCode::limit_exceeded,
                    fmt::format("{} of text are too much for Git", report::byte_size(snapshot.raw_bytes())),
                    {"git qsnap diff compares it"});
}

Result<void> print_snapshot(const codec::SnapshotReader& snapshot, TextView view, TextOutput& output) {
  QSNAP_TRY(refuse_too_long(snapshot));
  return DocumentText{snapshot, view, output}.print();
}

}  // namespace

Result<void> print_textconv(const std::filesystem::path& file, TextView view, std::FILE* out) {
  TextOutput output{out};
  auto source = codec::open_file_source(file);
  if (!source) {
    return print_line(unreadable_line(source.error()), output);
  }
  const auto snapshot = codec::SnapshotReader::open(*std::move(source));
  if (!snapshot) {
    const auto again = codec::open_file_source(file);
    return print_line(again ? unreadable_line(**again, snapshot.error()) : unreadable_line(again.error()), output);
  }
  const auto printed = print_snapshot(*snapshot, view, output);
  if (printed) {
    return output.finish();
  }
  if (output.has_failed()) {
    return printed;
  }
  const std::string line = unreadable_line(snapshot->source(), printed.error());
  if (!output.has_written()) {
    return print_line(line, output);
  }
  // What has gone out is true; that it is not the whole stands behind it.
  output.text().append("\n").append(line);
  return output.finish();
}

}  // namespace qsnap::driver
