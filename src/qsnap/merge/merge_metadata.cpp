// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <tuple>

#include <fmt/format.h>

#include <qsnap/base/json_writer.hpp>
#include <qsnap/merge/merge_metadata.hpp>

namespace qsnap::merge {

namespace {

using model::Metadata;

/// What one side changed, or what both have.
template <class Value>
const Value* taken(const Value* base, const Value& ours, const Value& theirs) {
  if (ours == theirs || (base != nullptr && *base == theirs)) {
    return &ours;
  }
  return base != nullptr && *base == ours ? &theirs : nullptr;
}

/// All elements of both sides, without those that one of them removed.
template <class List>
List united(const List* base, const List& ours, const List& theirs) {
  const auto contains = [](const List& list, const auto& element) {
    return std::find(list.begin(), list.end(), element) != list.end();
  };
  List all;
  const auto add = [&](const List& from, const List& other) {
    for (const auto& element : from) {
      const bool removed = base != nullptr && contains(*base, element) && !contains(other, element);
      if (!removed && !contains(all, element)) {
        all.push_back(element);
      }
    }
  };
  add(ours, theirs);
  add(theirs, ours);
  return all;
}

/// Without prefixes and queues a scope is the whole database, which is more than any list.
model::Scope merged_scope(const Metadata* base, const Metadata& ours, const Metadata& theirs) {
  if (const auto* const scope = taken(base != nullptr ? &base->scope : nullptr, ours.scope, theirs.scope)) {
    return *scope;
  }
  model::Scope scope;
  if (!ours.scope.whole_database() && !theirs.scope.whole_database()) {
    scope.prefixes = united<std::vector<std::string>>(nullptr, ours.scope.prefixes, theirs.scope.prefixes);
    scope.queues = united<std::vector<std::string>>(nullptr, ours.scope.queues, theirs.scope.queues);
  }
  scope.frameworks =
      united<std::vector<model::ForcedFramework>>(nullptr, ours.scope.frameworks, theirs.scope.frameworks);
  std::sort(scope.prefixes.begin(), scope.prefixes.end());
  std::sort(scope.queues.begin(), scope.queues.end());
  std::sort(scope.frameworks.begin(), scope.frameworks.end());
  return scope;
}

/// By name and namespace, each once: a version that one side changed, else the later capture's.
std::vector<model::FrameworkInfo> merged_frameworks(const Metadata* base, const Metadata& ours, const Metadata& theirs,
                                                    Side later) {
  using List = std::vector<model::FrameworkInfo>;
  List all = united<List>(base != nullptr ? &base->frameworks : nullptr, ours.frameworks, theirs.frameworks);
  const List& preferred = later == Side::ours ? ours.frameworks : theirs.frameworks;
  const auto rank = [&](const model::FrameworkInfo& info) {
    return std::find(preferred.begin(), preferred.end(), info) == preferred.end();
  };
  std::sort(all.begin(), all.end(), [&](const model::FrameworkInfo& a, const model::FrameworkInfo& b) {
    return std::tuple{std::tie(a.name, a.name_space), rank(a), a.version} <
           std::tuple{std::tie(b.name, b.name_space), rank(b), b.version};
  });
  const auto same = [](const model::FrameworkInfo& a, const model::FrameworkInfo& b) {
    return a.name == b.name && a.name_space == b.name_space;
  };
  all.erase(std::unique(all.begin(), all.end(), same), all.end());
  return all;
}

Result<void> check_redaction(const Metadata& ours, const Metadata& theirs) {
  const auto word = [](const Metadata& side) {
    return side.redaction_key_id.empty() ? std::string{"not redacted"} : fmt::format("key {}", side.redaction_key_id);
  };
  if (ours.redaction_key_id == theirs.redaction_key_id) {
    return {};
  }
  return make_error(
      ErrorCode::refused,
      fmt::format("the sides cannot be merged: the secrets in ours became tokens with another key than in "
                  "theirs ({}; {})",
                  word(ours), word(theirs)),
      {"save one of them again with the redaction key of the other one"});
}

}  // namespace

Side later_side(const Metadata& ours, const Metadata& theirs) {
  return theirs.captured_at > ours.captured_at ? Side::theirs : Side::ours;
}

Result<Metadata> merge_metadata(const model::RecordSource* base_source, const model::RecordSource& ours_source,
                                const model::RecordSource& theirs_source, Findings& findings) {
  const Metadata* const base = base_source != nullptr ? &base_source->metadata() : nullptr;
  const Metadata &ours = ours_source.metadata(), &theirs = theirs_source.metadata();
  QSNAP_TRY(check_redaction(ours, theirs));
  const Side later = later_side(ours, theirs);
  Metadata merged;
  merged.captured_at = std::max(ours.captured_at, theirs.captured_at);
  const bool torn = ours.consistency == model::Consistency::none || theirs.consistency == model::Consistency::none;
  merged.consistency = torn ? model::Consistency::none : model::Consistency::point_in_time;
  merged.tags = united(base != nullptr ? &base->tags : nullptr, ours.tags, theirs.tags);
  std::sort(merged.tags.begin(), merged.tags.end());
  merged.scope = merged_scope(base, ours, theirs);
  merged.frameworks = merged_frameworks(base, ours, theirs, later);
  merged.redaction_key_id = ours.redaction_key_id;
  const std::string* const description =
      taken(base != nullptr ? &base->description : nullptr, ours.description, theirs.description);
  merged.description = description != nullptr ? *description : ours.description;
  if (description == nullptr) {
    QSNAP_TRY(findings.add({ConflictKind::metadata,
                            {},
                            ".description",
                            base != nullptr ? std::optional{json_bytes(base->description)} : std::nullopt,
                            json_bytes(ours.description),
                            json_bytes(theirs.description)}));
  }
  return merged;
}

}  // namespace qsnap::merge
