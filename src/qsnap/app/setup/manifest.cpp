// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include <fmt/format.h>

#include <qsnap/app/setup/manifest.hpp>
#include <qsnap/base/atomic_file.hpp>
#include <qsnap/base/json_writer.hpp>
#include <qsnap/base/limits.hpp>
#include <qsnap/base/text.hpp>
#include <qsnap/codec/digest.hpp>
#include <qsnap/codec/json.hpp>

namespace qsnap::app::setup {

namespace {

constexpr std::string_view k_version_member = "qsnap_install";
constexpr std::string_view k_version = "1";

Error damaged(std::string_view what) {
  return make_error(ErrorCode::corrupt, fmt::format("the manifest of the installation is damaged: {}", what));
}

class Members {
 public:
  static Result<Members> of(std::string_view json) {
    QSNAP_ASSIGN(std::vector<model::Field> members, codec::object_members(json));
    return Members{std::move(members)};
  }

  [[nodiscard]] std::string_view json(std::string_view name) const {
    const auto found = std::find_if(m_members.begin(), m_members.end(),
                                    [&](const model::Field& member) { return member.name == name; });
    return found == m_members.end() ? std::string_view{} : std::string_view{found->json};
  }

  [[nodiscard]] Result<std::string> bytes(std::string_view name) const {
    std::optional<std::string> value = codec::json_to_bytes(json(name));
    return value ? Result<std::string>{*std::move(value)} : Result<std::string>{damaged(name)};
  }

  [[nodiscard]] Result<std::vector<std::string>> elements(std::string_view name) const {
    return codec::array_elements(json(name));
  }

 private:
  explicit Members(std::vector<model::Field> members) : m_members(std::move(members)) {}
  std::vector<model::Field> m_members;
};

Result<ManifestFile> parse_file(std::string_view json) {
  QSNAP_ASSIGN(const Members members, Members::of(json));
  QSNAP_ASSIGN(const std::string role_word, members.bytes("file"));
  const std::optional<FileRole> role = parse_file_role(role_word);
  if (!role) {
    return damaged("file");
  }
  ManifestFile file;
  file.role = *role;
  QSNAP_ASSIGN(file.work_tree, members.bytes("work_tree"));
  QSNAP_ASSIGN(file.piece, members.bytes("piece"));
  if (members.json("before_sha256") != "null") {
    QSNAP_ASSIGN(file.before_sha256, members.bytes("before_sha256"));
  }
  QSNAP_ASSIGN(const std::string digest, members.bytes("sha256"));
  if (digest != to_hex(codec::sha256(file.piece))) {
    return damaged("sha256");
  }
  return file;
}

Result<ManifestHook> parse_hook(std::string_view json) {
  QSNAP_ASSIGN(const Members members, Members::of(json));
  ManifestHook hook;
  QSNAP_ASSIGN(hook.hook, members.bytes("hook"));
  QSNAP_ASSIGN(hook.sha256, members.bytes("sha256"));
  return hook;
}

}  // namespace

const ManifestFile* Manifest::find(FileRole role, std::string_view work_tree) const {
  const auto found = std::find_if(files.begin(), files.end(), [&](const ManifestFile& file) {
    return file.role == role && (role != FileRole::work_tree_attributes || file.work_tree == work_tree);
  });
  return found == files.end() ? nullptr : &*found;
}

void Manifest::set(ManifestFile file) {
  std::erase_if(
      files, [&](const ManifestFile& other) { return other.role == file.role && other.work_tree == file.work_tree; });
  files.push_back(std::move(file));
}

std::string manifest_json(const Manifest& manifest) {
  JsonWriter json;
  json.begin_object().key(k_version_member).raw(k_version).key("files").begin_array();
  for (const ManifestFile& file : manifest.files) {
    json.begin_object().key("file").bytes(to_text(file.role)).key("work_tree").bytes(file.work_tree);
    json.key("before_sha256");
    file.before_sha256 ? json.bytes(*file.before_sha256) : json.null();
    json.key("sha256").bytes(to_hex(codec::sha256(file.piece))).key("piece").bytes(file.piece).end_object();
  }
  json.end_array().key("folders").begin_array();
  for (const std::string& folder : manifest.folders) {
    json.bytes(folder);
  }
  json.end_array().key("hooks").begin_array();
  for (const ManifestHook& hook : manifest.hooks) {
    json.begin_object().key("hook").bytes(hook.hook).key("sha256").bytes(hook.sha256).end_object();
  }
  json.end_array().end_object();
  return json.take() + '\n';
}

Result<Manifest> parse_manifest(std::string_view json) {
  QSNAP_ASSIGN(const Members members, Members::of(json));
  if (members.json(k_version_member) != k_version) {
    return members.json(k_version_member).empty()
               ? damaged("no version")
               : make_error(ErrorCode::unsupported_version, "a later git-qsnap has installed this",
                            {"use that one to uninstall"});
  }
  Manifest manifest;
  QSNAP_ASSIGN(const std::vector<std::string> files, members.elements("files"));
  for (const std::string& element : files) {
    QSNAP_ASSIGN(ManifestFile file, parse_file(element));
    manifest.files.push_back(std::move(file));
  }
  QSNAP_ASSIGN(const std::vector<std::string> folders, members.elements("folders"));
  for (const std::string& element : folders) {
    const std::optional<std::string> folder = codec::json_to_bytes(element);
    if (!folder) {
      return damaged("folders");
    }
    manifest.folders.push_back(*folder);
  }
  QSNAP_ASSIGN(const std::vector<std::string> hooks, members.elements("hooks"));
  for (const std::string& element : hooks) {
    QSNAP_ASSIGN(ManifestHook hook, parse_hook(element));
    manifest.hooks.push_back(std::move(hook));
  }
  return manifest;
}

Result<std::optional<Manifest>> read_manifest(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::symlink_status(path, ignored).type() == std::filesystem::file_type::not_found) {
    return std::optional<Manifest>{};
  }
  QSNAP_ASSIGN(const std::string json, read_file(path, limits::k_config_bytes));
  Result<Manifest> manifest = parse_manifest(json);
  if (!manifest) {
    return with_context(std::move(manifest).error(), path.native());
  }
  return std::optional{*std::move(manifest)};
}

}  // namespace qsnap::app::setup
