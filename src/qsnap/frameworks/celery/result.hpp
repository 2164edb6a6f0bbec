// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include <qsnap/frameworks/layout/layout.hpp>

/// What Celery's Redis backend keeps of tasks that started or ended, of groups and of chords.
namespace qsnap::frameworks::celery {

/// A state of results, and the `status` that is it. Results with any other status are of state "result".
struct ResultState {
  std::string_view state;
  std::string_view status;
};
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_result_format(ResultState state);
/// Of any status, which is a member then; also of results that are no JSON.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_other_result_format();
[[nodiscard]] bool has_status(std::string_view bytes, std::string_view status);

/// A saved GroupResult.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_group_format();
/// How many tasks a chord waits for: a number as text.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_count_format();
/// What the tasks of a chord returned: elements [1, id, state, result], by group_index where it is a sorted set.
[[nodiscard]] std::shared_ptr<const layout::JobFormat> make_returned_format(model::RedisType type);

}  // namespace qsnap::frameworks::celery
