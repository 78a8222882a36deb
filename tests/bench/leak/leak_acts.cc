// The calls that are timed, each by somebody who may not know of the child.
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ehchub/subscription_client.h"
#include "server/base/status_macros.h"
#include "tests/bench/leak/leak_bench.h"

namespace ehc {
namespace {

template <typename Req>
Req About(int serial, const char* purpose, const char* basis, const char* agreement) {
  Req request;
  request.set_subject(SubjectOf(serial));
  request.mutable_context()->set_purpose(purpose);
  request.mutable_context()->set_lawful_basis(basis);
  request.mutable_context()->set_agreement(absl::StrCat("agreements/", agreement));
  return request;
}

template <typename Req>
Req AtSchool(int serial) {
  return About<Req>(serial, "SCHOOL_SUPPORT", "ART6_1_E", "bromley-schools");
}

v1::CreateRecordRequestRequest RequestAbout(int serial) {
  v1::CreateRecordRequestRequest request;
  v1::RecordRequest& asked = *request.mutable_record_request();
  asked.set_subject(SubjectOf(serial));
  asked.set_record_type("EHC_PLAN");
  asked.add_parts("B_HEADLINE");
  asked.mutable_context()->set_purpose("POLICE_LIAISON");
  asked.mutable_context()->set_lawful_basis("DPA_PART3");
  asked.mutable_context()->set_agreement("agreements/bromley-northshire-police");
  asked.set_reason("an officer asks");
  request.set_validate_only(true);
  return request;
}

v1::CreateSubscriptionRequest SubscriptionTo(int serial) {
  v1::CreateSubscriptionRequest request;
  v1::Subscription& wanted = *request.mutable_subscription();
  wanted.add_record_types("EHC_PLAN");
  wanted.mutable_context()->set_purpose("STATUTORY_COPY");
  wanted.mutable_context()->set_lawful_basis("ART6_1_C");
  wanted.mutable_context()->set_agreement("agreements/bromley-schools");
  request.add_subjects(SubjectOf(serial));
  request.set_validate_only(true);
  return request;
}

constexpr char kPostcode[] = "BR1 3UH";

// One name to a child, in letters, far from every other.
std::string FamilyNameOf(int serial) {
  std::string name = "Q";
  for (unsigned rest = static_cast<unsigned>(serial) * 2654435761u; rest > 0; rest /= 26) {
    name += static_cast<char>('a' + rest % 26);
  }
  return name;
}

v1::MatchSubjectRequest SoughtByTrust(int serial) {
  v1::MatchSubjectRequest request;
  v1::PersonSought& person = *request.mutable_person();
  const v1::PersonDetails registered = Registration(serial).person();
  person.set_given_names(registered.given_names());
  person.set_family_name(FamilyNameOf(serial));
  person.set_date_of_birth(registered.date_of_birth());
  person.set_sex(registered.sex());
  person.set_postcode(kPostcode);
  request.set_custodian("agencies/bromley");
  request.set_record_type("EHC_PLAN");
  request.mutable_context()->set_purpose("DIRECT_CARE");
  request.mutable_context()->set_lawful_basis("ART6_1_E");
  request.mutable_context()->set_agreement("agreements/bromley-kings-park-direct-care");
  return request;
}

v1::RegisterSubjectRequest RegistrationBySchool(int serial, bool only_checked) {
  v1::RegisterSubjectRequest request = Registration(serial, "school");
  request.set_validate_only(only_checked);
  return request;
}

// That the call was decided; what it said is the leak suite's to check.
template <typename T>
void Decided(const absl::StatusOr<T>& answer) {
  static const auto* const decided =
      new std::set<std::string>{"OK", "NOT_AVAILABLE", "POLICY_DENIED", "RESOURCE_NOT_FOUND"};
  EHC_CHECK(decided->count(ReasonIn(answer)) == 1);
}

void AddReadings(const std::shared_ptr<Clients>& school, const std::shared_ptr<Clients>& trust,
                 const std::shared_ptr<Clients>& officer, std::vector<LeakAct>& acts) {
  acts.push_back({"GetPlanSummary", [=](int serial) {
                    Decided(trust->records.GetPlanSummary(SummaryForTrust(SubjectOf(serial))));
                  }});
  acts.push_back(
      {"GetSupportStatus", [=](int serial) {
         Decided(school->records.GetSupportStatus(AtSchool<v1::GetSupportStatusRequest>(serial)));
       }});
  acts.push_back({"BatchGetSupportStatuses (10)", [=](int serial) {
                    v1::BatchGetSupportStatusesRequest roll;
                    *roll.mutable_context() =
                        AtSchool<v1::GetSupportStatusRequest>(serial).context();
                    for (int i = 0; i < 10; ++i) roll.add_subjects(SubjectOf(serial));
                    Decided(school->records.BatchGetSupportStatuses(roll));
                  }});
  acts.push_back({"FindRecords", [=](int serial) {
                    auto find = AtSchool<v1::FindRecordsRequest>(serial);
                    find.add_record_types("EHC_PLAN");
                    Decided(school->records.FindRecords(find));
                  }});
  acts.push_back({"MatchSubject", [=](int serial) {
                    Decided(trust->subjects.MatchSubject(SoughtByTrust(serial)));
                  }});
  acts.push_back({"AttestRegistration", [=](int serial) {
                    auto attest = About<v1::AttestRegistrationRequest>(
                        serial, "POLICE_LIAISON", "DPA_PART3", "bromley-northshire-police");
                    attest.set_record_type("CARE_RECORD");
                    Decided(officer->records.AttestRegistration(attest));
                  }});
  acts.push_back({"AgencyCheck", [=](int serial) {
                    auto check = AtSchool<v1::AgencyCheckRequest>(serial);
                    check.mutable_context()->set_special_category_basis("SCH1_PARA6");
                    check.mutable_context()->set_gateway("R17_CONSENT");
                    check.add_wanted()->set_record_type("EHC_PLAN");
                    check.mutable_wanted(0)->add_parts("F");
                    Decided(school->records.AgencyCheck(check));
                  }});
}

void AddWritings(const std::shared_ptr<Clients>& school, const std::shared_ptr<Clients>& officer,
                 std::vector<LeakAct>& acts) {
  acts.push_back({"CreateRecordRequest (validate_only)", [=](int serial) {
                    Decided(officer->records.CreateRecordRequest(RequestAbout(serial)));
                  }});
  const auto subscriptions = std::make_shared<ehchub::SubscriptionClient>(school->hub);
  acts.push_back({"CreateSubscription (validate_only)", [=](int serial) {
                    Decided(subscriptions->CreateSubscription(SubscriptionTo(serial)));
                  }});
  acts.push_back({"ListRelationships", [=](int serial) {
                    v1::ListRelationshipsRequest list;
                    list.set_subject(SubjectOf(serial));
                    Decided(school->subjects.ListRelationships(list));
                  }});
  acts.push_back({"CreateRelationship", [=](int serial) {
                    v1::CreateRelationshipRequest request = ParentOf(SubjectOf(serial), "mother");
                    request.set_unit("school");
                    Decided(school->subjects.CreateRelationship(request));
                  }});
  acts.push_back({"RegisterSubject (validate_only)", [=](int serial) {
                    Decided(school->subjects.RegisterSubject(RegistrationBySchool(serial, true)));
                  }});
  acts.push_back({"RegisterSubject",
                  [=](int serial) {
                    Decided(school->subjects.RegisterSubject(RegistrationBySchool(serial, false)));
                  },
                  /*once=*/true});
}

}  // namespace

LeakBenchWorld::LeakBenchWorld(int children) {
  hub_.Serve(SystemClock(), [](HouseOptions& options) {
    options.quotas = false;
    options.server.pace = PaceOptions();  // as a hub is served
  });
  hub_.EnrolAgencies();
  caseworker_ = std::make_unique<Clients>(hub_.As(kCaseworker));
  for (int serial = 1; serial <= children; ++serial) MakeKnown(serial, true);
}

void LeakBenchWorld::MakeKnown(int serial, bool records) {
  const Clients& bromley = *caseworker_;
  v1::RegisterSubjectRequest registration = Registration(serial);
  registration.mutable_person()->set_family_name(FamilyNameOf(serial));
  registration.mutable_person()->set_postcode(kPostcode);
  EHC_CHECK(ReasonIn(bromley.subjects.RegisterSubject(registration)) == "OK");
  if (!records) return;
  const std::string child = SubjectOf(serial);
  EHC_CHECK(ReasonIn(bromley.subjects.CreateRelationship(ParentOf(child, "mother"))) == "OK");
  EHC_CHECK(ReasonIn(bromley.records.PublishPlan(
                PlanOf(child, "v1", absl::StrCat("plan-", serial)))) == "OK");
  for (int i = 0; i < serial % 8; ++i) {
    EHC_CHECK(ReasonIn(bromley.subjects.CreateRelationship(
                  EnrolmentOf(child, "elm-grove-school"))) == "OK");
    EHC_CHECK(ReasonIn(bromley.consents.RecordConsent(
                  ConsentOf(child, "mother", {"C", "G"}, v1::CONSENT_STATE_REFUSED))) == "OK");
  }
}

std::vector<LeakAct> LeakActs(HubWorld& hub) {
  const auto as = [&](const Persona& persona) {
    return std::make_shared<Clients>(hub.As(persona));
  };
  std::vector<LeakAct> acts;
  const std::shared_ptr<Clients> school = as(kSenco);
  const std::shared_ptr<Clients> officer = as(kLiaisonOfficer);
  AddReadings(school, as(kPaediatrician), officer, acts);
  AddWritings(school, officer, acts);
  return acts;
}

}  // namespace ehc
