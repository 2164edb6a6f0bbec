// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <qsnap/base/result.hpp>
#include <qsnap/store/pending.hpp>

namespace qsnap::app {

/// Which of the entries the words name; each once, in the order of `entries`. A word is a name ("mail" is
/// test-cases/mail), a pattern with * ? or [ ("test-cases/mail-*"; '*' takes '/', too), or the end of one name alone
/// ("checkout/mail"). Without words: all. Errors with not_found for a word that nothing fits, and with `usage` for an
/// end that several names have.
Result<std::vector<store::PendingEntry>> choose_pending(std::vector<store::PendingEntry> entries,
                                                        const std::vector<std::string>& words);

}  // namespace qsnap::app
