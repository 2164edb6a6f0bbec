// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/ci_verify.hpp>
#include <qsnap/app/revision_attributes.hpp>
#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/app/tracked_snapshots.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/config/config.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app {

namespace {

using Findings = std::vector<report::CiFinding>;

constexpr std::string_view k_attributes_file = ".gitattributes";
constexpr std::string_view k_lfs = "lfs";

class CiCheck {
 public:
  CiCheck(const std::filesystem::path& folder, const CiVerifyRequest& request, const Progress& progress)
      : m_folder(folder), m_request(request), m_progress(progress) {}

  Result<report::CiVerifyView> run() {
    QSNAP_ASSIGN(m_snapshots, tracked_snapshots(m_folder, m_request.revision));
    QSNAP_TRY(check_forms());
    QSNAP_TRY(check_documents());
    std::stable_sort(m_findings.begin(), m_findings.end(),
                     [](const auto& left, const auto& right) { return left.path < right.path; });
    QSNAP_TRY(check_config());
    QSNAP_TRY(check_target());
    return report::CiVerifyView{m_request.revision, m_request.base.value_or(""), m_snapshots.size(),
                                std::move(m_findings)};
  }

 private:
  void add(const std::string& path, std::string what, std::string hint = {}) {
    m_findings.push_back({path, std::move(what), std::move(hint)});
  }

  /// What listing and attributes tell.
  Result<void> check_forms() {
    std::vector<std::string> paths;
    std::set<std::string> names;
    for (const TrackedSnapshot& snapshot : m_snapshots) {
      paths.push_back(snapshot.path);
      const auto name = store::name_of_path(snapshot.path);
      if (name && !names.insert(name->text()).second) {
        add(snapshot.path, "stands in Git and in Git LFS, so nothing is read under its name",
            "git rm the one that is not wanted");
      }
    }
    QSNAP_ASSIGN(const auto attributes, revision_attributes(m_folder, m_request.revision, paths));
    for (const TrackedSnapshot& snapshot : m_snapshots) {
      const auto found = attributes.find(snapshot.path);
      check_form(snapshot, found == attributes.end() ? PathAttributes{} : found->second);
    }
    return {};
  }

  void check_form(const TrackedSnapshot& snapshot, const PathAttributes& attributes) {
    if (snapshot.form == BlobForm::broken) {
      add(snapshot.path, snapshot.problem, "git qsnap fsck");
      return;
    }
    if (snapshot.has_conflicts) {
      add(snapshot.path, "has conflicts that nobody has resolved", "git qsnap conflicts");
    }
    if (should_be_stored(snapshot)) {
      add(snapshot.path, "is packed, so Git keeps every version of it in full", "git qsnap renormalize");
    }
    const bool is_pointer = snapshot.form == BlobForm::lfs_pointer;
    if (is_pointer && attributes.filter != k_lfs) {
      add(snapshot.path, "is a Git LFS pointer, but its attributes do not say filter=lfs: a checkout stays a pointer",
          "git lfs track, or commit the snapshot itself");
    }
    if (!is_pointer && attributes.filter == k_lfs) {
      add(snapshot.path, "its attributes say filter=lfs, but it is no Git LFS pointer",
          "git lfs migrate, or git add --renormalize");
    }
    if (attributes.ident == "set" || (!attributes.encoding.empty() && attributes.encoding != "unspecified")) {
      add(snapshot.path, "its attributes say ident or working-tree-encoding: Git changes its bytes at a checkout",
          "take that line out of the .gitattributes");
    }
  }

  /// What reading every byte tells.
  Result<void> check_documents() {
    std::vector<std::string> ids;
    std::vector<const TrackedSnapshot*> owners;
    for (const TrackedSnapshot& snapshot : m_snapshots) {
      if (snapshot.form == BlobForm::packed || snapshot.form == BlobForm::stored) {
        ids.push_back(snapshot.blob_id);
        owners.push_back(&snapshot);
      }
    }
    return for_each_blob(m_folder, ids,
                         [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
                           QSNAP_TRY(m_progress.check());
                           m_progress.report("checking", index, ids.size());
                           return check_document(owners[index]->path, std::move(blob));
                         });
  }

  Result<void> check_document(const std::string& path, std::unique_ptr<codec::ByteSource> blob) {
    QSNAP_ASSIGN(const codec::SnapshotReader reader, codec::SnapshotReader::open(std::move(blob)));
    QSNAP_ASSIGN(std::vector<std::string> damage, codec::check_container(reader));
    std::erase_if(damage, codec::is_about_conflicts);  // check_form() has told of them
    for (const std::string& sentence : damage) {
      add(path, sentence, "git qsnap fsck");
    }
    return {};
  }

  Result<void> check_config() {
    const std::string path = fmt::format("{}/config.yaml", store::k_folder);
    QSNAP_ASSIGN(const std::string tree, tree_of(m_folder, m_request.revision));
    QSNAP_ASSIGN(const std::optional<std::string> text, git::find_blob(m_folder, fmt::format("{}:{}", tree, path)));
    const Result<config::Config> parsed = text ? config::parse_config(*text, path) : config::Config{};
    if (!parsed) {
      add(path, parsed.error().message);
    }
    return {};
  }

  /// A merge takes the attributes of the side that is checked out, which is the target.
  Result<void> check_target() {
    const std::string target = m_request.base.value_or(m_request.revision);
    QSNAP_ASSIGN(const std::string tree, tree_of(m_folder, target));
    if (m_snapshots.empty()) {
      return {};
    }
    const std::string file{k_attributes_file};
    constexpr std::string_view k_hint = "git qsnap install, and commit .gitattributes";
    QSNAP_ASSIGN(const std::optional<std::string> text, git::find_blob(m_folder, fmt::format("{}:{}", tree, file)));
    QSNAP_ASSIGN(const std::optional<std::string> id, git::find_object(m_folder, fmt::format("{}:{}", tree, file)));
    if (id && !text) {
      add(file, fmt::format("this repository does not have its content in {} (a partial clone?)", target), "git fetch");
      return {};
    }
    if (!text || !setup::find_block(*text)) {
      add(file, fmt::format("{} has no lines of git qsnap in it: merges there do not know snapshots", target),
          std::string{k_hint});
      return {};
    }
    const std::string sample = fmt::format("{}/test-cases/a.qsnap", store::k_folder);
    QSNAP_ASSIGN(const auto attributes, revision_attributes(m_folder, target, std::array{sample}));
    const auto found = attributes.find(sample);
    const PathAttributes& of_sample = found == attributes.end() ? m_none : found->second;
    if (of_sample.merge != "qsnap" || of_sample.diff != "qsnap" || of_sample.text != "unset") {
      add(file,
          fmt::format("in {} other lines overrule those of git qsnap: a snapshot has merge={}, diff={}, text {}",
                      target, of_sample.merge, of_sample.diff, of_sample.text),
          std::string{k_hint});
    }
    return {};
  }

  const std::filesystem::path& m_folder;
  const CiVerifyRequest& m_request;
  const Progress& m_progress;
  const PathAttributes m_none;
  std::vector<TrackedSnapshot> m_snapshots;
  Findings m_findings;
};

}  // namespace

Result<report::CiVerifyView> ci_verify(const std::filesystem::path& folder, const CiVerifyRequest& request,
                                       const Progress& progress) {
  return CiCheck{folder, request, progress}.run();
}

}  // namespace qsnap::app
