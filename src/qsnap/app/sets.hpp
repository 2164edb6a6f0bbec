// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <qsnap/app/compare.hpp>
#include <qsnap/base/progress.hpp>
#include <qsnap/base/result.hpp>
#include <qsnap/report/diff_report.hpp>
#include <qsnap/report/set_report.hpp>
#include <qsnap/store/store.hpp>

/// The use cases of `git qsnap set`. A name of a set errors with `usage` where it is none, and with `not_found` where
/// no such set has a folder.
namespace qsnap::app {

/// Every set with a folder, and the current one.
Result<report::SetListView> list_sets(const store::Store& store);

/// What a set has of its own; empty: the current one.
Result<report::SetShowView> show_set(const store::Store& store, const std::string& set);

/// What is seen in `after` against what is seen in `before`; empty: the current set, and its parent.
struct SetPair {
  std::string before, after;
};
Result<report::DiffReport> diff_sets(const store::Store& store, const SetPair& sets, const CompareChoice& choice,
                                     const Progress& progress);

struct NewSet {
  std::string name;
  std::string parent;  ///< empty: what config.yaml says
  std::string description;
};
/// Errors with `refused` when there is one of this name, or of one that differs in case alone, and with `config` for a
/// parent that inherits from it.
Result<report::SetChangeView> create_set(const store::Store& store, const NewSet& set);

/// Sets that say that it is their parent say the new name.
Result<report::SetChangeView> rename_set(const store::Store& store, const std::string& from, const std::string& to);

/// What `drop` would delete. Errors with `refused` when a file has changes that no commit has, unless they do not
/// matter.
enum class UncommittedRule : std::uint8_t { refuse, drop };
Result<report::SetChangeView> drop_plan(const store::Store& store, const std::string& set, UncommittedRule uncommitted);
/// Deletes that.
Result<void> drop_set(const store::Store& store, const report::SetChangeView& plan);

}  // namespace qsnap::app
