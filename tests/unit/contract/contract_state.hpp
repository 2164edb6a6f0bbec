// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include <doctest/doctest.h>
#include <support/fake_records.hpp>

#include <qsnap/codec/json.hpp>
#include <qsnap/contract/check_contract.hpp>
#include <qsnap/frameworks/decode/decoding_payload_reader.hpp>

/// States of hand-written JSON lines, and contracts of hand-written YAML.
namespace qsnap::contract::testing {

struct State {
  std::vector<std::string> queues;
  std::vector<std::string> jobs;  ///< in document order
};

/// Members in any order.
inline model::Record record_of(model::Section section, const std::string& line) {
  model::Record record;
  record.section = section;
  auto members = codec::object_members(line);
  for (model::Field& field : *members) {
    if (field.name != "volatile") {
      record.fields.set(field.name, std::move(field.json));
      continue;
    }
    auto volatiles = codec::object_members(field.json);
    for (model::Field& inner : *volatiles) {
      record.volatiles.set(inner.name, std::move(inner.json));
    }
  }
  return record;
}

inline test::FakeRecords records_of(const State& state) {
  std::vector<model::Record> records;
  for (const std::string& line : state.queues) {
    records.push_back(record_of(model::Section::queues, line));
  }
  for (const std::string& line : state.jobs) {
    records.push_back(record_of(model::Section::jobs, line));
  }
  return test::FakeRecords{std::move(records)};
}

inline Result<ContractReport> checked(const State& state, const std::string& yaml) {
  QSNAP_ASSIGN(config::Contract contract, config::parse_contract("version: 1\ncontract:\n" + yaml, "c.yaml"));
  const frameworks::decode::DecodingPayloadReader payloads;
  return check_contract(records_of(state), {std::move(contract)}, payloads, {});
}

/// What becomes of one entry, written without its name.
inline Finding finding(const State& state, const std::string& entry) {
  const auto report = checked(state, "  - {name: n, " + entry + "}\n");
  if (!report) {
    FAIL(report.error().message);
  }
  return report->findings.front();
}

inline std::string queue(const std::string& id) {
  return R"({"framework":"bullmq","queue":")" + id + R"("})";
}

/// `members` go on behind queue and state: `,"name":"email"`.
inline std::string job(const std::string& queue, const std::string& state, const std::string& members = {}) {
  return R"({"queue":")" + queue + R"(","state":")" + state + '"' + members + "}";
}

}  // namespace qsnap::contract::testing
