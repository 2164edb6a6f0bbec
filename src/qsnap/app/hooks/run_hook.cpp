// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/app/hooks/hooks.hpp>

namespace qsnap::app::hooks {

std::vector<std::string> advice_on(const std::vector<report::HookFinding>& findings) {
  using Kind = report::HookFinding::Kind;
  const auto any = [&](Kind kind) {
    return std::any_of(findings.begin(), findings.end(), [&](const auto& finding) { return finding.kind == kind; });
  };
  const auto is_broken = [](const report::HookFinding& finding) {  // and not only out of reach
    return finding.kind == Kind::broken && finding.weight == report::HookFinding::Weight::refused;
  };
  std::vector<std::string> advice;
  if (any(Kind::conflicts)) {
    advice.emplace_back("conflicts: git qsnap conflicts shows them, git qsnap resolve NAME decides them");
  }
  if (std::any_of(findings.begin(), findings.end(), is_broken)) {
    advice.emplace_back("broken: git qsnap fsck NAME tells more; git restore --staged FILE leaves the file out");
  }
  if (any(Kind::secret)) {
    advice.emplace_back("secrets: git qsnap save NAME --redact puts tokens in their places (docs/redaction.md)");
    advice.emplace_back("no secret? list the place under scan: allow: in .queue-snapshots/config.yaml, and stage that");
  }
  if (any(Kind::size)) {
    advice.emplace_back(
        "large files: Git keeps each version for ever; git qsnap lfs migrate NAME moves them to Git LFS");
  }
  if (any(Kind::unfiltered)) {
    advice.emplace_back("packed: git qsnap renormalize stages the form that Git keeps small");
  }
  return advice;
}

Result<report::HookView> run_hook(const HookCall& call, const Progress& progress) {
  if (call.hook == "pre-commit" || call.hook == "pre-merge-commit") {
    return check_staged(call, progress);
  }
  if (call.hook == "pre-push") {
    return check_push(call, progress);
  }
  if (call.hook == "prepare-commit-msg") {
    return summarize_commit(call, progress);
  }
  if (call.hook == "post-checkout") {
    return tell_checkout(call);
  }
  if (call.hook == "post-merge") {
    return tell_merge(call);
  }
  return make_error(ErrorCode::usage, fmt::format("there is no hook {}", call.hook),
                    {"pre-commit, pre-merge-commit, prepare-commit-msg, pre-push, post-checkout, post-merge"});
}

}  // namespace qsnap::app::hooks
