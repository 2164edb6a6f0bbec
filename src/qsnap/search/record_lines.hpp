// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/model/record.hpp>
#include <qsnap/model/snapshot.hpp>

/// A record as it is searched: a line for each scalar in it, as `git qsnap show --full` prints them.
namespace qsnap::search {

/// How people read what a framework encoded. Several threads use one.
class MemberReader {
 public:
  virtual ~MemberReader() = default;
  /// The canonical JSON that a member is read as; absent where that is its own value. `members` are those that it is
  /// among: a record's fields or its volatiles.
  [[nodiscard]] virtual std::optional<std::string> decoded(const model::Fields& members,
                                                           const model::Field& member) const = 0;
};

struct RecordLine {
  std::string_view member;  ///< "payload"; a view into the record
  std::string path;         ///< ".items[2].price", "" for a scalar
  std::string text;         ///< of a string what it says, of anything else its JSON
};

/// Fields first, then volatiles. Members that only say how others are written (styles, codecs, orders) are left out.
Result<std::vector<RecordLine>> record_lines(const model::Record& record, const MemberReader& reader);

/// The text of a member that is a string; "" for any other, and where there is none.
[[nodiscard]] std::string text_of(const model::Fields& members, std::string_view name);

/// What a record is called: of a job its id and name, of a queue, a worker or a config record what identifies it, of a
/// verbatim key the key.
struct RecordTitle {
  std::string queue, state, id, name;
};
[[nodiscard]] RecordTitle title_of(const model::Record& record);

}  // namespace qsnap::search
