// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <qsnap/app/blob_sources.hpp>
#include <qsnap/app/hooks/snapshot_check.hpp>
#include <qsnap/app/redaction.hpp>
#include <qsnap/app/setup/places.hpp>
#include <qsnap/base/ascii.hpp>
#include <qsnap/codec/check_container.hpp>
#include <qsnap/codec/json.hpp>
#include <qsnap/git/lfs_objects.hpp>
#include <qsnap/store/lfs_store.hpp>

namespace qsnap::app::hooks {

namespace {

using report::HookFinding;

/// Of one snapshot; more help nobody.
constexpr std::size_t k_most_findings = 10;

Soundness only(HookFinding finding) {
  return Soundness{{std::move(finding)}, std::nullopt};
}

HookFinding broken(const ChangedFile& file, std::string what) {
  return {HookFinding::Kind::broken, HookFinding::Weight::refused, file.path, {}, std::move(what)};
}

HookFinding how_many_more(const HookFinding& last, std::size_t more) {
  return {last.kind, last.weight, last.file, {}, fmt::format("and {} more of this kind", more)};
}

bool is_damage(ErrorCode code) {
  return code == ErrorCode::corrupt || code == ErrorCode::limit_exceeded;
}

Result<std::vector<std::string>> damaged_chunks(const codec::SnapshotReader& snapshot) {
  std::vector<std::string> damage;
  for (std::size_t i = 0; i < snapshot.chunks().size(); ++i) {
    const Result<std::string> raw = snapshot.raw_chunk(i);
    if (!raw && !is_damage(raw.error().code)) {
      return raw.error();
    }
    if (!raw) {
      damage.push_back(raw.error().message);
    }
  }
  return damage;
}

/// jobs[queue="bullmq:bull:mail"]: the record as a path in config.yaml names it.
std::string record_words(const model::Record& record, const codec::SecretScan& scan) {
  for (const std::string_view member : std::array{"key", "queue", "framework"}) {
    if (const auto json = record.fields.find(member)) {
      const std::string value = codec::json_to_bytes(*json).value_or(std::string{*json});
      return fmt::format("{}[{}=\"{}\"]", model::to_text(record.section), member, scan.shown(value));
    }
  }
  return std::string{model::to_text(record.section)};
}

/// ".items[12].token" as ".items[*].token": one place for all elements.
std::string without_indices(std::string_view path) {
  std::string out;
  for (std::size_t at = 0; at < path.size();) {
    const std::size_t end = path[at] == '[' ? path.find_first_not_of("0123456789", at + 1) : at;
    const bool index = end != std::string_view::npos && end > at + 1 && path[end] == ']';
    out += index ? std::string{"[*]"} : std::string{path[at]};
    at = index ? end + 1 : at + 1;
  }
  return out;
}

}  // namespace

Result<std::optional<codec::SecretScan>> secret_scan_of(const config::Config& config) {
  if (config.scan.secrets == config::SecretRule::ignore) {
    return std::optional<codec::SecretScan>{};
  }
  config::Redaction rules = config.redaction.value_or(config::Redaction{});
  if (!config.redaction) {  // addresses are what mail queues are full of: personal, but no key to anything
    std::erase(rules.rules.shapes, model::Shape::email);
  }
  // Nothing that it makes is kept.
  QSNAP_ASSIGN(codec::RedactionKey key, codec::RedactionKey::parse("git-qsnap looks, and replaces nothing"));
  codec::Redaction redaction{std::move(rules.rules), path_rules(std::move(rules.paths)), std::move(key)};
  return std::optional{codec::SecretScan{std::move(redaction), path_rules(config.scan.allow)}};
}

Result<void> for_each_file(const std::filesystem::path& folder, const std::vector<ChangedFile>& files,
                           const FileReader& reader, const Progress& progress) {
  std::vector<std::string> ids;
  std::vector<const ChangedFile*> owners;  // of each id
  for (const ChangedFile& file : files) {
    if (file.is_regular) {
      ids.push_back(file.after_id);
      owners.push_back(&file);
    } else {
      QSNAP_TRY(reader(file, nullptr));
    }
  }
  return for_each_blob(folder, ids, [&](std::size_t index, std::unique_ptr<codec::ByteSource> blob) -> Result<void> {
    QSNAP_TRY(progress.check());
    progress.report("checking", index, ids.size());
    return reader(*owners[index], std::move(blob));
  });
}

Result<std::filesystem::path> objects_of(const std::filesystem::path& folder) {
  QSNAP_ASSIGN(const setup::RepositoryPlaces places, setup::find_repository(folder));
  return git::lfs_objects_folder(folder, places.common_dir);
}

Result<Content> content_of(const ChangedFile& file, std::unique_ptr<codec::ByteSource> blob,
                           const std::filesystem::path& objects) {
  if (!blob || !file.is_regular) {
    return Content{std::move(blob), false};
  }
  const auto pointer = store::find_pointer(*blob);
  if (!pointer) {
    return Content{nullptr, true, broken(file, pointer.error().message)};
  }
  if (!*pointer) {
    return Content{std::move(blob), false};
  }
  QSNAP_ASSIGN(const store::ObjectState state, store::look_at_object(objects, **pointer, store::ObjectCheck::length));
  if (state != store::ObjectState::here) {
    HookFinding finding = broken(file, state == store::ObjectState::missing
                                           ? "could not be checked: its object of Git LFS is not in this clone"
                                           : "its object of Git LFS is damaged: git qsnap lfs fetch");
    finding.weight = HookFinding::Weight::warning;
    return Content{nullptr, true, std::move(finding)};
  }
  QSNAP_ASSIGN(auto object, codec::open_file_source(git::lfs_object_path(objects, (*pointer)->object_id)));
  return Content{std::move(object), true};
}

Result<Soundness> check_soundness(const ChangedFile& file, Content content, Depth depth) {
  if (!file.is_regular) {
    return only(broken(file, "is not a regular file, and git-qsnap follows no links"));
  }
  if (content.finding) {
    return only(*std::move(content.finding));
  }
  if (!content.bytes) {
    return only({HookFinding::Kind::broken,
                 HookFinding::Weight::warning,
                 file.path,
                 {},
                 "could not be checked: its content is not in this clone"});
  }
  Result<codec::SnapshotReader> snapshot = codec::SnapshotReader::open(std::move(content.bytes));
  if (!snapshot) {
    return only(broken(file, snapshot.error().message));
  }
  if (snapshot->has_conflicts()) {
    return only({HookFinding::Kind::conflicts,
                 HookFinding::Weight::refused,
                 file.path,
                 {},
                 "has conflicts that nobody has resolved"});
  }
  QSNAP_ASSIGN(const std::vector<std::string> damage,
               depth == Depth::everything ? codec::check_container(*snapshot) : damaged_chunks(*snapshot));
  Soundness soundness;
  for (const std::string& sentence : damage) {
    if (soundness.findings.size() == k_most_findings) {
      soundness.findings.push_back(how_many_more(soundness.findings.back(), damage.size() - k_most_findings));
      break;
    }
    soundness.findings.push_back(broken(file, sentence));
  }
  if (damage.empty()) {
    soundness.snapshot.emplace(*std::move(snapshot));
  }
  return soundness;
}

Result<std::vector<HookFinding>> find_secrets(const ChangedFile& file, const codec::SnapshotReader& snapshot,
                                              const codec::SecretScan& scan, HookFinding::Weight weight,
                                              const Progress& progress) {
  constexpr std::size_t k_most_places = 10'000;  // a hostile document has as many as it likes
  std::map<std::string, std::uint64_t> places;
  for (const std::string& member : scan.find(snapshot.metadata())) {
    places.emplace("metadata." + member, 1);
  }
  QSNAP_TRY(model::for_each_record(snapshot, [&](const model::Record& record) -> Result<void> {
    QSNAP_TRY(progress.check());
    QSNAP_ASSIGN(const std::vector<std::string> paths, scan.find(record));
    const std::string words = paths.empty() ? std::string{} : record_words(record, scan);
    for (const std::string& path : paths) {
      std::string place = words + without_indices(path);
      if (places.size() < k_most_places || places.count(place) > 0) {
        ++places[std::move(place)];
      }
    }
    return {};
  }));
  std::vector<HookFinding> findings;
  for (const auto& [place, times] : places) {
    if (findings.size() == k_most_findings) {
      findings.push_back(how_many_more(findings.back(), places.size() - k_most_findings));
      break;
    }
    const std::string often = times > 1 ? fmt::format(" ({} times)", times) : std::string{};
    findings.push_back({HookFinding::Kind::secret, weight, file.path, place, "looks like a secret" + often});
  }
  return findings;
}

}  // namespace qsnap::app::hooks
