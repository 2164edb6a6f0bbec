// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/report/html_files.hpp>
#include <qsnap/report/html_page.hpp>

namespace qsnap::report {

namespace {

const EmbeddedFile& style_sheet() {
  return embedded_page_files().front();
}

const EmbeddedFile& script() {
  return embedded_page_files().back();
}

/// As a Content-Security-Policy names a text: 'sha256-…'.
std::string source_of(const EmbeddedFile& file) {
  return fmt::format("'sha256-{}'", to_base64(codec::sha256(file.text)));
}

}  // namespace

std::string block_id(const PageSection& section, std::size_t block) {
  return fmt::format("s{}b{}", section.number, block);
}

bool has_place(const PageSection& section, std::size_t block) {
  constexpr std::size_t k_most_queues = 1000;
  return block < k_most_queues || section.overview.blocks[block].queue.empty();
}

Html page_begin(std::string_view title) {
  Html html;
  html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"");
  html.text(fmt::format("default-src 'none'; style-src {}; script-src {}; base-uri 'none'; form-action 'none'",
                        source_of(style_sheet()), source_of(script())));
  html.raw("\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
  html.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
  html.raw("<title>").text(title).raw("</title>\n<style>").raw(style_sheet()).raw("</style>\n</head>\n");
  return html;
}

Html page_end() {
  return std::move(Html{}.raw("<script>").raw(script()).raw("</script>\n</body>\n</html>\n"));
}

}  // namespace qsnap::report
