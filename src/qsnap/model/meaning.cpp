// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include <qsnap/model/meaning.hpp>

namespace qsnap::model {

bool carries_meaning(std::string_view member) {
  constexpr std::array<std::string_view, 3> k_without = {"body", "counts", "verbatim"};
  return std::find(k_without.begin(), k_without.end(), member) == k_without.end();
}

bool order_counts(std::string_view state) {
  constexpr std::array<std::string_view, 4> k_ordered = {"paused", "pending", "prioritized", "waiting"};
  return std::find(k_ordered.begin(), k_ordered.end(), state) != k_ordered.end();
}

bool has_body(const Record& job) {
  const auto body = job.fields.find("body");
  return body != R"("missing")" && body != R"("duplicate")";
}

}  // namespace qsnap::model
