// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

/// What `init` puts into a new tree, besides config.yaml. Internal to store.
namespace qsnap::store {

struct HomeReadme {
  std::string_view folder;
  std::string_view text;
};

inline constexpr std::array<HomeReadme, 3> k_home_readmes = {{
    {"baselines", R"(# Baselines

Template states that work starts from: a development Redis, a demo, the fixture of a test run.

    git qsnap save baselines/NAME     keep the current state here
    git qsnap load baselines/NAME     put it into a Redis

The files are made by `git qsnap`; read one with `git qsnap show`.
)"},
    {"test-cases", R"(# Test cases

Expected states of tests: what the queues must look like at the end.

    git qsnap save NAME       keep the current state as test-cases/NAME
    git qsnap verify NAME     fail if the live state differs in meaning
    git qsnap diff NAME live  show what differs

Review a changed snapshot like code: `git qsnap diff HEAD:test-cases/NAME test-cases/NAME`.
)"},
    {"history", R"(# History

Dated captures, one for each look at a running system: always written, even if nothing changed since the last one.

    git qsnap save history/            a new one; history/prod/ is of the series prod
    git qsnap history list             all of them, the newest first
    git qsnap diff prod@{1} prod@latest

The files here say which captures there are. Their states are in refs/qsnap/history: git qsnap history pull
)"},
}};

}  // namespace qsnap::store
