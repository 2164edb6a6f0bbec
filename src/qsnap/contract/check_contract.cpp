// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include <qsnap/contract/check_contract.hpp>
#include <qsnap/contract/invariant_check.hpp>
#include <qsnap/model/meaning.hpp>

namespace qsnap::contract {

namespace {

using model::Record;
using model::Section;

std::string plain(const model::PayloadReader& payloads, std::optional<std::string_view> json) {
  auto bytes = json ? payloads.bytes(*json) : std::nullopt;
  return bytes ? *std::move(bytes) : std::string{json.value_or("")};
}

/// Leads the jobs past the invariants: asks each of them once for each place, then those alone that care.
class Inspection {
 public:
  Inspection(std::vector<std::unique_ptr<InvariantCheck>>& checks, const model::PayloadReader& payloads)
      : m_checks(checks), m_payloads(payloads), m_job(payloads) {}

  void see_queue(const Record& record) {
    const std::string queue = plain(m_payloads, record.fields.find("queue"));
    for (const auto& check : m_checks) {
      check->see_queue(queue);
    }
  }

  Result<void> see_job(const Record& record) {
    enter_place(record);
    ++m_position;
    if (m_caring.empty() || !model::has_body(record)) {
      return {};
    }
    m_job.enter(record, *m_place, m_position);
    for (InvariantCheck* check : m_caring) {
      QSNAP_TRY(check->see(m_job));
    }
    return {};
  }

 private:
  void enter_place(const Record& record) {
    const std::string_view queue = record.fields.find("queue").value_or("");
    const std::string_view state = record.fields.find("state").value_or("");
    if (m_place && queue == m_queue_json && state == m_state_json) {
      return;
    }
    if (queue != m_queue_json) {
      see_queue(record);  // damage may have left jobs without the record of their queue
    }
    m_queue_json = queue;
    m_state_json = state;
    m_position = 0;
    auto place = std::make_unique<Place>(Place{plain(m_payloads, queue), plain(m_payloads, state)});
    m_caring.clear();
    for (const auto& check : m_checks) {
      if (check->enter(*place)) {
        m_caring.push_back(check.get());
      }
    }
    m_place = std::move(place);  // checks may look at the old one until now
  }

  std::vector<std::unique_ptr<InvariantCheck>>& m_checks;
  const model::PayloadReader& m_payloads;
  Job m_job;
  std::unique_ptr<Place> m_place;
  std::string m_queue_json;
  std::string m_state_json;
  std::uint64_t m_position = 0;
  std::vector<InvariantCheck*> m_caring;
};

Result<void> inspect(const model::RecordSource& state, Inspection& inspection, const Progress& progress) {
  constexpr std::uint64_t k_step = 1024;
  const std::uint64_t total = model::count_records(state, Section::jobs);
  std::uint64_t done = 0;
  QSNAP_TRY(model::for_each_record(state, Section::queues, [&](const Record& record) -> Result<void> {
    inspection.see_queue(record);
    return {};
  }));
  return model::for_each_record(state, Section::jobs, [&](const Record& record) -> Result<void> {
    if (++done % k_step == 0) {
      progress.report("checking the contract", done, total);
      QSNAP_TRY(progress.check());
    }
    return inspection.see_job(record);
  });
}

}  // namespace

std::unique_ptr<InvariantCheck> make_check(const config::Invariant& invariant, const model::PayloadReader& payloads,
                                           ValueBudget& budget) {
  if (const auto* unique = std::get_if<config::UniqueInvariant>(&invariant.rule)) {
    return make_check(*unique, payloads, budget);
  }
  if (const auto* order = std::get_if<config::OrderInvariant>(&invariant.rule)) {
    return make_check(*order, payloads);
  }
  if (const auto* each = std::get_if<config::EachInvariant>(&invariant.rule)) {
    return make_check(*each, payloads);
  }
  return make_check(std::get<config::CountInvariant>(invariant.rule), payloads);
}

std::string bounds_words(const config::Bounds& bounds) {
  if (bounds.equals) {
    return bounds.equals->text;
  }
  if (bounds.at_least && bounds.at_most) {
    return fmt::format("{} to {}", bounds.at_least->text, bounds.at_most->text);
  }
  return bounds.at_least ? fmt::format("at least {}", bounds.at_least->text)
                         : fmt::format("at most {}", bounds.at_most->text);
}

bool is_within(const config::Bounds& bounds, const Decimal& value) {
  return (!bounds.equals || value == bounds.equals->value) && (!bounds.at_least || value >= bounds.at_least->value) &&
         (!bounds.at_most || value <= bounds.at_most->value);
}

void conclude_vacuous(Finding& finding, std::string_view why) {
  if (!why.empty()) {
    finding.vacuous = true;
    finding.found = why;
  }
}

bool ContractReport::holds() const {
  return std::all_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.holds; });
}

Result<ContractReport> check_contract(const model::RecordSource& state, const std::vector<config::Contract>& contracts,
                                      const model::PayloadReader& payloads, const Progress& progress) {
  ContractReport report;
  ValueBudget budget;
  std::vector<std::unique_ptr<InvariantCheck>> checks;
  for (const config::Contract& contract : contracts) {
    for (const config::Invariant& invariant : contract.invariants) {
      checks.push_back(make_check(invariant, payloads, budget));
      Finding& finding = report.findings.emplace_back();
      finding.invariant = invariant.name;
      finding.file = contract.file;
      finding.line = invariant.line;
    }
  }
  Inspection inspection{checks, payloads};
  QSNAP_TRY(inspect(state, inspection, progress));
  for (std::size_t i = 0; i < checks.size(); ++i) {
    checks[i]->conclude(report.findings[i]);
  }
  return report;
}

}  // namespace qsnap::contract
