// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/diff/changes.hpp>

/// Folding alike changes into groups, and what a group has to say. Internal to report.
namespace qsnap::report {

/// Members of a change that its headline tells; the others are listed below it.
namespace field_path {
inline constexpr std::string_view k_error = ".error";
inline constexpr std::string_view k_error_class = ".error_class";
inline constexpr std::string_view k_retry_count = ".retry_count";
}  // namespace field_path

[[nodiscard]] bool is_headline(const diff::FieldChange& field);
/// Null when the change has no such field. The pointer is into `change`.
[[nodiscard]] const diff::FieldChange* find_field(const diff::Change& change, std::string_view path);

/// What stays of a message when numbers, words with digits (ids, hexadecimal, addresses) and quoted parts are taken
/// out: "user 42 not found" and "user 7 not found" have one shape. Linear.
[[nodiscard]] std::string message_shape(std::string_view message);

/// Changes that read the same: one subject, kind, name, way and headline, and the same fields changed (to whatever
/// values). Errors may differ in what their shape leaves out, and due times in how much later or earlier they are.
/// Never empty. Pointers are into the diff::Changes that was folded.
using ChangeGroup = std::vector<const diff::Change*>;

/// In the order of each group's first member. Linear.
[[nodiscard]] std::vector<ChangeGroup> fold_alike(std::span<const diff::Change* const> changes);
/// Every change by itself.
[[nodiscard]] std::vector<ChangeGroup> unfolded(std::span<const diff::Change* const> changes);

}  // namespace qsnap::report
