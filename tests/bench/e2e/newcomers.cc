#include "tests/bench/e2e/newcomers.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/subject_service.pb.h"
#include "server/base/ids.h"
#include "server/base/status_macros.h"
#include "server/model/date.h"
#include "server/model/identifiers.h"
#include "server/model/text_file.h"

namespace ehc {
namespace {

constexpr uint64_t kSeed = 20261127;

}  // namespace

std::string SyntheticNhsNumber(int64_t nine_digits) {
  for (;; ++nine_digits) {
    const std::string digits = absl::StrCat(nine_digits);
    if (const char check = NhsCheckDigit(digits); check != 0) return digits + check;
  }
}

absl::StatusOr<std::shared_ptr<Newcomers>> Newcomers::Of(const std::string& policies) {
  EHC_ASSIGN_OR_RETURN(const auto names, LoadText<policy::v1::NameLore>(
                                             absl::StrCat(policies, "/matching/names.textproto")));
  return std::shared_ptr<Newcomers>(new Newcomers(names));
}

Newcomers::Newcomers(const policy::v1::NameLore& names) : population_(kSeed, names) {}

Demographics Newcomers::Next() {
  if (household_.children.empty()) household_ = population_.At(households_++);
  Demographics child = std::move(household_.children.back());
  household_.children.pop_back();
  return child;
}

std::string Newcomers::NextRegistration() {
  const Demographics child = Next();
  const std::string number = SyntheticNhsNumber(nine_digits_);
  nine_digits_ = std::stoll(number.substr(0, 9)) + 1;
  hub::v1::RegisterSubjectRequest request;
  request.set_request_id(NewUuid4());
  request.set_unit("send");
  hub::v1::PersonDetails& person = *request.mutable_person();
  person.set_given_names(child.given_names);
  person.set_family_name(child.family_name);
  person.set_date_of_birth(FormatDate(*child.birth));
  person.set_sex(child.sex == RecordedSex::kMale ? hub::v1::SEX_MALE : hub::v1::SEX_FEMALE);
  person.set_postcode(child.postcode);
  hub::v1::Identifier& identifier = *request.add_identifiers();
  identifier.set_type(hub::v1::IDENTIFIER_TYPE_NHS_NUMBER);
  identifier.set_value(number);
  identifier.set_verification_status(hub::v1::VERIFICATION_STATUS_VERIFIED);
  return request.SerializeAsString();
}

}  // namespace ehc
