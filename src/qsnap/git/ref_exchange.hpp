// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <qsnap/base/result.hpp>

/// Refs that are exchanged with a remote that the user named: the one place where git-qsnap lets git run what it needs
/// for that (transports as ssh, credential helpers, proxies; hooks stay off).
namespace qsnap::git {

struct RemoteRef {
  std::string ref;
  std::string commit;
};

/// The refs of a remote below `prefix` ("refs/qsnap/history/"), sorted. `remote` is a name or a URL. Errors with `git`,
/// and git's own words.
Result<std::vector<RemoteRef>> remote_refs(const std::filesystem::path& folder, const std::string& remote,
                                           const std::string& prefix);

/// Brings a ref and its objects here, under another name, whatever that was before. Nothing else is fetched.
Result<void> fetch_ref(const std::filesystem::path& folder, const std::string& remote, const std::string& ref,
                       const std::string& local_ref);

/// The same into another repository, which is bare and knows nothing of remotes: `remote` means what it means in the
/// repository of `folder`, whose configuration is `config`. No history; both refs may end with '*'.
Result<void> fetch_refs_into(const std::filesystem::path& bare, const std::filesystem::path& folder,
                             const std::filesystem::path& config, const std::string& remote, const std::string& ref,
                             const std::string& local_ref);

enum class PushOutcome : std::uint8_t { pushed, moved_meanwhile };
/// Moves the remote's ref to a commit of ours if it is still at `seen` (absent: there was none): nothing that somebody
/// else pushed is lost. A remote that wants fast-forwards alone is an error that says so.
Result<PushOutcome> push_ref(const std::filesystem::path& folder, const std::string& remote, const std::string& ref,
                             const std::string& commit, const std::optional<std::string>& seen);

/// What may be shown of a remote's URL: no password, and over HTTP, where tokens stand as user names, no user either.
[[nodiscard]] std::string without_credentials(std::string_view url);

/// The names of the remotes that are configured.
Result<std::vector<std::string>> remotes(const std::filesystem::path& folder);

}  // namespace qsnap::git
