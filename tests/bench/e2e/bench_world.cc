#include "tests/bench/e2e/bench_world.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "client-sdk/src/internal/assertion.h"
#include "ehc/hub/v1/record_exchange_service.pb.h"
#include "ehchub/agency_admin_client.h"
#include "ehchub/consent_client.h"
#include "ehchub/hub.h"
#include "ehchub/record_exchange_client.h"
#include "ehchub/subject_client.h"
#include "server/app/found.h"
#include "server/base/status_macros.h"
#include "tests/support/go_live.h"
#include "tests/support/test_pki.h"

namespace ehc {
namespace {

constexpr char kAuthority[] = "bromley";
constexpr char kTrust[] = "kings-park-nhs-trust";
constexpr char kSchool[] = "oakfield-school";
constexpr char kPolice[] = "northshire-police";
constexpr char kParent[] = "guardian-of-the-child";

// About what a section of a plan takes that says something.
std::string SectionText(char section, int child) {
  std::string text = absl::StrCat("Section ", std::string(1, section), " of child ", 10000 + child);
  while (text.size() < 600) text += ". Speech and language therapy in small groups, twice a week";
  return text;
}

// Far enough apart that no two are given the same number.
std::string NhsNumber(int child) { return SyntheticNhsNumber(999'000'000 + 2 * child); }

absl::Status Write(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::trunc);
  file << text;
  file.close();
  if (!file.good() || ::chmod(path.c_str(), 0600) != 0) {
    return absl::InternalError(absl::StrCat("could not write ", path));
  }
  return absl::OkStatus();
}

struct AgencyKeys {
  TestCertificate tls;
  TestAssertionKey assertion = MintAssertionKey();
};

hub::v1::CreateAgencyRequest NewAgency(const std::string& id, hub::v1::AgencyType type,
                                       const std::string& unit, const std::string& kind) {
  hub::v1::CreateAgencyRequest request;
  request.set_agency_id(id);
  hub::v1::Agency& agency = *request.mutable_agency();
  agency.set_display_name(id);
  agency.set_type(type);
  agency.add_units()->set_unit_id(unit);
  agency.mutable_units(0)->set_kind(kind);
  agency.mutable_units(0)->set_display_name(unit);
  return request;
}

absl::Status Enrol(const ehchub::AgencyAdminClient& admin, const std::string& agency,
                   const AgencyKeys& keys) {
  hub::v1::EnrolCredentialRequest request;
  request.set_parent(absl::StrCat("agencies/", agency));
  request.mutable_credential()->set_kind(hub::v1::CREDENTIAL_KIND_TLS_CERTIFICATE);
  request.mutable_credential()->set_certificate_pem(keys.tls.certificate_pem);
  EHC_RETURN_IF_ERROR(admin.EnrolCredential(request).status());
  hub::v1::Credential& key = *request.mutable_credential();
  key.Clear();
  key.set_kind(hub::v1::CREDENTIAL_KIND_ASSERTION_KEY);
  key.set_public_key_pem(keys.assertion.public_pem);
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  key.mutable_not_before()->set_seconds(now - 3600);
  key.mutable_not_after()->set_seconds(now + 86400);
  return admin.EnrolCredential(request).status();
}

hub::v1::PublishPlanRequest PlanOf(const std::string& subject, int child) {
  hub::v1::PublishPlanRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  hub::v1::Plan& plan = *request.mutable_plan();
  plan.mutable_headline()->set_b_headline("Speech, language and communication needs");
  plan.mutable_headline()->set_issue_date("2026-01-15");
  plan.mutable_headline()->set_review_due_date("2027-01-15");
  plan.mutable_headline()->set_status(hub::v1::PLAN_STATUS_FINAL);
  plan.mutable_headline()->set_placement_type("MAINSTREAM");
  plan.mutable_headline()->set_plan_type(hub::v1::PLAN_TYPE_EHCP);
  for (int code = hub::v1::PLAN_SECTION_CODE_A; code <= hub::v1::PLAN_SECTION_CODE_K; ++code) {
    hub::v1::PlanSection& section = *plan.add_sections();
    section.set_code(static_cast<hub::v1::PlanSectionCode>(code));
    section.set_text(SectionText(static_cast<char>('A' + code - 1), child));
    section.set_location_checked(true);
  }
  plan.set_badge(hub::v1::BADGE_FINAL);
  plan.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  plan.mutable_contact()->set_display_name("Duty caseworker");
  plan.mutable_contact()->set_telephone("020 7946 0100");
  plan.set_local_id(absl::StrCat("plan-", child));
  return request;
}

// The parent agrees to all that the agreement offers, except section E: so every answer also lists
// what was withheld.
hub::v1::RecordConsentRequest ConsentFor(const std::string& subject) {
  hub::v1::RecordConsentRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  hub::v1::Consent& consent = *request.mutable_consent();
  consent.set_state(hub::v1::CONSENT_STATE_GIVEN);
  consent.mutable_decision_maker()->set_role(hub::v1::DECISION_MAKER_ROLE_PARENT);
  consent.mutable_decision_maker()->set_person_reference(kParent);
  consent.mutable_decision_maker()->set_capacity_basis(
      hub::v1::CAPACITY_BASIS_PARENTAL_RESPONSIBILITY);
  consent.add_recipients(absl::StrCat("agencies/", kTrust));
  consent.add_purposes("DIRECT_CARE");
  hub::v1::ConsentScope& scope = *consent.add_scopes();
  scope.set_record_type("EHC_PLAN");
  for (const char* part : {"B_HEADLINE", "DATES", "PLACEMENT_TYPE", "C", "G"})
    scope.add_parts(part);
  consent.mutable_given_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  consent.set_channel(hub::v1::CONSENT_CHANNEL_WRITTEN);
  consent.set_notice_version("2026-1");
  return request;
}

hub::v1::PublishSupportStatusRequest StatusOf(const std::string& subject,
                                              const std::string& review_due) {
  hub::v1::PublishSupportStatusRequest request;
  request.set_request_id(kAnyId);
  request.set_unit("send");
  request.set_subject(subject);
  hub::v1::SupportStatus& status = *request.mutable_support_status();
  status.set_sen_provision(hub::v1::SEN_PROVISION_EHC_PLAN);
  status.set_plan_exists(true);
  status.add_need_types(hub::v1::SEN_TYPE_SLCN);
  status.set_plan_issue_date("2026-01-15");
  status.set_review_due_date(review_due);
  status.mutable_contact()->set_display_name("Duty caseworker");
  request.mutable_as_at()->set_seconds(absl::ToUnixSeconds(absl::Now()) - 60);
  return request;
}

absl::StatusOr<std::string> AddChild(const ehchub::Hub& hub, int child) {
  hub::v1::RegisterSubjectRequest registration;
  registration.set_unit("send");
  registration.mutable_person()->set_given_names("Synthetic");
  registration.mutable_person()->set_family_name(absl::StrCat("Child ", child));
  registration.mutable_person()->set_date_of_birth("2015-05-05");
  registration.mutable_person()->set_sex(hub::v1::SEX_FEMALE);
  const std::string nhs_number = NhsNumber(child);
  registration.add_identifiers()->set_type(hub::v1::IDENTIFIER_TYPE_NHS_NUMBER);
  registration.mutable_identifiers(0)->set_value(nhs_number);
  const ehchub::SubjectClient subjects(hub);
  EHC_ASSIGN_OR_RETURN(const auto registered, subjects.RegisterSubject(registration));

  hub::v1::CreateRelationshipRequest parent;
  parent.set_unit("send");
  parent.set_subject(registered.subject());
  parent.mutable_relationship()->set_kind(hub::v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY);
  parent.mutable_relationship()->set_person_reference(kParent);
  parent.mutable_relationship()->set_evidence(
      hub::v1::PARENTAL_RESPONSIBILITY_EVIDENCE_BIRTH_CERTIFICATE);
  parent.mutable_relationship()->set_valid_from("2015-05-05");
  EHC_RETURN_IF_ERROR(subjects.CreateRelationship(parent).status());
  EHC_RETURN_IF_ERROR(
      ehchub::RecordExchangeClient(hub).PublishPlan(PlanOf(registered.subject(), child)).status());
  EHC_RETURN_IF_ERROR(
      ehchub::ConsentClient(hub).RecordConsent(ConsentFor(registered.subject())).status());
  hub::v1::CreateRelationshipRequest enrolment;
  enrolment.set_unit("send");
  enrolment.set_subject(registered.subject());
  enrolment.mutable_relationship()->set_kind(hub::v1::RELATIONSHIP_KIND_ENROLMENT);
  enrolment.mutable_relationship()->set_agency(absl::StrCat("agencies/", kSchool));
  enrolment.mutable_relationship()->set_sen_provision(hub::v1::SEN_PROVISION_EHC_PLAN);
  enrolment.mutable_relationship()->set_valid_from("2024-09-01");
  EHC_RETURN_IF_ERROR(subjects.CreateRelationship(enrolment).status());
  hub::v1::PublishSupportStatusRequest status = StatusOf(registered.subject(), "2027-01-15");
  status.clear_request_id();
  EHC_RETURN_IF_ERROR(ehchub::RecordExchangeClient(hub).PublishSupportStatus(status).status());
  return absl::StrCat("nhs:", nhs_number);
}

}  // namespace

struct BenchWorld::Keys {
  TestPki pki;
  AgencyKeys founder{pki.MintAgency("operator")};
  TestAssertionKey second_founder = MintAssertionKey();
  AgencyKeys authority{pki.MintAgency(kAuthority)};
  AgencyKeys trust{pki.MintAgency(kTrust)};
  AgencyKeys school{pki.MintAgency(kSchool)};
  AgencyKeys police{pki.MintAgency(kPolice)};
};

struct BenchWorld::Person {
  const char* agency;
  const AgencyKeys& keys;
  const char* user;
  const char* role;
  const char* unit;
};

BenchWorld::BenchWorld(std::string folder)
    : folder_(std::move(folder)), keys_(std::make_unique<Keys>()) {}

BenchWorld::~BenchWorld() = default;

absl::Status BenchWorld::WriteKeys() const {
  std::error_code error;
  std::filesystem::create_directory(tls_folder(), error);
  const TestCertificate own = keys_->pki.MintServer();
  EHC_RETURN_IF_ERROR(Write(tls_folder() + "/hub.key", own.key_pem));
  EHC_RETURN_IF_ERROR(Write(tls_folder() + "/hub.pem", own.certificate_pem));
  EHC_RETURN_IF_ERROR(Write(tls_folder() + "/ca.pem", keys_->pki.ca_pem()));
  for (const auto& [name, keys] : {std::pair{"operator", &keys_->founder},
                                   {kAuthority, &keys_->authority},
                                   {kTrust, &keys_->trust},
                                   {kSchool, &keys_->school},
                                   {kPolice, &keys_->police}}) {
    const std::string path = absl::StrCat(folder_, "/", name);
    EHC_RETURN_IF_ERROR(Write(path + ".pem", keys->tls.certificate_pem));
    EHC_RETURN_IF_ERROR(Write(path + ".key", keys->tls.key_pem));
    EHC_RETURN_IF_ERROR(Write(path + ".assertion.key", keys->assertion.private_pem));
    EHC_RETURN_IF_ERROR(Write(path + ".assertion.pub.pem", keys->assertion.public_pem));
  }
  const std::string second = absl::StrCat(folder_, "/operator.bob.assertion");
  EHC_RETURN_IF_ERROR(Write(second + ".key", keys_->second_founder.private_pem));
  EHC_RETURN_IF_ERROR(Write(second + ".pub.pem", keys_->second_founder.public_pem));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<BenchWorld>> BenchWorld::Found(const std::string& folder) {
  std::unique_ptr<BenchWorld> world(new BenchWorld(folder));
  EHC_RETURN_IF_ERROR(world->WriteKeys());
  FoundingOptions founding;
  founding.data_folder = world->data_folder();
  founding.certificate_file = folder + "/operator.pem";
  founding.assertion_keys = {"alice=" + folder + "/operator.assertion.pub.pem",
                             "bob=" + folder + "/operator.bob.assertion.pub.pem"};
  founding.people = {"alice=HUB_ADMIN,HUB_POLICY_OFFICER", "bob=HUB_ADMIN,HUB_AUDITOR"};
  EHC_RETURN_IF_ERROR(FoundHub(founding, SystemClock()));
  return world;
}

absl::Status BenchWorld::Populate(int port, int children) {
  const auto open = [&](const std::string& agency, const ehchub::ActingPerson& person) {
    ehchub::Profile profile;
    profile.hub = absl::StrCat("localhost:", port);
    profile.certificate_path = absl::StrCat(folder_, "/", agency, ".pem");
    profile.key_path = absl::StrCat(folder_, "/", agency, ".key");
    profile.ca_path = tls_folder() + "/ca.pem";
    profile.audience = kBenchAudience;
    profile.assertion_key_path =
        absl::StrCat(folder_, "/", agency, person.user == "bob" ? ".bob" : "", ".assertion.key");
    profile.acting_person = person;
    return ehchub::Hub::Open(profile);
  };
  EHC_ASSIGN_OR_RETURN(const ehchub::Hub as_operator,
                       open("operator", {"alice", "HUB_ADMIN", "operations", "2030-01-01", true}));
  const ehchub::AgencyAdminClient admin(as_operator);
  EHC_ASSIGN_OR_RETURN(const ehchub::Hub as_second,
                       open("operator", {"bob", "HUB_ADMIN", "operations", "2030-01-01", true}));
  const auto go_live = [&](const std::string& agency, const std::string& unit) -> absl::Status {
    EHC_ASSIGN_OR_RETURN(const ehchub::Hub own,
                         open(agency, {"adm-1", "AGENCY_ADMINISTRATOR", unit, "2030-01-01", true}));
    return GoLive(admin, ehchub::AgencyAdminClient(as_second), ehchub::AgencyAdminClient(own),
                  agency);
  };
  hub::v1::CreateAgencyRequest authority =
      NewAgency(kAuthority, hub::v1::AGENCY_TYPE_LOCAL_AUTHORITY, "send", "SEND");
  authority.mutable_agency()->mutable_identifiers()->set_la_code("305");
  authority.mutable_agency()->set_region("305");
  EHC_RETURN_IF_ERROR(admin.CreateAgency(authority).status());
  EHC_RETURN_IF_ERROR(Enrol(admin, kAuthority, keys_->authority));
  EHC_RETURN_IF_ERROR(go_live(kAuthority, "send"));
  hub::v1::CreateAgencyRequest trust = NewAgency(kTrust, hub::v1::AGENCY_TYPE_NHS_TRUST,
                                                 "community-paediatrics", "COMMUNITY_PAEDIATRICS");
  trust.mutable_agency()->mutable_identifiers()->set_ods_code("RKP");
  EHC_RETURN_IF_ERROR(admin.CreateAgency(trust).status());
  EHC_RETURN_IF_ERROR(Enrol(admin, kTrust, keys_->trust));
  EHC_RETURN_IF_ERROR(go_live(kTrust, "community-paediatrics"));
  hub::v1::CreateAgencyRequest school =
      NewAgency(kSchool, hub::v1::AGENCY_TYPE_SCHOOL, "school", "PASTORAL");
  school.mutable_agency()->mutable_identifiers()->set_urn("900001");
  school.mutable_agency()->set_region("305");
  EHC_RETURN_IF_ERROR(admin.CreateAgency(school).status());
  EHC_RETURN_IF_ERROR(Enrol(admin, kSchool, keys_->school));
  EHC_RETURN_IF_ERROR(go_live(kSchool, "school"));
  hub::v1::CreateAgencyRequest police =
      NewAgency(kPolice, hub::v1::AGENCY_TYPE_POLICE_FORCE, "protection", "PUBLIC_PROTECTION");
  police.mutable_agency()->mutable_identifiers()->set_police_force_code("99");
  EHC_RETURN_IF_ERROR(admin.CreateAgency(police).status());
  EHC_RETURN_IF_ERROR(Enrol(admin, kPolice, keys_->police));
  EHC_RETURN_IF_ERROR(go_live(kPolice, "protection"));

  EHC_ASSIGN_OR_RETURN(const ehchub::Hub as_caseworker,
                       open(kAuthority, {"cw-17", "SEND_CASEWORKER", "send", "2030-01-01", true}));
  for (int child = 0; child < children; ++child) {
    EHC_ASSIGN_OR_RETURN(std::string reference, AddChild(as_caseworker, child));
    children_.push_back(std::move(reference));
  }
  return absl::OkStatus();
}

absl::StatusOr<ClientIdentity> BenchWorld::Identity(const Person& acting) const {
  EHC_ASSIGN_OR_RETURN(const ehchub::AssertionSigner signer,
                       ehchub::AssertionSigner::FromPem(acting.keys.assertion.private_pem));
  ehchub::AssertedPerson person{acting.agency, acting.user, acting.role, acting.unit};
  person.training_until = "2030-01-01";
  person.strong_authentication = true;
  ehchub::AssertionTerms terms{kBenchAudience, acting.keys.tls.certificate_pem, absl::Now()};
  EHC_ASSIGN_OR_RETURN(std::string assertion, signer.Mint(person, terms));
  return ClientIdentity{keys_->pki.ca_pem(), acting.keys.tls.certificate_pem,
                        acting.keys.tls.key_pem, std::move(assertion)};
}

absl::StatusOr<std::vector<ClientIdentity>> BenchWorld::Askers() const {
  const std::vector<Person> people = {
      {kTrust, keys_->trust, "paed-9", "COMMUNITY_PAEDIATRICIAN", "community-paediatrics"},
      {kSchool, keys_->school, "senco-1", "SENCO", "school"},
      {kAuthority, keys_->authority, "cw-17", "SEND_CASEWORKER", "send"},
      {kPolice, keys_->police, "pl-8", "POLICE_LIAISON_OFFICER", "protection"}};
  std::vector<ClientIdentity> identities;
  for (const Person& person : people) {
    EHC_ASSIGN_OR_RETURN(ClientIdentity identity, Identity(person));
    identities.push_back(std::move(identity));
  }
  return identities;
}

namespace {

enum Who : size_t { kPaediatrician, kCoordinator, kCaseworker, kOfficer };

Question SummaryOf(const std::string& child) {
  hub::v1::GetPlanSummaryRequest request;
  request.set_subject(child);
  request.set_custodian(absl::StrCat("agencies/", kAuthority));
  hub::v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("DIRECT_CARE");
  context.set_lawful_basis("ART6_1_E");
  context.set_special_category_basis("ART9_2_H");
  context.set_gateway("R17_CONSENT");
  context.set_agreement("agreements/bromley-kings-park-direct-care");
  context.set_case_reference("CLINIC-2026-0042");
  return {kGetPlanSummary, request.SerializeAsString(), kPaediatrician};
}

Question StatusAsked(const std::string& child) {
  hub::v1::GetSupportStatusRequest request;
  request.set_subject(child);
  hub::v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("SCHOOL_SUPPORT");
  context.set_lawful_basis("ART6_1_E");
  context.set_agreement("agreements/bromley-schools");
  return {kGetSupportStatus, request.SerializeAsString(), kCoordinator};
}

// Its review is due on another day than the one pushed before.
Question StatusPushed(const std::string& child, int push) {
  const std::string due = absl::StrFormat("2027-01-%02d", 1 + push % 28);
  return {kPublishSupportStatus, StatusOf(child, due).SerializeAsString(), kCaseworker, true};
}

Question RecordsAsked(const std::string& child) {
  hub::v1::CreateRecordRequestRequest request;
  request.set_request_id(kAnyId);
  hub::v1::RecordRequest& asked = *request.mutable_record_request();
  asked.set_subject(child);
  asked.set_custodian(absl::StrCat("agencies/", kAuthority));
  asked.set_record_type("EHC_PLAN");
  asked.add_parts("B_HEADLINE");
  asked.set_reason("A child found alone at night; needs for the interview.");
  hub::v1::DisclosureContext& context = *asked.mutable_context();
  context.set_purpose("POLICE_LIAISON");
  context.set_lawful_basis("DPA_PART3");
  context.set_agreement("agreements/bromley-northshire-police");
  return {kCreateRecordRequest, request.SerializeAsString(), kOfficer, true};
}

}  // namespace

std::vector<Question> BenchWorld::Summaries() const {
  std::vector<Question> questions;
  for (const std::string& child : children_) questions.push_back(SummaryOf(child));
  return questions;
}

std::vector<Question> BenchWorld::Mix() const {
  constexpr int kRounds = 50;  // of a hundred
  std::vector<Question> questions;
  for (int i = 0; i < 100 * kRounds; ++i) {
    const std::string& child = children_[static_cast<size_t>(i * 7) % children_.size()];
    const int kind = i * 37 % 100;  // each hundred spread evenly: 37 has no factor in common
    questions.push_back(kind < 70   ? StatusAsked(child)
                        : kind < 90 ? SummaryOf(child)
                        : kind < 98 ? StatusPushed(child, i)
                                    : RecordsAsked(child));
  }
  return questions;
}

absl::StatusOr<std::vector<Question>> BenchWorld::Registrations() {
  if (newcomers_ == nullptr) {
    EHC_ASSIGN_OR_RETURN(newcomers_, Newcomers::Of(std::string(EHC_SOURCE_DIR) + "/policies"));
  }
  Question question;
  question.path = kRegisterSubject;
  question.who = kCaseworker;
  question.make = [newcomers = newcomers_] { return newcomers->NextRegistration(); };
  return std::vector<Question>{std::move(question)};
}

}  // namespace ehc
