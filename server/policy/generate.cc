#include "server/policy/generate.h"

#include <google/protobuf/text_format.h>

#include <random>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/model/date.h"
#include "server/policy/document.h"
#include "server/policy/organisations.h"

namespace ehc {
namespace {

using policy_proto::Agreement;
using policy_proto::Clause;
using policy_proto::OrganisationSelector;

constexpr const char* kRoles[] = {
    "COMMUNITY_PAEDIATRICIAN", "EMERGENCY_CLINICIAN",       "SENCO",
    "SOCIAL_WORKER",           "POLICE_PROTECTION_OFFICER", "CARE_KEY_WORKER"};
constexpr const char* kPurposes[] = {"DIRECT_CARE",      "SCHOOL_SUPPORT",        "CHILD_IN_NEED",
                                     "SERVICE_DELIVERY", "EHC_ASSESSMENT_ADVICE", "SAFEGUARDING"};
constexpr const char* kTypes[] = {"NHS_TRUST", "SCHOOL", "LOCAL_AUTHORITY", "SOCIAL_CARE_PROVIDER"};
constexpr const char* kParts[] = {"A", "B", "C", "D", "E", "F", "G", "H1", "H2", "J"};
constexpr int kClausesPerAgreement = 10;

class Generator {
 public:
  Generator(int clauses, uint64_t seed) : clauses_(clauses), random_(seed) {}

  void MakeAgreements(PolicySource* source);
  void MakeRequest(GeneratedWork* work);

 private:
  uint32_t Below(uint32_t limit) { return static_cast<uint32_t>(random_() % limit); }
  bool Chance(uint32_t percent) { return Below(100) < percent; }
  std::string Agency(uint32_t number) { return absl::StrCat("agency-", number); }
  uint32_t Agencies() const { return 20 + static_cast<uint32_t>(clauses_) / 4; }

  Agreement Head(int number);
  void MakeClause(Agreement* agreement, int number);
  void MakeForbid(Clause* clause);
  void MakeGround(int number, Clause* clause);
  void MakeRecipient(int number, OrganisationSelector* selector);
  void Aim(const OrganisationSelector& selector, PolicyRequest* request);

  const int clauses_;
  std::mt19937_64 random_;
  std::vector<Agreement> agreements_;
};

Agreement Generator::Head(int number) {
  Agreement agreement;
  google::protobuf::TextFormat::ParseFromString(
      "version: '1' title: 'Generated' tier: TIER_AGREEMENT dpia_reference: 'D' retention: 'R' "
      "valid_from: '2026-01-01' valid_until: '2029-12-31' review_due: '2028-01-01' "
      "onward_sharing: ONWARD_SHARING_NONE rights_contact { office: 'O' } "
      "breach_contact { office: 'O' }",
      &agreement);
  agreement.set_id(absl::StrCat("generated-", number));
  for (const char* purpose : kPurposes) agreement.add_purpose(purpose);
  for (const char* type : kTypes) {
    policy_proto::Party* party = agreement.add_party();
    party->set_agency_type(type);
    party->add_unit("ANY");
    party->set_controller_role(policy_proto::CONTROLLER_ROLE_CONTROLLER);
    party->set_custodian(true);
    party->set_searcher(true);
  }
  return agreement;
}

// The first clauses of every agreement differ in shape, so that a small policy is as mixed as a
// large one: recipients by type, by type and area, anybody, and by name.
void Generator::MakeRecipient(int number, OrganisationSelector* selector) {
  switch (number) {
    case 0: selector->set_agency_type(kTypes[Below(4)]); break;
    case 1:
      selector->set_agency_type(kTypes[Below(4)]);
      selector->add_region(absl::StrCat(300 + Below(50)));
      break;
    case 2: selector->set_agency("ANY"); break;
    default: selector->set_agency(Agency(Below(Agencies())));
  }
  selector->add_unit(Chance(80) ? "ANY" : absl::StrCat("unit-", Below(4)));
}

void Generator::MakeForbid(Clause* clause) {
  clause->set_effect(policy_proto::EFFECT_FORBID);
  const uint32_t kind = Below(3);
  OrganisationSelector* recipient = clause->add_recipient();
  recipient->set_agency(kind == 0 ? "ANY" : Agency(Below(Agencies())));
  recipient->add_unit("ANY");
  OrganisationSelector* supplier = clause->add_supplier();
  supplier->set_agency(kind == 1 ? "ANY" : Agency(Below(Agencies())));
  supplier->add_unit("ANY");
  clause->add_role("ANY");
  clause->add_purpose(kind == 2 ? kPurposes[Below(6)] : "ANY");
  clause->add_lawful_basis("ANY");
  auto* flags = clause->add_guard()->mutable_subject_flag();
  flags->set_quantifier(policy_proto::QUANTIFIER_ANY);
  flags->add_flag("POLICE_INTEL");
}

void Generator::MakeGround(int number, Clause* clause) {
  clause->add_role(Chance(80) ? kRoles[Below(6)] : "ANY");
  clause->add_purpose(number == 0 || number == 4 || number == 5 ? "ANY" : kPurposes[Below(6)]);
  clause->add_lawful_basis("ART6_1_E");
  if (Chance(60)) clause->add_special_category_basis("ART9_2_H");
  clause->add_gateway("R17_CONSENT");
  clause->set_consent_rule(Chance(50) ? policy_proto::CONSENT_RULE_REQUIRED
                                      : policy_proto::CONSENT_RULE_NOT_CONSULTED);
  if (Chance(34)) {
    switch (Below(5)) {
      case 0: clause->add_guard()->mutable_age()->set_max_years(24); break;
      case 1: clause->add_guard()->mutable_training(); break;
      case 2:
        clause->add_guard()->mutable_statement()->add_statement(
            policy_proto::STATEMENT_CASE_REFERENCE);
        break;
      case 3: clause->add_guard()->mutable_strong_authentication(); break;
      default: {
        auto* relation = clause->add_guard()->mutable_relationship();
        relation->set_holder(policy_proto::HOLDER_CALLER);
        relation->set_quantifier(policy_proto::QUANTIFIER_ANY);
        relation->add_relationship(policy_proto::RELATIONSHIP_ENROLLED);
      }
    }
  }
  if (Chance(50)) clause->add_obligation()->set_code("NO_ONWARD");
  if (Chance(25)) clause->add_obligation()->set_code("READ_RECEIPT");
}

void Generator::MakeClause(Agreement* agreement, int number) {
  Clause* clause = agreement->add_clause();
  clause->set_id(absl::StrCat("c", number));
  clause->set_title("Generated");
  clause->add_record_type("EHC_PLAN");
  clause->add_disclosure(policy_proto::DISCLOSURE_CONTENT);
  for (const char* part : kParts) {
    if (Chance(40)) clause->add_part(part);
  }
  if (clause->part().empty()) clause->add_part("C");
  if (number == kClausesPerAgreement - 1 && agreements_.size() % 2 == 1) {
    MakeForbid(clause);
    return;
  }
  clause->set_effect(policy_proto::EFFECT_PERMIT);
  MakeRecipient(number, clause->add_recipient());
  OrganisationSelector* supplier = clause->add_supplier();
  supplier->set_agency(number == 3 || number == 5 ? "ANY" : Agency(Below(Agencies())));
  supplier->add_unit(Chance(50) ? "send" : "ANY");
  MakeGround(number, clause);
}

void Generator::MakeAgreements(PolicySource* source) {
  const int count = (clauses_ + kClausesPerAgreement - 1) / kClausesPerAgreement;
  for (int i = 0; i < count; ++i) {
    agreements_.push_back(Head(i));
    const int clauses = std::min(kClausesPerAgreement, clauses_ - i * kClausesPerAgreement);
    for (int j = 0; j < clauses; ++j) MakeClause(&agreements_.back(), j);
    std::string text;
    google::protobuf::TextFormat::PrintToString(agreements_.back(), &text);
    source->files.push_back(
        {absl::StrCat("agreements/", agreements_.back().id(), ".textproto"), std::move(text)});
  }
}

void Generator::Aim(const OrganisationSelector& selector, PolicyRequest* request) {
  request->agency =
      AgencyId(selector.has_agency() && selector.agency() != "ANY" ? selector.agency()
                                                                   : Agency(Below(Agencies())));
  request->agency_type =
      selector.has_agency_type() ? selector.agency_type() : std::string(kTypes[Below(4)]);
  request->region = selector.region().empty() ? absl::StrCat(300 + Below(50)) : selector.region(0);
  request->unit =
      UnitId(selector.unit(0) == "ANY" ? absl::StrCat("unit-", Below(4)) : selector.unit(0));
}

void Generator::MakeRequest(GeneratedWork* work) {
  const Agreement& agreement = agreements_[Below(agreements_.size())];
  const Clause& clause = agreement.clause(static_cast<int>(Below(agreement.clause_size())));
  PolicyRequest request;
  Facts facts;
  facts.subject_known = true;
  facts.today = LondonDate(work->now);
  facts.date_of_birth = Date(2014, 5, 1);
  facts.consent.given = ~PartMask{0};
  if (Chance(90)) facts.caller_relationships = kEnrolled;
  if (Chance(5)) facts.protections = kPoliceIntelligence;
  request.agreement = AgreementId(agreement.id());
  Aim(clause.recipient(0), &request);
  request.custodian = AgencyId(clause.supplier(0).agency() == "ANY" ? Agency(Below(Agencies()))
                                                                    : clause.supplier(0).agency());
  request.custodian_type = "LOCAL_AUTHORITY";
  request.custodian_unit = UnitId("send");
  request.user = "user-1";
  const auto word = [](const std::string& code, const char* otherwise) {
    return code == "ANY" ? std::string(otherwise) : code;
  };
  request.role = word(clause.role(0), kRoles[Below(6)]);
  request.purpose = word(clause.purpose(0), kPurposes[Below(6)]);
  request.lawful_basis = "ART6_1_E";
  request.special_category_basis = "ART9_2_H";
  request.gateway = "R17_CONSENT";
  request.training_valid_until = work->now + absl::Hours(24);
  request.strong_authentication = true;
  request.case_reference = "case";
  request.record_type = "EHC_PLAN";
  request.parts = 0x7FFF & random_();
  if (Chance(42)) {
    switch (Below(5)) {
      case 0: request.role = "HUB_AUDITOR"; break;
      case 1: request.purpose = "RESEARCH"; break;
      case 2: request.gateway = "R17_APPEAL"; break;
      case 3: request.agency = AgencyId("agency-unknown"); break;
      default: facts.consent.given = 0;
    }
  }
  work->requests.push_back(std::move(request));
  work->facts.push_back(std::move(facts));
}

}  // namespace

GeneratedWork GenerateWork(const PolicySource& base, int clauses, int requests, uint64_t seed) {
  GeneratedWork work;
  work.now = LondonMidnight(Date(2026, 5, 5)) + absl::Hours(11);
  Generator generator(clauses, seed);
  generator.MakeAgreements(&work.source);
  for (const PolicyFile& file : base.files) {
    // Its agencies are made up: the list of real ones would refuse them.
    if (absl::StartsWith(file.path, "vocabulary/") && file.path != kOrganisationsFile) {
      work.source.files.push_back(file);
    }
  }
  for (int i = 0; i < requests; ++i) generator.MakeRequest(&work);
  return work;
}

}  // namespace ehc
