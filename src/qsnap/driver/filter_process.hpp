// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>

#include <qsnap/base/result.hpp>

namespace qsnap::driver {

/// Git's long-running filter protocol, version 2 (gitattributes(5), "Long Running Filter Process"), with the
/// capability `clean` alone: any number of files, until Git closes the input. Each is answered with `success` and
/// what Git shall keep. A file over k_most_cleaned_bytes is read and answered with `error`, the protocol's word for
/// "does not want to process the content": Git then takes the file's own bytes and says nothing. (Git reads no answer
/// before it has sent everything, so there is no way to hand such a file back but to hold it.) `folder` is where git is
/// asked about the index; empty: here. An error ends the process; Git takes the file's own bytes then, too.
Result<void> filter_process(std::FILE* in, std::FILE* out, const std::filesystem::path& folder);

}  // namespace qsnap::driver
