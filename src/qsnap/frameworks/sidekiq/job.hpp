// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>

/// A Sidekiq job is one JSON text, and nothing else: an element of a list, or a member of a sorted set. Here it becomes
/// a record and back, byte for byte.
namespace qsnap::frameworks::sidekiq {

/// What the jobs of one queue in one state have in common.
struct JobPlace {
  std::string queue;       ///< the full id as JSON in form B
  std::string queue_name;  ///< the bare name as JSON text; empty when it is not UTF-8, so no job can say it
  std::string state;       ///< as JSON text
};
[[nodiscard]] JobPlace job_place(std::string_view queue_id, std::string_view queue_name, std::string_view state);

/// The record of one job. Always succeeds: an element that is not an object with class, jid and args in a JSON style
/// that can be written again becomes a record of "form":"raw" whose payload is the whole element.
[[nodiscard]] model::Record job_record(const JobPlace& place, std::string_view element);

/// The element that such a record was made of. Members of the record that `order` does not name come last, and names
/// in `order` without a member are left out, so that edited and merged records have an element too. Errors with
/// `corrupt` for members that cannot be read.
Result<std::string> job_element(const model::Record& record, std::string_view queue_name);

/// The score of a job in a sorted set, as format_double prints it, to and from the record. `instant` is the member
/// that the score is, when it is a plain decimal that a load can shift.
void set_score(model::Record& record, std::string_view instant, std::string_view score);
Result<std::string> get_score(const model::Record& record, std::string_view instant);

}  // namespace qsnap::frameworks::sidekiq
