// SPDX-License-Identifier: Apache-2.0
#include <qsnap/report/diff_faces.hpp>
#include <qsnap/report/markdown_page.hpp>

namespace qsnap::report {

Result<void> write_markdown(const DiffReport& report, const FaceOptions& options, const Output& out) {
  const MarkdownPage page{report, options};
  QSNAP_TRY(out(page.head()));
  if (page.rows() > 0) {
    QSNAP_TRY(out("\n" + page.table_head()));
  }
  for (std::size_t i = 0; i < page.rows(); ++i) {
    QSNAP_TRY(out(page.row(i)));
  }
  for (std::size_t i = 0; i < page.details(); ++i) {
    QSNAP_TRY(out("\n" + page.detail(i, k_no_limits)));
  }
  return out("\n" + page.foot());
}

}  // namespace qsnap::report
