// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <qsnap/diff/job_ancestor.hpp>

#include "fake_source.hpp"

using qsnap::diff::ChangeKind;
using qsnap::diff::JobAncestor;
using qsnap::test::FakeSource;
using qsnap::test::State;

namespace {

std::string job(const std::string& state, int id, int payload, int created_at_ms = 1000) {
  return fmt::format(R"({{"queue":"bullmq:bull:mail","state":"{}","name":"send","payload":{{"n":{}}},)"
                     R"("volatile":{{"created_at_ms":{},"id":"{}"}}}})",
                     state, payload, created_at_ms, id);
}

State jobs(std::vector<std::string> lines) {
  State state;
  state.jobs = std::move(lines);
  return state;
}

/// Where the job of the line `wanted` (of `after`) was in `before`.
JobAncestor ancestor(const std::vector<std::string>& before, const std::vector<std::string>& after,
                     const std::string& wanted) {
  const FakeSource left{jobs(before), 3}, right{jobs(after), 3};
  const auto record = right.parse(qsnap::model::Section::jobs, wanted);
  REQUIRE(record);
  const auto found = qsnap::diff::job_ancestor(left, right, *record, qsnap::test::MiniPayloadReader{}, {});
  REQUIRE(found);
  return *found;
}

std::string id_of(const JobAncestor& found) {
  return std::string{found.before->volatiles.find("id").value_or("")};
}

}  // namespace

TEST_CASE("a job whose line is still there has itself as its ancestor, and no change") {
  const std::string wanted = job("waiting", 2, 2);
  const JobAncestor found =
      ancestor({job("waiting", 1, 1), wanted}, {job("waiting", 3, 3), job("waiting", 1, 1), wanted}, wanted);
  CHECK(id_of(found) == "\"2\"");
  CHECK_FALSE(found.change);
}

TEST_CASE("identity finds a job in another state with another payload, though others look more like it") {
  const std::string wanted = job("failed", 2, 9);
  const JobAncestor found =
      ancestor({job("waiting", 2, 2), job("waiting", 3, 9)}, {wanted, job("waiting", 3, 9)}, wanted);
  CHECK(id_of(found) == "\"2\"");
  REQUIRE(found.change);
  CHECK(found.change->kind == ChangeKind::moved);
  CHECK(found.change->fields.size() == 1);
}

TEST_CASE("without an identity in common, meaning finds it") {
  const std::string wanted = job("failed", 8, 2, 5000);
  const JobAncestor found =
      ancestor({job("waiting", 1, 1), job("waiting", 2, 2)}, {wanted, job("waiting", 7, 1, 5000)}, wanted);
  CHECK(id_of(found) == "\"2\"");
  REQUIRE(found.change);
  CHECK(found.change->kind == ChangeKind::moved);
}

TEST_CASE("a job that nothing before is like was added") {
  const std::string wanted = job("waiting", 9, 9);
  const JobAncestor found = ancestor({job("waiting", 1, 1)}, {job("waiting", 1, 1), wanted}, wanted);
  CHECK_FALSE(found.before);
  REQUIRE(found.change);
  CHECK(found.change->kind == ChangeKind::added);
}

TEST_CASE("other ids and times alone are no change") {
  const std::string wanted = job("waiting", 5, 1, 7000);
  const JobAncestor found = ancestor({job("waiting", 1, 1)}, {wanted}, wanted);
  CHECK(id_of(found) == "\"1\"");
  CHECK_FALSE(found.change);
}
