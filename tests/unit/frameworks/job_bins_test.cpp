// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <qsnap/frameworks/job_bins.hpp>

#include "sidekiq_support.hpp"

namespace {

using namespace std::string_literals;
using qsnap::frameworks::JobBins;
using qsnap::test::take;

/// "member=score …" of a bin.
std::vector<std::string> contents(JobBins& bins, std::size_t bin) {
  std::vector<std::string> out;
  take(bins.read(bin, [&](const qsnap::model::ItemBlock& jobs) -> qsnap::Result<void> {
    for (std::size_t i = 0; i < jobs.size(); i += 2) {
      out.push_back(std::string{jobs[i]} + '=' + std::string{jobs[i + 1]});
    }
    return {};
  }));
  return out;
}

TEST_SUITE("qsnap::frameworks::JobBins") {
  TEST_CASE("a bin hands over its jobs in the order in which they came, as often as asked") {
    JobBins bins = take(JobBins::create());
    take(bins.add(2, "a", "1"));
    take(bins.add(0, "b", "2"));
    take(bins.add(2, "c", "3"));
    for (int round = 0; round < 2; ++round) {
      CHECK(contents(bins, 2) == std::vector{"a=1"s, "c=3"s});
      CHECK(contents(bins, 0) == std::vector{"b=2"s});
      CHECK(contents(bins, 1).empty());
      CHECK(contents(bins, 99).empty());
    }
    CHECK(bins.count(2) == 2);
    CHECK(bins.count(99) == 0);
  }

  TEST_CASE("jobs stay in order when bins overflow into the spool, one alone and all together") {
    constexpr std::size_t k_bins = 300, k_jobs = 20'000;
    JobBins bins = take(JobBins::create());
    std::vector<std::vector<std::string>> wanted(k_bins);
    for (std::size_t i = 0; i < k_jobs; ++i) {
      const std::size_t bin = i % 3 == 0 ? 7 : i % k_bins;  // one bin is much fuller than the others
      const std::string member = std::to_string(i) + std::string(1000, 'x'), score = std::to_string(i);
      take(bins.add(bin, member, score));
      wanted[bin].push_back(member + '=' + score);
    }
    for (std::size_t bin = 0; bin < k_bins; ++bin) {
      REQUIRE(contents(bins, bin) == wanted[bin]);
      CHECK(bins.count(bin) == wanted[bin].size());
    }
  }
}

}  // namespace
