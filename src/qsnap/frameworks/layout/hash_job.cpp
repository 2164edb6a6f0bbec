// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include <qsnap/frameworks/layout/hash_job.hpp>

namespace qsnap::frameworks::layout {

namespace {

using model::ItemBlock;
using model::Record;

class HashJob final : public JobFormat {
 public:
  explicit HashJob(HashJobSpec spec) : m_spec(std::move(spec)) {}

  bool describe(const JobContext& /*job*/, const ItemBlock& body, Record& record) const override {
    const bool complete = std::all_of(m_spec.required.begin(), m_spec.required.end(),
                                      [&](std::string_view name) { return find_field(body, name).has_value(); });
    if (!complete) {
      return false;
    }
    LeftoverFields leftovers;
    for (std::size_t i = 0; i + 1 < body.size(); i += 2) {
      const HashField* const field = find_line(body[i]);
      if (field == nullptr || !describe_field(*field, body[i + 1], record)) {
        leftovers.add(body[i], body[i + 1]);
      }
    }
    leftovers.describe(record);
    return true;
  }

  Result<ItemBlock> body(const JobContext& /*job*/, const Record& record) const override {
    HashBuilder hash;
    QSNAP_TRY(hash.add_table(m_spec.fields, record));
    QSNAP_TRY(hash.add_leftovers(record));
    return hash.take();
  }

 private:
  [[nodiscard]] const HashField* find_line(std::string_view name) const {
    const auto at = std::find_if(m_spec.fields.begin(), m_spec.fields.end(),
                                 [&](const HashField& field) { return field.field == name; });
    return at == m_spec.fields.end() ? nullptr : &*at;
  }

  HashJobSpec m_spec;
};

}  // namespace

std::shared_ptr<const JobFormat> make_hash_job(HashJobSpec spec) {
  return std::make_shared<HashJob>(std::move(spec));
}

}  // namespace qsnap::frameworks::layout
