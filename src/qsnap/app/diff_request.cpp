// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/app/diff_request.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/lfs_store.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

namespace fs = std::filesystem;
using store::Side;
using store::SnapshotName;
using Words = std::span<const std::string>;

/// What is in the work tree; nothing in a bare repository.
class Snapshots {
 public:
  Snapshots(const fs::path& folder, const store::SetChain& chain) {
    if (auto store = store::Store::open(folder)) {
      m_store.emplace(*std::move(store));
      m_store->select(chain);
    }
  }

  /// Whether something stands there: what cannot be opened is a snapshot, too.
  [[nodiscard]] bool have(const SnapshotName& name) const {
    if (!m_store) {
      return false;
    }
    const auto found = m_store->find(name);
    return !found || found->has_value();
  }
  [[nodiscard]] bool have(std::string_view word) const {
    const auto name = SnapshotName::parse(word);
    return name && have(*name);
  }

 private:
  std::optional<store::Store> m_store;
};

Result<bool> is_revision(const fs::path& folder, const std::string& word) {
  QSNAP_ASSIGN(const auto id, git::find_object(folder, word + "^{tree}"));
  return id.has_value();
}

/// The work tree's version of what a commit's is compared with.
Side name_side(const std::string& name) {
  return Side{Side::Kind::name, name, name, {}, {}};
}

Side revision_side(const std::string& revision, const std::string& name) {
  return Side{Side::Kind::revision, fmt::format("{}:{}", revision, name), name, revision, {}};
}

DiffRange to_work_tree(const std::string& revision, std::vector<SnapshotName> names) {
  return {fmt::format("{} → work tree", revision), revision, revision, std::nullopt, std::move(names)};
}

Result<std::string> merge_base(const fs::path& folder, const store::Range& range) {
  std::vector<std::string> command = {"merge-base"};
  for (const std::string& revision : {range.before, range.after}) {
    QSNAP_ASSIGN(const auto id, git::find_object(folder, revision + "^{commit}"));
    if (!id) {
      return make_error(ErrorCode::not_found, fmt::format("there is no commit {}", revision),
                        {"in CI, the branch may have to be fetched first: git fetch origin"});
    }
    command.push_back(*id);
  }
  QSNAP_ASSIGN(const git::GitAnswer answer, git::run_git({folder, std::move(command), {}}));
  if (answer.exit_code != 0) {
    return make_error(ErrorCode::not_found, fmt::format("{} and {} have no common ancestor", range.before, range.after),
                      {"a shallow clone lacks history, as CI makes one: git fetch --unshallow",
                       fmt::format("git qsnap diff {}..{} compares the two as they are", range.before, range.after)});
  }
  return answer.output.substr(0, answer.output.find('\n'));
}

Result<std::vector<SnapshotName>> parse_names(Words words) {
  std::vector<SnapshotName> names;
  for (const std::string& word : words) {
    QSNAP_ASSIGN(SnapshotName name, SnapshotName::parse(word));
    names.push_back(std::move(name));
  }
  return names;
}

Result<DiffRequest> range_request(const fs::path& folder, const store::Range& range, Words words) {
  DiffRange request{words.front(), range.before, range.before, range.after};
  if (range.start == store::Range::Start::merge_base) {
    constexpr std::size_t k_short_id = 10;
    QSNAP_ASSIGN(request.before, merge_base(folder, range));
    request.before_label = request.before.substr(0, k_short_id);
  }
  QSNAP_ASSIGN(request.names, parse_names(words.subspan(1)));
  return DiffRequest{std::move(request)};
}

Error unknown_word(const std::string& word) {
  return make_error(ErrorCode::not_found, fmt::format("\"{}\" is neither a snapshot nor a revision", word),
                    {"git qsnap list shows every snapshot", "REV:NAME is a snapshot of a commit, ./NAME.qsnap a file"});
}

/// Up to two revisions, then names.
Result<DiffRequest> revisions_request(const fs::path& folder, const Snapshots& snapshots, Words words) {
  constexpr std::size_t k_most_revisions = 2;
  std::vector<std::string> revisions;
  for (const std::string& word : words.first(std::min(words.size(), k_most_revisions))) {
    QSNAP_ASSIGN(const bool known, is_revision(folder, word));
    if (!known || snapshots.have(word)) {
      break;
    }
    revisions.push_back(word);
  }
  if (revisions.empty()) {
    return unknown_word(words.front());
  }
  DiffRange request = to_work_tree(revisions.front(), {});
  if (revisions.size() == k_most_revisions) {
    request.text = fmt::format("{}..{}", revisions.front(), revisions.back());
    request.after = revisions.back();
  }
  QSNAP_ASSIGN(request.names, parse_names(words.subspan(revisions.size())));
  return DiffRequest{std::move(request)};
}

Result<bool> is_in_head(const fs::path& folder, const SnapshotName& name) {
  for (const std::string& path : store::paths_of(name)) {
    QSNAP_ASSIGN(const auto blob, git::find_object(folder, "HEAD:" + path));
    if (blob) {
      return true;
    }
  }
  return false;
}

Result<DiffRequest> one_word(const fs::path& folder, const Snapshots& snapshots, Words words) {
  const std::string& word = words.front();
  const auto side = store::parse_side(word);
  if (side && side->kind == Side::Kind::name) {
    QSNAP_ASSIGN(const SnapshotName name, SnapshotName::parse(word));
    QSNAP_ASSIGN(const bool in_head, is_in_head(folder, name));
    const bool in_tree = snapshots.have(name);
    if (in_tree && in_head) {
      return DiffRequest{TwoSides{revision_side("HEAD", name.text()), name_side(name.text())}};
    }
    if (in_tree || in_head) {
      return DiffRequest{to_work_tree("HEAD", {name})};
    }
  }
  if (!side || side->kind == Side::Kind::name) {
    return revisions_request(folder, snapshots, words);
  }
  if (side->kind == Side::Kind::revision) {
    return DiffRequest{TwoSides{*side, name_side(side->name)}};
  }
  return make_error(ErrorCode::usage, fmt::format("compare {} with what?", word),
                    {fmt::format("git qsnap diff NAME {}", word)});
}

/// Two sides, unless the first word is a revision: then names follow.
Result<DiffRequest> two_words(const fs::path& folder, const Snapshots& snapshots, Words words) {
  auto before = store::parse_side(words[0]);
  if (!before || (before->kind == Side::Kind::name && !snapshots.have(words[0]))) {
    QSNAP_ASSIGN(const bool known, is_revision(folder, words[0]));
    if (known || (!before && words[0].find(':') == std::string::npos)) {
      return revisions_request(folder, snapshots, words);
    }
  }
  QSNAP_ASSIGN(Side first, std::move(before));
  QSNAP_ASSIGN(Side second, store::parse_side(words[1]));
  return DiffRequest{TwoSides{std::move(first), std::move(second)}};
}

}  // namespace

Result<DiffRequest> parse_diff_request(const fs::path& folder, const store::SetChain& chain, Words words) {
  if (words.empty()) {
    return DiffRequest{to_work_tree("HEAD", {})};
  }
  const Snapshots snapshots{folder, chain};
  if (const auto range = store::parse_range(words.front()); range && !(words.size() == 2 && snapshots.have(words[0]))) {
    return range_request(folder, *range, words);
  }
  switch (words.size()) {
    case 1:
      return one_word(folder, snapshots, words);
    case 2:
      return two_words(folder, snapshots, words);
    default:
      return revisions_request(folder, snapshots, words);
  }
}

}  // namespace qsnap::app
