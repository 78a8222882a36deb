// What somebody says of a person: as written, not yet compared with anything. Personal data, all of
// it.
#ifndef EHC_SERVER_MODEL_DEMOGRAPHICS_H_
#define EHC_SERVER_MODEL_DEMOGRAPHICS_H_

#include <optional>
#include <string>

#include "server/model/date.h"

namespace ehc {

enum class RecordedSex : uint8_t { kUnknown, kMale, kFemale };

struct Demographics {
  std::string given_names;
  std::string family_name;
  std::optional<Date> birth;
  bool birth_expected = false;  // of an unborn child: the day is the expected one
  RecordedSex sex = RecordedSex::kUnknown;
  std::string postcode;  // empty: not known, or not to be compared
};

}  // namespace ehc

#endif  // EHC_SERVER_MODEL_DEMOGRAPHICS_H_
