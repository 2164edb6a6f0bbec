// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include <qsnap/config/path_pattern.hpp>
#include <qsnap/model/redaction.hpp>

namespace qsnap::config {

/// The section redact: of config.yaml; also what --redact means where there is none.
struct Redaction {
  model::RedactionRules rules = model::default_redaction();
  std::vector<PathPattern> paths;
};

}  // namespace qsnap::config
