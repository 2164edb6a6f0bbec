// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include <qsnap/report/html_text.hpp>
#include <qsnap/report/overview.hpp>

/// The frame of a page, and what its parts share. Internal to report.
namespace qsnap::report {

/// A snapshot with its overview, and its number on the page, from 1. The report outlives it.
struct PageSection {
  const SnapshotDiff* diff = nullptr;  ///< never null; not owned
  Overview overview;
  std::size_t number = 0;
};
using PageSections = std::span<const PageSection>;

/// "s2b1": the id of the heading of block number `block`.
[[nodiscard]] std::string block_id(const PageSection& section, std::size_t block);

/// Whether block number `block` has a place on the page. A browser does not show a hundred thousand queues; those that
/// are left out are counted where they would be.
[[nodiscard]] bool has_place(const PageSection& section, std::size_t block);

/// All up to <body>: the policy by which a browser runs our own script, by its digest, and nothing else; and loads
/// nothing.
[[nodiscard]] Html page_begin(std::string_view title);
/// The script, and the end.
[[nodiscard]] Html page_end();

}  // namespace qsnap::report
