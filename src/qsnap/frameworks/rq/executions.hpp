// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include <qsnap/frameworks/layout/layout.hpp>

/// What RQ 2 keeps of a job that is being worked on. An element of rq:wip:<queue> is "<id>:<execution>"; of RQ 1,
/// "<id>".
namespace qsnap::frameworks::rq {

/// The id inside an element.
[[nodiscard]] std::string_view id_of_element(std::string_view element);

/// The hash rq:execution:<id>:<execution>, and the sorted set rq:executions:<id> that names it. Only started jobs have
/// them: a record that is requeued has no use for its members `execution_…`.
[[nodiscard]] std::vector<std::shared_ptr<const layout::Satellite>> make_executions();

}  // namespace qsnap::frameworks::rq
