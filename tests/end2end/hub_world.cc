#include "tests/end2end/hub_world.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/app/found.h"
#include "server/base/ids.h"
#include "server/base/status_macros.h"
#include "server/model/identifiers.h"
#include "tests/support/go_live.h"

namespace ehc {
namespace {

constexpr char kAudience[] = "ehc-hub";
constexpr absl::Duration kWide = absl::Hours(24 * 730);

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path) << text;
  ::chmod(path.c_str(), 0600);
}

std::string Read(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  std::string line = text.str();
  while (!line.empty() && line.back() == '\n') line.pop_back();
  return line;
}

v1::CreateRelationshipRequest RelationshipOf(const std::string& subject,
                                             v1::RelationshipKind kind) {
  v1::CreateRelationshipRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  request.mutable_relationship()->set_kind(kind);
  request.mutable_relationship()->set_valid_from("2016-05-04");
  return request;
}

google::protobuf::Timestamp SomeTimeAgo() {
  google::protobuf::Timestamp time;
  time.set_seconds(absl::ToUnixSeconds(absl::Now() - absl::Hours(1)));
  return time;
}

}  // namespace

v1::Agency AgencyOf(const std::string& name, v1::AgencyType type,
                    const std::vector<std::pair<std::string, std::string>>& units) {
  v1::Agency agency;
  agency.set_display_name(name);
  agency.set_type(type);
  for (const auto& [id, kind] : units) {
    v1::Unit& unit = *agency.add_units();
    unit.set_unit_id(id);
    unit.set_display_name(id);
    unit.set_kind(kind);
  }
  return agency;
}

std::string HubWorld::policy_folder() { return std::string(EHC_SOURCE_DIR) + "/policies"; }

std::string HubWorld::audience() { return kAudience; }

HubWorld::HubWorld(Clock* clock)
    : HubWorld(clock, clock == nullptr ? Lifetime()
                                       : Lifetime{absl::Now() - kWide, absl::Now() + kWide}) {}

HubWorld::HubWorld(Clock* clock, Lifetime lifetime) : clock_(clock), lifetime_(lifetime) {
  std::filesystem::create_directory(tls_folder());
  TestLeaf server;
  server.dns = {"localhost"};
  server.ips = {"127.0.0.1", "::1"};
  server.extended_key_usage = "serverAuth";
  server.not_before = lifetime_.from;
  server.not_after = lifetime_.until;
  const TestCertificate own = pki_.Mint(server);
  Write(tls_folder() + "/hub.key", own.key_pem);
  Write(tls_folder() + "/hub.pem", own.certificate_pem);
  Write(tls_folder() + "/ca.pem", pki_.ca_pem());
  for (const char* agency :
       {"operator", "bromley", "kings-park-nhs-trust", "south-east-london-icb", "oakfield-school",
        "elm-grove-school", "bridge-care", "northshire-police", "northshire-council"}) {
    WriteAgencyKeys(agency);
  }
  FoundingOptions founding;
  founding.data_folder = data_folder();
  founding.certificate_file = folder() + "/operator.pem";
  for (const char* user : {"alice", "bob", "carol", "dave", "erin", "frank"}) {
    const std::string keys = absl::StrCat(folder(), "/operator.", user);
    WriteAssertionKey(keys);
    founding.assertion_keys.push_back(absl::StrCat(user, "=", keys, ".assertion.pub.pem"));
  }
  founding.people = {"alice=HUB_ADMIN,HUB_POLICY_OFFICER", "bob=HUB_ADMIN,HUB_AUDITOR",
                     "carol=HUB_POLICY_OFFICER",           "dave=HUB_POLICY_OFFICER",
                     "erin=HUB_IDENTITY_OFFICER",          "frank=HUB_IDENTITY_OFFICER"};
  EHC_CHECK(FoundHub(founding, clock_ == nullptr ? SystemClock() : *clock_).ok());
}

HubWorld::~HubWorld() = default;

void HubWorld::WriteAgencyKeys(const std::string& id) {
  TestLeaf leaf = AgencyLeaf(id);
  leaf.not_before = lifetime_.from;
  leaf.not_after = lifetime_.until;
  const TestCertificate certificate = pki_.Mint(leaf);
  Write(folder() + "/" + id + ".pem", certificate.certificate_pem);
  Write(folder() + "/" + id + ".key", certificate.key_pem);
  if (id != kOperator.agency) WriteAssertionKey(folder() + "/" + id);
}

void HubWorld::WriteAssertionKey(const std::string& path) {
  const TestAssertionKey key = MintAssertionKey();
  Write(path + ".assertion.key", key.private_pem);
  Write(path + ".assertion.pub.pem", key.public_pem);
}

void HubWorld::Serve(Clock& clock, const std::function<void(HouseOptions&)>& adjust) {
  HouseOptions options;
  options.data_folder = data_folder();
  options.policy_folder = policy_folder();
  options.audience = kAudience;
  options.development = true;
  options.server.tls = TlsFiles::InDirectory(tls_folder());
  options.server.connections.new_per_second_per_source = 10000;
  options.server.connections.burst_per_source = 10000;
  options.near_match_interval = absl::ZeroDuration();
  options.word.any_clock = &clock != &SystemClock();
  options.server.pace.first =
      absl::Milliseconds(1);  // thousands of calls; ehc-bench-leak has its own
  options.server.pace.per_question = absl::ZeroDuration();
  options.server.pace.step = absl::Milliseconds(1);
  options.server.pace.turned_away = absl::ZeroDuration();
  if (adjust) adjust(options);
  auto house = House::Open(options, clock);
  ASSERT_TRUE(house.ok()) << house.status();
  house_ = *std::move(house);
  port_ = house_->port();
}

void HubWorld::Restart() {
  const int port = port_;
  Stop();
  Serve(SystemClock(), [port](HouseOptions& options) { options.server.port = port; });
}

void HubWorld::EnrolOne(const std::string& id) {
  Create(As(kOperator), id,
         AgencyOf(id, v1::AGENCY_TYPE_NHS_TRUST,
                  {{"community-paediatrics", "COMMUNITY_PAEDIATRICS"}}));
}

void HubWorld::Enrol(const Clients& admin, const std::string& id, v1::Agency agency) {
  if (!std::filesystem::exists(folder() + "/" + id + ".pem")) WriteAgencyKeys(id);
  const std::string unit = agency.units(0).unit_id();
  Create(admin, id, std::move(agency));
  const absl::Status live = GoLive(admin.admin, As(kOtherOperator).admin,
                                   As({id, "adm-1", "AGENCY_ADMINISTRATOR", unit}).admin, id);
  ASSERT_TRUE(live.ok()) << id << ": " << live;
}

void HubWorld::Create(const Clients& admin, const std::string& id, v1::Agency agency) {
  v1::CreateAgencyRequest create;
  create.set_agency_id(id);
  *create.mutable_agency() = std::move(agency);
  ASSERT_EQ(ReasonIn(admin.admin.CreateAgency(create)), "OK") << id;
  v1::EnrolCredentialRequest enrol;
  enrol.set_parent("agencies/" + id);
  enrol.mutable_credential()->set_kind(v1::CREDENTIAL_KIND_TLS_CERTIFICATE);
  enrol.mutable_credential()->set_certificate_pem(Read(folder() + "/" + id + ".pem") + "\n");
  ASSERT_EQ(ReasonIn(admin.admin.EnrolCredential(enrol)), "OK") << id;
  enrol.mutable_credential()->mutable_not_before()->set_seconds(
      absl::ToUnixSeconds(lifetime_.from));
  enrol.mutable_credential()->mutable_not_after()->set_seconds(
      absl::ToUnixSeconds(lifetime_.until));
  enrol.mutable_credential()->set_kind(v1::CREDENTIAL_KIND_ASSERTION_KEY);
  enrol.mutable_credential()->set_public_key_pem(Read(folder() + "/" + id + ".assertion.pub.pem") +
                                                 "\n");
  ASSERT_EQ(ReasonIn(admin.admin.EnrolCredential(enrol)), "OK") << id;
}

void HubWorld::EnrolAgencies() {
  const Clients admin = As(kOperator);
  v1::Agency bromley = AgencyOf("London Borough of Bromley", v1::AGENCY_TYPE_LOCAL_AUTHORITY,
                                {{"send", "SEND"}, {"social-care", "SOCIAL_CARE"}});
  bromley.set_region("305");
  bromley.mutable_identifiers()->set_la_code("305");
  bromley.mutable_contact()->set_display_name("Children's front door");
  bromley.mutable_contact()->set_telephone("020 7946 0101");
  bromley.mutable_contact()->set_out_of_hours_telephone("020 7946 0199");
  Enrol(admin, "bromley", bromley);
  v1::Agency trust = AgencyOf("King's Park NHS Trust", v1::AGENCY_TYPE_NHS_TRUST,
                              {{"community-paediatrics", "COMMUNITY_PAEDIATRICS"}});
  trust.mutable_identifiers()->set_ods_code("RKP");
  Enrol(admin, "kings-park-nhs-trust", trust);
  v1::Agency board = AgencyOf("NHS South East London ICB", v1::AGENCY_TYPE_INTEGRATED_CARE_BOARD,
                              {{"commissioning", "COMMISSIONING"}});
  board.mutable_identifiers()->set_ods_code("QKK");
  Enrol(admin, "south-east-london-icb", board);
  for (const char* id : {"oakfield-school", "elm-grove-school"}) {
    v1::Agency school = AgencyOf(id, v1::AGENCY_TYPE_SCHOOL, {{"school", "PASTORAL"}});
    school.set_region("305");
    school.mutable_identifiers()->set_urn(id[0] == 'o' ? "900001" : "900002");
    Enrol(admin, id, school);
  }
  Enrol(admin, "northshire-police",
        AgencyOf("Northshire Police", v1::AGENCY_TYPE_POLICE_FORCE,
                 {{"protection", "PUBLIC_PROTECTION"}, {"schools", "PUBLIC_PROTECTION"}}));
  Enrol(admin, "northshire-council",
        AgencyOf("Northshire Council", v1::AGENCY_TYPE_LOCAL_AUTHORITY,
                 {{"send", "SEND"}, {"social-care", "SOCIAL_CARE"}}));
  Enrol(admin, "bridge-care",
        AgencyOf("Bridge Care", v1::AGENCY_TYPE_SOCIAL_CARE_PROVIDER, {{"care", "SOCIAL_CARE"}}));
}

std::string HubWorld::ReceiptsPath(const Persona& persona) const {
  return absl::StrCat(folder(), "/", persona.agency, ".", persona.user, ".receipts.jsonl");
}

ehchub::Profile HubWorld::ProfileOf(const Persona& persona) const {
  const std::string keys = folder() + "/" + persona.agency;
  ehchub::Profile profile;
  profile.name = persona.user;
  profile.hub = absl::StrCat("localhost:", port_);
  profile.certificate_path = keys + ".pem";
  profile.key_path = keys + ".key";
  profile.ca_path = tls_folder() + "/ca.pem";
  profile.audience = kAudience;
  profile.assertion_key_path = persona.agency == kOperator.agency
                                   ? absl::StrCat(keys, ".", persona.user, ".assertion.key")
                                   : keys + ".assertion.key";
  profile.acting_person =
      ehchub::ActingPerson{persona.user, persona.role, persona.unit, "2099-12-31", true};
  profile.log_key = Read(data_folder() + "/log.vkey");
  profile.promise_key_paths = {data_folder() + "/promise.pub.pem"};
  profile.receipts_path = ReceiptsPath(persona);
  return profile;
}

ehchub::Options HubWorld::Options() {
  ehchub::Options options;
  options.settlement = ehchub::Settlement::kByHand;
  options.max_attempts = 1;
  return options;
}

Clients HubWorld::As(const Persona& persona, ehchub::Options options) const {
  if (clock_ != nullptr && !options.now) options.now = [this] { return clock_->Now(); };
  auto hub = ehchub::Hub::Open(ProfileOf(persona), std::move(options));
  EXPECT_TRUE(hub.ok()) << hub.status();
  return Clients(*std::move(hub));
}

std::string NhsNumber(int serial) {
  for (int number = 900000000 + serial * 11;; ++number) {
    const std::string digits = absl::StrCat(number);
    if (const char check = NhsCheckDigit(digits); check != 0) return digits + check;
  }
}

std::string SubjectOf(int serial) { return "nhs:" + NhsNumber(serial); }

std::string InventedName(int serial, int syllables) {
  constexpr absl::string_view kConsonants = "bdfghklmnprstvz";
  constexpr absl::string_view kVowels = "aeiou";
  uint64_t state = static_cast<uint64_t>(serial) * 8 + static_cast<uint64_t>(syllables);
  std::string name;
  for (int i = 0; i < syllables; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    const uint64_t drawn = state >> 33;
    name += kConsonants[drawn % kConsonants.size()];
    name += kVowels[drawn / 64 % kVowels.size()];
  }
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name;
}

v1::RegisterSubjectRequest Registration(int serial, const std::string& unit,
                                        const std::string& born) {
  v1::RegisterSubjectRequest request;
  request.set_unit(unit);
  request.mutable_person()->set_given_names(InventedName(serial, 3));
  request.mutable_person()->set_family_name(InventedName(serial, 4));
  request.mutable_person()->set_date_of_birth(born);
  request.mutable_person()->set_sex(v1::SEX_UNKNOWN);
  request.add_identifiers()->set_type(v1::IDENTIFIER_TYPE_NHS_NUMBER);
  request.mutable_identifiers(0)->set_value(NhsNumber(serial));
  request.mutable_identifiers(0)->set_verification_status(v1::VERIFICATION_STATUS_VERIFIED);
  return request;
}

v1::PublishPlanRequest PlanOf(const std::string& subject, const std::string& marker,
                              const std::string& local_id) {
  v1::PublishPlanRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  v1::Plan& plan = *request.mutable_plan();
  plan.mutable_headline()->set_b_headline("headline " + marker);
  plan.mutable_headline()->set_placement_type("DAY_SCHOOL");
  plan.mutable_headline()->set_status(v1::PLAN_STATUS_FINAL);
  for (int code = v1::PLAN_SECTION_CODE_A; code <= v1::PLAN_SECTION_CODE_K; ++code) {
    v1::PlanSection& section = *plan.add_sections();
    section.set_code(static_cast<v1::PlanSectionCode>(code));
    section.set_text(
        absl::StrCat("text of ", v1::PlanSectionCode_Name(section.code()).substr(18), " ", marker));
    section.set_location_checked(code == v1::PLAN_SECTION_CODE_C);
  }
  plan.set_badge(v1::BADGE_FINAL);
  *plan.mutable_as_at() = SomeTimeAgo();
  plan.mutable_contact()->set_display_name("A Caseworker");
  plan.mutable_contact()->set_organisation("Bromley SEND service");
  plan.set_local_id(local_id);
  return request;
}

v1::CreateRelationshipRequest ParentOf(const std::string& subject, const std::string& person) {
  v1::CreateRelationshipRequest request =
      RelationshipOf(subject, v1::RELATIONSHIP_KIND_PARENTAL_RESPONSIBILITY);
  request.mutable_relationship()->set_person_reference(person);
  request.mutable_relationship()->set_evidence(v1::PARENTAL_RESPONSIBILITY_EVIDENCE_MOTHER);
  return request;
}

v1::CreateRelationshipRequest CommissionerOf(const std::string& subject) {
  v1::CreateRelationshipRequest request =
      RelationshipOf(subject, v1::RELATIONSHIP_KIND_RESPONSIBLE_COMMISSIONER);
  request.mutable_relationship()->set_agency("agencies/south-east-london-icb");
  return request;
}

v1::CreateRelationshipRequest EnrolmentOf(const std::string& subject, const std::string& school) {
  v1::CreateRelationshipRequest request = RelationshipOf(subject, v1::RELATIONSHIP_KIND_ENROLMENT);
  request.mutable_relationship()->set_agency("agencies/" + school);
  request.mutable_relationship()->set_sen_provision(v1::SEN_PROVISION_SEN_SUPPORT);
  return request;
}

v1::RecordConsentRequest ConsentOf(const std::string& subject, const std::string& person,
                                   std::vector<std::string> parts, v1::ConsentState state) {
  v1::RecordConsentRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  v1::Consent& consent = *request.mutable_consent();
  consent.set_state(state);
  consent.mutable_decision_maker()->set_role(v1::DECISION_MAKER_ROLE_PARENT);
  consent.mutable_decision_maker()->set_person_reference(person);
  consent.mutable_decision_maker()->set_capacity_basis(v1::CAPACITY_BASIS_PARENTAL_RESPONSIBILITY);
  consent.add_recipients("agencies/kings-park-nhs-trust");
  consent.add_purposes("DIRECT_CARE");
  v1::ConsentScope& scope = *consent.add_scopes();
  scope.set_record_type("EHC_PLAN");
  for (std::string& part : parts) scope.add_parts(std::move(part));
  *consent.mutable_given_at() = SomeTimeAgo();
  consent.set_channel(v1::CONSENT_CHANNEL_IN_PERSON);
  return request;
}

v1::CreateProtectionRequest RestrictedAddressOf(const std::string& subject,
                                                std::vector<std::string> cleared) {
  v1::CreateProtectionRequest request;
  request.set_unit("send");
  request.set_subject(subject);
  request.mutable_protection()->set_label(v1::PROTECTION_LABEL_ADDRESS_RESTRICTED);
  request.mutable_protection()->set_valid_from("2020-01-01");
  for (std::string& agency : cleared) {
    request.mutable_protection()->add_cleared_recipients(std::move(agency));
  }
  return request;
}

v1::GetPlanSummaryRequest SummaryForTrust(const std::string& subject) {
  v1::GetPlanSummaryRequest request;
  request.set_subject(subject);
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("DIRECT_CARE");
  context.set_lawful_basis("ART6_1_E");
  context.set_special_category_basis("ART9_2_H");
  context.set_gateway("R17_CONSENT");
  context.set_agreement("agreements/bromley-kings-park-direct-care");
  return request;
}

v1::GetPlanRequest PlanForCommissioner(const std::string& subject,
                                       std::vector<v1::PlanSectionCode> sections) {
  v1::GetPlanRequest request;
  request.set_subject(subject);
  for (v1::PlanSectionCode section : sections) request.add_sections(section);
  v1::DisclosureContext& context = *request.mutable_context();
  context.set_purpose("STATUTORY_COPY");
  context.set_lawful_basis("ART6_1_C");
  context.set_special_category_basis("ART9_2_H");
  context.set_gateway("R17_RESPONSIBLE_COMMISSIONER");
  context.set_agreement("agreements/bromley-icb-statutory-copy");
  return request;
}

std::string MakeChild(const Clients& caseworker, int serial) {
  const std::string subject = SubjectOf(serial);
  EXPECT_EQ(ReasonIn(caseworker.subjects.RegisterSubject(Registration(serial))), "OK");
  EXPECT_EQ(ReasonIn(caseworker.subjects.CreateRelationship(ParentOf(subject, "mother"))), "OK");
  EXPECT_EQ(ReasonIn(caseworker.records.PublishPlan(
                PlanOf(subject, "v1", absl::StrCat("plan-", serial)))),
            "OK");
  return subject;
}

}  // namespace ehc
