// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/app/found_views.hpp>
#include <qsnap/search/record_lines.hpp>

namespace qsnap::app {

report::FoundText found_text(std::string where, const search::Excerpt& excerpt) {
  report::FoundText found{std::move(where), excerpt.text, {}, excerpt.cut_front, excerpt.cut_end};
  for (const search::Mark& mark : excerpt.marks) {
    found.marks.push_back({mark.begin, mark.size});
  }
  return found;
}

report::FoundRecord found_record(const model::Record& record, const std::vector<search::Hit>& hits) {
  search::RecordTitle title = search::title_of(record);
  report::FoundRecord found{std::string{model::to_text(record.section)},
                            std::move(title.queue),
                            std::move(title.state),
                            std::move(title.id),
                            std::move(title.name),
                            {}};
  for (const search::Hit& hit : hits) {
    found.texts.push_back(found_text(hit.path, hit.excerpt));
  }
  return found;
}

}  // namespace qsnap::app
