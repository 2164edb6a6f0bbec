// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <string>

#include <qsnap/model/state_words.hpp>

#include "adapter_contract.hpp"
#include "keyspace_file.hpp"

namespace qsnap::frameworks {

TEST_SUITE("model::state_words") {
  TEST_CASE("every state of every fixture is a word that contracts know") {
    const auto known = model::known_states();
    int states = 0;
    for (const auto& entry : std::filesystem::directory_iterator{QSNAP_SOURCE_DIR "/tests/fixtures"}) {
      if (entry.path().extension() != ".keys") {
        continue;
      }
      const test::Document document = test::check_round_trip(test::read_keys_file(entry.path().string()), adapters());
      for (const auto& [place, jobs] : document.jobs_by_state()) {
        CAPTURE(place);
        CHECK(std::binary_search(known.begin(), known.end(), place.substr(place.rfind(' ') + 1)));
        ++states;
      }
    }
    CHECK(states > 40);
  }
}

}  // namespace qsnap::frameworks
