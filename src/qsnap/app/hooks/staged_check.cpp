// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/hooks/changed_files.hpp>
#include <qsnap/app/hooks/hooks.hpp>
#include <qsnap/app/hooks/snapshot_check.hpp>
#include <qsnap/app/setup/effective_config.hpp>
#include <qsnap/codec/git_form.hpp>
#include <qsnap/git/questions.hpp>
#include <qsnap/store/store.hpp>

namespace qsnap::app::hooks {

namespace {

namespace fs = std::filesystem;
using report::HookFinding;

/// From where on a file belongs into LFS.
constexpr std::uint64_t k_large_packed_bytes = 20 * limits::k_mib, k_large_raw_bytes = 32 * limits::k_mib;

/// Whether Git is told to make the stored form of such a file: the attribute, and what it means.
Result<bool> has_filter(const fs::path& folder, const std::string& path) {
  QSNAP_ASSIGN(const setup::EffectiveConfig config, setup::EffectiveConfig::read(folder));
  QSNAP_ASSIGN(const git::GitAnswer attribute, git::run_git({folder, {"check-attr", "-z", "filter", "--", path}, {}}));
  using namespace std::string_literals;
  return config.has_filter() && attribute.output.ends_with("\0filter\0qsnap\0"s);
}

class StagedCheck {
 public:
  StagedCheck(const HookCall& call, fs::path objects, const config::Config& config,
              std::optional<codec::SecretScan> scan, const Progress& progress)
      : m_folder(call.folder),
        m_objects(std::move(objects)),
        m_scan(std::move(scan)),
        m_weight(config.scan.secrets == config::SecretRule::refuse ? HookFinding::Weight::refused
                                                                   : HookFinding::Weight::warning),
        m_progress(progress) {}

  Result<void> check(const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob) {
    QSNAP_ASSIGN(Content content, content_of(file, std::move(blob), m_objects));
    const bool in_lfs = content.in_lfs;
    const std::uint64_t bytes = content.bytes ? content.bytes->size() : 0;
    QSNAP_ASSIGN(Soundness soundness, check_soundness(file, std::move(content), Depth::everything));
    add(std::move(soundness.findings));
    if (!soundness.snapshot) {
      return {};
    }
    if (m_scan) {
      QSNAP_ASSIGN(auto secrets, find_secrets(file, *soundness.snapshot, *m_scan, m_weight, m_progress));
      add(std::move(secrets));
    }
    return in_lfs ? Result<void>{} : check_form(file, *soundness.snapshot, bytes);
  }

  [[nodiscard]] std::vector<HookFinding> take() { return std::move(m_findings); }

 private:
  void add(std::vector<HookFinding> findings) {
    m_findings.insert(m_findings.end(), std::make_move_iterator(findings.begin()),
                      std::make_move_iterator(findings.end()));
  }

  Result<void> check_form(const ChangedFile& file, const codec::SnapshotReader& snapshot, std::uint64_t bytes) {
    const bool packed = snapshot.encoding() == codec::Encoding::packed;
    if ((packed && bytes > k_large_packed_bytes) || snapshot.raw_bytes() > k_large_raw_bytes) {
      warn(HookFinding::Kind::size, file,
           fmt::format("is large: {} MiB, {} MiB unpacked", bytes / limits::k_mib,
                       snapshot.raw_bytes() / limits::k_mib));
    }
    if (codec::belongs_stored(snapshot.encoding(), snapshot.raw_bytes())) {
      QSNAP_ASSIGN(const bool filtered, has_filter(m_folder, file.path));
      if (filtered) {
        warn(HookFinding::Kind::unfiltered, file, "is staged packed, though the filter is configured");
      }
    }
    return {};
  }

  void warn(HookFinding::Kind kind, const ChangedFile& file, std::string what) {
    m_findings.push_back({kind, HookFinding::Weight::warning, file.path, {}, std::move(what)});
  }

  const fs::path& m_folder;
  fs::path m_objects;
  std::optional<codec::SecretScan> m_scan;
  HookFinding::Weight m_weight;
  const Progress& m_progress;
  std::vector<HookFinding> m_findings;
};

}  // namespace

Result<config::Config> staged_config(const fs::path& folder) {
  const std::string path = fmt::format("{}/config.yaml", store::k_folder);
  QSNAP_ASSIGN(const std::optional<std::string> text, git::find_blob(folder, ":0:" + path));
  return text ? config::parse_config(*text, path) : Result<config::Config>{config::Config{}};
}

Result<report::HookView> check_staged(const HookCall& call, const Progress& progress) {
  report::HookView view;
  view.hook = call.hook;
  QSNAP_ASSIGN(std::vector<ChangedFile> files, staged_files(call.folder));
  std::erase_if(files, [](const ChangedFile& file) { return file.kind == ChangeKind::removed; });
  if (files.empty()) {
    return view;
  }
  QSNAP_ASSIGN(const config::Config config, staged_config(call.folder));
  QSNAP_ASSIGN(std::optional<codec::SecretScan> scan, secret_scan_of(config));
  QSNAP_ASSIGN(fs::path objects, objects_of(call.folder));
  StagedCheck check{call, std::move(objects), config, std::move(scan), progress};
  QSNAP_TRY(for_each_file(
      call.folder, files,
      [&](const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob) {
        return check.check(file, std::move(blob));
      },
      progress));
  view.checked = files.size();
  view.findings = check.take();
  view.advice = advice_on(view.findings);
  return view;
}

}  // namespace qsnap::app::hooks
