#include "server/services/match.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "server/pipeline/match_feed.h"

namespace ehc {
namespace {

Demographics ReadDescription(const hub::v1::PersonSought& person) {
  hub::v1::PersonDetails details;
  details.set_given_names(person.given_names());
  details.set_family_name(person.family_name());
  details.set_sex(person.sex());
  details.set_postcode(person.postcode());
  if (person.has_expected_date_of_birth()) {
    details.set_expected_date_of_birth(person.expected_date_of_birth());
  } else {
    details.set_date_of_birth(person.date_of_birth());
  }
  return DemographicsOf(details);
}

// What was asked, for the entry: sealed there as an identifier would be.
std::string Worded(const Demographics& person) {
  return absl::StrCat("described as ", person.given_names, "|", person.family_name, "|",
                      person.birth_expected ? "~" : "",
                      person.birth.has_value() ? FormatDate(*person.birth) : "", "|",
                      person.postcode);
}

}  // namespace

absl::StatusOr<Ask> MatchAsk(const Desks& desks, const MatchIndex& matches,
                             const hub::v1::MatchSubjectRequest& request) {
  Ask ask;
  ask.method = "MatchSubject";
  ask.request.disclosure = DisclosureKind::kExistence;
  ask.request.custodian = ReadAgency(request.custodian());
  ask.request.custodian_unit = UnitId(request.custodian_unit());
  ask.request.record_type = request.record_type();
  ReadContext(request.context(), ask.request);
  const Demographics described = ReadDescription(request.person());
  const absl::StatusOr<MatchResult> result =
      matches.Find({described, ask.request.custodian, {}, LondonDate(desks.rooms.clock.Now())});
  if (!result.ok()) return FieldInvalid(absl::StrCat("person.", result.status().message()));
  ask.subject.subject = result->unique;
  ask.justification = Worded(described);
  return ask;
}

void ShapeMatch(const Audited<Record>& audited, const Rooms& rooms,
                hub::v1::MatchSubjectResponse& response) {
  response.set_subject(audited.file().searcher_subject);
  FillDisclosure(audited, rooms, *response.mutable_disclosure());
}

}  // namespace ehc
