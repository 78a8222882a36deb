// Names of the things the hub speaks about. Distinct types, so that an agency never stands where a
// unit or a purpose belongs.
//
//   AgencyId   "bromley": the last segment of agencies/bromley; chosen once, never reused
//   UnitId     "send": a unit inside one agency (domain: units inside an authority)
//   SubjectId  the hub's own number of a child; never leaves the hub (see SubjectNames for what
//   does) RecordId   the hub's own number of a record; versions count from 1
#ifndef EHC_SERVER_MODEL_NAMES_H_
#define EHC_SERVER_MODEL_NAMES_H_

#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace ehc {

template <typename Tag>
class Name {
 public:
  Name() = default;
  explicit Name(std::string value) : value_(std::move(value)) {}
  explicit Name(absl::string_view value) : value_(value) {}
  explicit Name(const char* value) : value_(value) {}

  const std::string& value() const { return value_; }
  bool empty() const { return value_.empty(); }

  friend bool operator==(const Name& a, const Name& b) { return a.value_ == b.value_; }
  friend bool operator!=(const Name& a, const Name& b) { return a.value_ != b.value_; }
  friend bool operator<(const Name& a, const Name& b) { return a.value_ < b.value_; }
  template <typename H>
  friend H AbslHashValue(H h, const Name& name) {
    return H::combine(std::move(h), name.value_);
  }

 private:
  std::string value_;
};

using AgencyId = Name<struct AgencyTag>;
using UnitId = Name<struct UnitTag>;
using AgreementId = Name<struct AgreementTag>;

template <typename Tag>
struct Number {
  int64_t value = 0;

  bool known() const { return value != 0; }
  friend bool operator==(Number a, Number b) { return a.value == b.value; }
  friend bool operator!=(Number a, Number b) { return a.value != b.value; }
  friend bool operator<(Number a, Number b) { return a.value < b.value; }
  template <typename H>
  friend H AbslHashValue(H h, Number number) {
    return H::combine(std::move(h), number.value);
  }
};

// 0 is nobody: what an unknown identifier resolves to, so that the path is the same for all.
using SubjectId = Number<struct SubjectTag>;
using RecordId = Number<struct RecordTag>;

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_NAMES_H_
