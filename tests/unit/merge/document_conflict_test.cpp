// SPDX-License-Identifier: Apache-2.0

#include <doctest/doctest.h>

#include <qsnap/merge/document_conflict.hpp>

namespace qsnap::merge {

namespace {

TEST_CASE("what a conflict is about and its values go into the document; without a subject it is about the metadata") {
  const Conflict conflict{
      ConflictKind::changed, {diff::Subject::job, "q", "waiting", "1", "send"}, ".payload", "1", {}, "3"};
  const model::Conflict kept = document_conflict(conflict);
  CHECK(kept.subject == "job");
  CHECK(kept.queue == "q");
  CHECK(kept.state == "waiting");
  CHECK(kept.id == "1");
  CHECK(kept.name == "send");
  CHECK(kept.path == ".payload");
  CHECK(kept.base == "1");
  CHECK_FALSE(kept.ours.has_value());
  CHECK(kept.theirs == "3");
  CHECK(document_conflict({ConflictKind::metadata, {}, ".description", {}, {}, {}}).subject == "metadata");
}

}  // namespace

}  // namespace qsnap::merge
