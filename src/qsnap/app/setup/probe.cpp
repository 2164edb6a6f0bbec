// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <qsnap/app/setup/fragments.hpp>
#include <qsnap/app/setup/look.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/private_folder.hpp>
#include <qsnap/codec/byte_source.hpp>
#include <qsnap/codec/snapshot_writer.hpp>
#include <qsnap/git/git_command.hpp>

namespace qsnap::app::setup {

namespace {

namespace fs = std::filesystem;
using report::CheckState;
using report::SetupCheck;

constexpr std::string_view k_snapshot = ".queue-snapshots/test-cases/probe.qsnap";

/// A snapshot of one job, as `save` writes it.
Result<std::string> small_snapshot(std::string_view state) {
  std::string bytes;
  const codec::ByteSink sink = [&](std::string_view piece) {
    bytes += piece;
    return Result<void>{};
  };
  model::Metadata metadata;
  metadata.captured_at = instant_from_ms(1'763'632'800'000);
  QSNAP_ASSIGN(auto writer, codec::SnapshotWriter::begin(metadata, codec::Encoding::packed, sink));
  model::Record job;
  job.section = model::Section::jobs;
  job.fields.set("queue", json_bytes("bullmq:bull:probe"));
  job.fields.set("state", json_bytes(state));
  job.fields.set("name", json_bytes("try"));
  job.fields.set("payload", "{}");
  job.fields.set("enc", json_bytes("json"));
  job.volatiles.set("id", json_bytes("1"));
  QSNAP_TRY(writer.add(job));
  QSNAP_TRY(writer.finish());
  return bytes;
}

/// A repository with our fragment and our attributes, and nothing of anybody else's.
class ProbeRepository {
 public:
  static Result<ProbeRepository> make(const fs::path& folder) {
    ProbeRepository repository{folder};
    QSNAP_TRY(repository.git({"init", "--quiet", "--template=", "--initial-branch=main", "."}));
    const std::string config = fmt::format(
        "{}[user]\n\tname = probe\n\temail = probe@example.invalid\n[commit]\n\tgpgsign = false\n[gc]\n\tauto = 0\n",
        include_section("qsnap.gitconfig"));
    QSNAP_ASSIGN(const std::string made, read_file(folder / ".git" / "config", limits::k_mib));
    QSNAP_TRY(write_file_atomically(folder / ".git" / "config", made + config));
    QSNAP_TRY(write_file_atomically(folder / ".git" / "qsnap.gitconfig", config_fragment()));
    QSNAP_TRY(write_file_atomically(folder / ".gitattributes", attribute_block()));
    std::error_code failed;
    fs::create_directories((folder / k_snapshot).parent_path(), failed);
    return failed ? Result<ProbeRepository>{file_error("make a folder in", folder, failed.value())}
                  : Result<ProbeRepository>{std::move(repository)};
  }

  /// What git printed; an error unless it succeeds.
  [[nodiscard]] Result<std::string> git(std::vector<std::string> arguments) const {
    return git::git_output(command(std::move(arguments)));
  }
  [[nodiscard]] Result<git::GitAnswer> try_git(std::vector<std::string> arguments) const {
    return git::run_git(command(std::move(arguments)));
  }

  Result<void> commit(std::string_view state) const {
    QSNAP_ASSIGN(const std::string bytes, small_snapshot(state));
    QSNAP_TRY(write_file_atomically(m_folder / k_snapshot, bytes));
    QSNAP_TRY(git({"add", "--all"}));
    QSNAP_TRY(git({"commit", "--quiet", "-m", std::string{state}}));
    return {};
  }

  [[nodiscard]] Result<std::string> snapshot() const { return read_file(m_folder / k_snapshot, limits::k_mib); }

 private:
  explicit ProbeRepository(fs::path folder) : m_folder(std::move(folder)) {}
  [[nodiscard]] git::GitCommand command(std::vector<std::string> arguments) const {
    return {m_folder, std::move(arguments), {}, limits::k_mib, git::GitEnvironment::hermetic};
  }

  fs::path m_folder;
};

SetupCheck verdict(std::string_view id, bool good, std::string_view yes, std::string_view no) {
  return {std::string{id}, good ? CheckState::good : CheckState::bad, std::string{good ? yes : no}, {}};
}

Result<SetupCheck> probe_filter(const ProbeRepository& repository) {
  QSNAP_ASSIGN(std::string blob, repository.git({"cat-file", "blob", fmt::format("HEAD:{}", k_snapshot)}));
  const auto reader = codec::SnapshotReader::open(codec::memory_source(std::move(blob)));
  QSNAP_ASSIGN(const std::string changes, repository.git({"status", "--porcelain"}));
  const bool stored = reader && reader->encoding() == codec::Encoding::stored && changes.empty();
  return verdict("probe-filter", stored, "git add kept a snapshot in its stored form, and git status is clean",
                 "git add did not keep a snapshot in its stored form");
}

Result<SetupCheck> probe_diff(const ProbeRepository& repository) {
  QSNAP_ASSIGN(const git::GitAnswer diff,
               repository.try_git({"diff", "--no-ext-diff", "--textconv", "HEAD~1", "HEAD"}));
  const bool readable = diff.exit_code == 0 && diff.output.find("probe") != std::string::npos &&
                        diff.output.find("\n+") != std::string::npos &&
                        diff.output.find("Binary files") == std::string::npos;
  return verdict("probe-diff", readable, "git diff showed the change of a job as text",
                 fmt::format("git diff did not show a snapshot as text (exit {}): {}", diff.exit_code, diff.errors));
}

/// Both sides have changed the same job. Whether that is a conflict is the driver's business: that it is asked, that
/// git does what it answers, and that what lies there afterwards is a snapshot is what counts.
Result<SetupCheck> probe_merge(const ProbeRepository& repository) {
  QSNAP_TRY(repository.git({"checkout", "--quiet", "-b", "theirs", "HEAD~1"}));
  QSNAP_TRY(repository.commit("delayed"));
  QSNAP_TRY(repository.git({"checkout", "--quiet", "main"}));
  QSNAP_ASSIGN(const git::GitAnswer merge, repository.try_git({"merge", "--quiet", "--no-edit", "theirs"}));
  const std::string said = merge.output + merge.errors;
  QSNAP_ASSIGN(const std::string stages, repository.git({"ls-files", "--unmerged"}));
  QSNAP_ASSIGN(std::string bytes, repository.snapshot());
  const bool asked =
      said.find("Cannot merge binary files") == std::string::npos && said.find("not found") == std::string::npos;
  const bool consistent = merge.exit_code == 0 ? stages.empty() : merge.exit_code == 1 && !stages.empty();
  const bool readable = codec::SnapshotReader::open(codec::memory_source(std::move(bytes))).has_value();
  return verdict("probe-merge", asked && consistent && readable,
                 merge.exit_code == 0
                     ? "git merge of two changes of one job was merged by the driver"
                     : "git merge asked the driver about two changes of one job, and took its conflict",
                 fmt::format("git merge did not go through the driver (exit {}): {}", merge.exit_code, said));
}

Result<Checks> probe_in(const fs::path& folder) {
  QSNAP_ASSIGN(const ProbeRepository repository, ProbeRepository::make(folder));
  QSNAP_TRY(repository.commit("waiting"));
  QSNAP_TRY(repository.commit("failed"));
  QSNAP_ASSIGN(SetupCheck filter, probe_filter(repository));
  QSNAP_ASSIGN(SetupCheck diff, probe_diff(repository));
  QSNAP_ASSIGN(SetupCheck merge, probe_merge(repository));
  return Checks{std::move(filter), std::move(diff), std::move(merge)};
}

bool is_inside(const fs::path& path, const fs::path& folder) {
  return path.native().starts_with(folder.native() + '/');
}

}  // namespace

Result<Checks> probe(const RepositoryPlaces& repository) {
  QSNAP_ASSIGN(const PrivateFolder scratch, PrivateFolder::create("qsnap-probe"));
  std::error_code ignored;
  const fs::path place = fs::canonical(scratch.path(), ignored);
  if ((repository.work_tree && is_inside(place, *repository.work_tree)) || is_inside(place, repository.common_dir)) {
    return make_error(ErrorCode::refused,
                      fmt::format("the scratch folder {} is inside of the repository", place.native()),
                      {"set TMPDIR to another folder"});
  }
  Result<Checks> checks = probe_in(place);
  if (!checks) {
    return Checks{
        {"probe", CheckState::bad, fmt::format("the trial did not get that far: {}", checks.error().message), {}}};
  }
  return checks;
}

}  // namespace qsnap::app::setup
