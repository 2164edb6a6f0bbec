// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <qsnap/base/error.hpp>
#include <qsnap/frameworks/layout/string_job.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;

constexpr std::string_view k_payload = "payload";

class StringJob final : public JobFormat {
 public:
  explicit StringJob(StringJobSpec spec) : m_spec(std::move(spec)) {}

  bool describe(const JobContext& /*job*/, const ItemBlock& body, Record& record) const override {
    if (body.size() != 1) {
      return false;
    }
    auto payload = m_spec.split ? m_spec.split(body[0], record) : std::optional{std::string{body[0]}};
    if (payload) {
      describe_embedded(k_payload, *payload, record.fields, m_spec.codec, m_spec.codec_of);
    }
    return payload.has_value();
  }

  Result<ItemBlock> body(const JobContext& /*job*/, const Record& record) const override {
    const auto json = record.fields.find(k_payload);
    if (!json) {
      return make_error(ErrorCode::corrupt, "a job has no payload");
    }
    QSNAP_ASSIGN(std::string bytes, embedded_bytes(k_payload, *json, record.fields));
    if (m_spec.join) {
      QSNAP_ASSIGN(bytes, m_spec.join(bytes, record));
    }
    ItemBlock items;
    items.push(bytes);
    return items;
  }

 private:
  StringJobSpec m_spec;
};

}  // namespace

std::shared_ptr<const JobFormat> make_string_job(StringJobSpec spec) {
  return std::make_shared<StringJob>(std::move(spec));
}

}  // namespace qsnap::frameworks::layout
