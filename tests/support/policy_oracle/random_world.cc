#include "tests/support/policy_oracle/random_world.h"

#include <google/protobuf/text_format.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include "server/model/date.h"
#include "server/policy/document.h"
#include "server/policy/engine.h"

namespace ehc {
namespace {

namespace pb = policy::v1;

constexpr char kWords[] = R"(
agency_type { code: "T0" title: "t" } agency_type { code: "T1" title: "t" parent: "T0" } agency_type { code: "T2" title: "t" }
role { code: "R0" title: "r" } role { code: "R1" title: "r" parent: "R0" } role { code: "R2" title: "r" effective { until: "2026-06-30" } }
purpose { term { code: "P0" title: "p" } lawful_basis: "B0" } purpose { term { code: "P1" title: "p" parent: "P0" } lawful_basis: "B0" }
purpose { term { code: "P2" title: "p" effective { from: "2026-03-01" } } lawful_basis: "B0" }
lawful_basis { term { code: "B0" title: "b" } } lawful_basis { term { code: "B1" title: "b" } }
special_category_basis { code: "S0" title: "s" } special_category_basis { code: "S1" title: "s" parent: "S0" }
gateway { term { code: "G0" title: "g" } human_decision: HUMAN_DECISION_NOT_NEEDED is_consent: true }
gateway { term { code: "G1" title: "g" } human_decision: HUMAN_DECISION_UNLESS_STANDING_DECISION }
gateway { term { code: "G2" title: "g" } human_decision: HUMAN_DECISION_UNLESS_APPROVED must_state: STATEMENT_CASE_REFERENCE }
gateway { term { code: "G3" title: "g" effective { switched_off: true } } human_decision: HUMAN_DECISION_NOT_NEEDED }
record_type { term { code: "X" title: "x" } }
record_type { term { code: "X0" title: "x" parent: "X" } part { code: "A" title: "a" } part { code: "B" title: "b" } part { code: "C" title: "c" location_revealing: true } part { code: "D" title: "d" } part { code: "E" title: "e" } }
record_type { term { code: "X1" title: "x" parent: "X" } part { code: "A" title: "a" } part { code: "B" title: "b" } status_only: true }
obligation { term { code: "O0" title: "o" } } obligation { term { code: "O1" title: "o" } } obligation { term { code: "O2" title: "o" } required_for_break_glass: true }
subject_flag { code: "ADDRESS_RESTRICTED" title: "f" } subject_flag { code: "POLICE_INTEL" title: "f" } subject_flag { code: "GANG" title: "f" } subject_flag { code: "FGM" title: "f" }
subject_flag { code: "IDENTITY_SEVERED" title: "f" }
)";

const char* const kFlags[] = {"ADDRESS_RESTRICTED", "POLICE_INTEL", "GANG", "FGM",
                              "IDENTITY_SEVERED"};

std::string Text(const google::protobuf::Message& message) {
  std::string text;
  google::protobuf::TextFormat::PrintToString(message, &text);
  return text;
}

// Whether `agency` signed, as the world says: a verifier for digests that nobody needs to compute.
class WorldVerifier final : public SignatureVerifier {
 public:
  explicit WorldVerifier(const OraclePolicy& policy) : policy_(policy) {}
  absl::Status Verify(const AgencyId& agency, absl::string_view key_id, absl::string_view,
                      absl::string_view) const override {
    const bool good = policy_.signatures.count({std::string(key_id), agency.value()}) > 0;
    return good ? absl::OkStatus() : absl::UnauthenticatedError("unsigned");
  }

 private:
  const OraclePolicy& policy_;
};

}  // namespace

RandomWorld::RandomWorld(Choices choices) : random_(choices) {
  google::protobuf::TextFormat::ParseFromString(kWords, &policy_.vocabulary);
  const int agreements = 1 + static_cast<int>(Below(4));
  for (int i = 0; i < agreements; ++i) MakeAgreement(i);
  if (Chance(6)) policy_.suspended.insert("g0");
  policy_.require_signatures = Chance(30);
  for (const pb::Agreement& agreement : policy_.agreements) {
    for (const char* agency : {"a0", "a1", "a2"}) {
      if (Chance(80)) policy_.signatures.insert({agreement.id(), agency});
    }
  }
}

void RandomWorld::MakeAgreement(int number) {
  pb::Agreement agreement;
  google::protobuf::TextFormat::ParseFromString(
      "version: '1' title: 't' tier: TIER_AGREEMENT dpia_reference: 'd' retention: 'r' "
      "onward_sharing: ONWARD_SHARING_NONE rights_contact { office: 'o' } breach_contact { office: "
      "'o' } purpose: 'P0' review_due: '2026-01-01' "
      "party { agency_type: 'T0' unit: 'ANY' controller_role: CONTROLLER_ROLE_CONTROLLER "
      "custodian: true } "
      "party { agency_type: 'T2' unit: 'ANY' controller_role: CONTROLLER_ROLE_CONTROLLER "
      "custodian: true } "
      "group { id: 'w' agency: 'a1' agency_type: 'T2' region: '1' }",
      &agreement);
  agreement.set_id(absl::StrCat("g", number));
  agreement.set_valid_from(Chance(20) ? "2026-02-01" : "2026-01-01");
  agreement.set_valid_until(Chance(8) ? "2026-03-31" : "2026-12-31");
  if (number > 0 && Chance(60)) agreement.set_parent_id(absl::StrCat("g", Below(number)));
  if (Chance(2)) agreement.mutable_suspension()->set_reason("r");
  const int clauses = 1 + static_cast<int>(Below(7));
  for (int i = 0; i < clauses; ++i) MakeClause(i, &agreement);
  policy_.agreements.push_back(std::move(agreement));
}

void RandomWorld::MakeOrganisation(const pb::Agreement&, pb::OrganisationSelector* selector) {
  switch (Below(6)) {
    case 0: selector->set_agency("ANY"); break;
    case 1: selector->set_agency_type(absl::StrCat("T", Below(3))); break;
    case 2:
      selector->set_agency_type(absl::StrCat("T", Below(3)));
      selector->add_region(absl::StrCat(Below(2)));
      break;
    case 3: selector->set_group("w"); break;
    default: selector->set_agency(absl::StrCat("a", Below(3)));
  }
  selector->add_unit(Chance(75) ? "ANY" : absl::StrCat("u", Below(2)));
}

void RandomWorld::MakeFlags(pb::FlagGuard* guard) {
  guard->set_quantifier(static_cast<pb::Quantifier>(1 + Below(3)));
  const uint32_t first = Below(4);
  guard->add_flag(kFlags[first]);
  if (Chance(40)) guard->add_flag(kFlags[(first + 1) % 4]);
}

void RandomWorld::MakeGuard(bool permit, pb::Guard* guard) {
  switch (Below(permit ? 14 : 13)) {
    case 0: guard->mutable_date_window()->set_from("2026-02-15"); break;
    case 1:
      guard->mutable_hours()->set_start("06:00");
      guard->mutable_hours()->set_end(Chance(50) ? "18:30" : "24:00");
      if (Chance(50)) guard->mutable_hours()->add_weekday(static_cast<pb::Weekday>(1 + Below(7)));
      break;
    case 2:
      guard->mutable_consent_state()->add_state(static_cast<pb::ConsentState>(1 + Below(7)));
      guard->mutable_consent_state()->add_state(static_cast<pb::ConsentState>(1 + Below(7)));
      break;
    case 3:
      guard->mutable_decision_maker()->add_one_of(static_cast<pb::DecisionMakerKind>(1 + Below(4)));
      guard->mutable_decision_maker()->add_one_of(pb::DECISION_MAKER_KIND_PARENT);
      break;
    case 4: MakeFlags(guard->mutable_subject_flag()); break;
    case 5:
      guard->mutable_age()->set_min_years(static_cast<int>(Below(18)));
      if (Chance(50)) guard->mutable_age()->set_max_years(18);
      break;
    case 6:
      guard->mutable_school_leaving()->set_side(static_cast<pb::SchoolLeavingSide>(1 + Below(2)));
      break;
    case 7: {
      auto* relation = guard->mutable_relationship();
      relation->set_holder(static_cast<pb::Holder>(1 + Below(2)));
      relation->set_quantifier(static_cast<pb::Quantifier>(1 + Below(3)));
      const uint32_t first = Below(6);
      relation->add_relationship(static_cast<pb::Relationship>(1 + first));
      if (Chance(40)) relation->add_relationship(static_cast<pb::Relationship>(2 + first));
      break;
    }
    case 8:
      guard->mutable_statement()->add_statement(static_cast<pb::Statement>(1 + Below(3)));
      break;
    case 9: guard->mutable_second_person(); break;
    case 10: guard->mutable_training(); break;
    case 11: guard->mutable_region()->add_one_of(absl::StrCat(Below(2))); break;
    case 12: guard->mutable_strong_authentication(); break;
    default: guard->mutable_rate()->set_max_per_person_per_day(1 + static_cast<int>(Below(3)));
  }
}

void RandomWorld::MakeClause(int number, pb::Agreement* agreement) {
  pb::Clause* clause = agreement->add_clause();
  clause->set_id(absl::StrCat("c", number));
  clause->set_title("t");
  const uint32_t kind = Below(10);
  clause->set_effect(kind < 7   ? pb::EFFECT_PERMIT
                     : kind < 9 ? pb::EFFECT_FORBID
                                : pb::EFFECT_REFER);
  const bool permit = clause->effect() == pb::EFFECT_PERMIT;
  MakeOrganisation(*agreement, clause->add_recipient());
  if (Chance(20)) MakeOrganisation(*agreement, clause->add_recipient());
  MakeOrganisation(*agreement, clause->add_supplier());
  clause->add_role(Chance(60) ? "ANY" : absl::StrCat("R", Below(3)));
  clause->add_record_type(Chance(20) ? "ANY" : Chance(30) ? "X" : "X0");
  if (Chance(30)) {
    clause->add_part("ANY");
  } else {
    clause->add_part(Chance(50) ? "A" : "B");
    if (clause->record_type(0) == "X0") clause->add_part(std::string(1, "CDE"[Below(3)]));
  }
  clause->add_disclosure(Chance(75) ? pb::DISCLOSURE_CONTENT
                                    : static_cast<pb::Disclosure>(1 + Below(3)));
  if (Chance(15)) clause->add_disclosure(pb::DISCLOSURE_EXISTENCE);
  clause->add_purpose(Chance(20) ? "ANY" : absl::StrCat("P", Below(3)));
  clause->add_lawful_basis(Chance(20) ? "ANY" : Chance(85) ? "B0" : "B1");
  if (Chance(15))
    clause->add_special_category_basis(Chance(20) ? "ANY" : absl::StrCat("S", Below(2)));
  if (Chance(50)) clause->add_gateway(Chance(10) ? "ANY" : absl::StrCat("G", Below(4)));
  if (permit) clause->set_consent_rule(pb::CONSENT_RULE_NOT_CONSULTED);
  if (permit && clause->disclosure_size() == 1 && clause->disclosure(0) == pb::DISCLOSURE_CONTENT &&
      Chance(40)) {
    clause->set_consent_rule(Chance(70) ? pb::CONSENT_RULE_REQUIRED : pb::CONSENT_RULE_NOT_REFUSED);
  }
  if (Chance(10)) clause->mutable_validity()->set_until("2026-04-15");
  if (Chance(10)) MakeFlags(clause->mutable_cohort()->mutable_flag());
  if (Chance(5)) clause->mutable_cohort()->add_area("1");
  for (int guards = Chance(45) ? 1 + static_cast<int>(Below(2)) : 0; guards > 0; --guards) {
    MakeGuard(permit, clause->add_guard());
  }
  if (clause->effect() == pb::EFFECT_FORBID) {
    clause->set_break_glass_may_override(Chance(30));
    return;
  }
  if (Chance(60)) clause->add_obligation()->set_code(absl::StrCat("O", Below(2)));
  if (Chance(30)) {
    clause->add_obligation()->set_code(absl::StrCat("O", Below(2)));
    clause->mutable_obligation()->rbegin()->set_detail("d");
  }
  if (permit && Chance(15)) {
    clause->add_obligation()->set_code("O2");
    clause->mutable_break_glass()->set_minutes(5);
    clause->mutable_break_glass()->set_max_uses_per_person_per_day(1 + static_cast<int>(Below(2)));
  } else if (clause->record_type(0) != "X0" && clause->record_type(0) != "X" &&
             clause->record_type(0) != "ANY") {
    clause->set_unattended(Chance(50));
  } else if (std::find(clause->disclosure().begin(), clause->disclosure().end(),
                       pb::DISCLOSURE_CONTENT) == clause->disclosure().end()) {
    clause->set_unattended(Chance(50));
  }
}

PolicySource RandomWorld::Shuffled() {
  PolicySource source;
  for (pb::Agreement agreement : policy_.agreements) {
    std::shuffle(agreement.mutable_clause()->begin(), agreement.mutable_clause()->end(), random_);
    const std::string digest = AgreementDigest(agreement);
    for (const char* agency : {"a0", "a1", "a2"}) {
      pb::Signature* signature = agreement.add_signature();
      signature->set_agency(agency);
      signature->set_key_id(agreement.id());
      signature->set_digest(digest);
    }
    source.files.push_back(
        {absl::StrCat("agreements/", agreement.id(), ".textproto"), Text(agreement)});
  }
  std::shuffle(source.files.begin(), source.files.end(), random_);
  source.files.push_back({"vocabulary/words.textproto", kWords});
  return source;
}

std::shared_ptr<const PolicySnapshot> RandomWorld::Compile(const PolicySource& source) const {
  const WorldVerifier verifier(policy_);
  auto policy = PolicySnapshot::Compile(source, {policy_.require_signatures, &verifier});
  if (!policy.ok()) {
    std::cerr << policy.status() << "\n";
    std::abort();
  }
  absl::flat_hash_set<AgreementId> suspended;
  for (const std::string& id : policy_.suspended) suspended.insert(AgreementId(id));
  return (*policy)->WithSuspended(suspended);
}

PolicyRequest RandomWorld::Request() {
  PolicyRequest request;
  request.agency = AgencyId(absl::StrCat("a", Below(4)));
  request.agency_type = absl::StrCat("T", Below(3));
  if (Chance(70)) request.region = absl::StrCat(Below(2));
  if (Chance(80)) request.unit = UnitId(absl::StrCat("u", Below(3)));
  if (Chance(85)) request.user = "p";
  if (Chance(90)) request.role = absl::StrCat("R", Below(4));
  if (Chance(60)) request.training_valid_until = Now();
  request.strong_authentication = Chance(50);
  request.second_person_approved = Chance(50);
  request.disclosure =
      Chance(75) ? DisclosureKind::kContent : static_cast<DisclosureKind>(Below(3));
  request.custodian = AgencyId(absl::StrCat("a", Below(4)));
  if (Chance(80)) request.custodian_type = absl::StrCat("T", Below(3));
  if (Chance(70)) request.custodian_region = absl::StrCat(Below(2));
  if (Chance(80)) request.custodian_unit = UnitId(absl::StrCat("u", Below(3)));
  request.record_type = Chance(3) ? "X" : Chance(80) ? "X0" : "X1";
  request.parts = Below(32);
  request.agreement = AgreementId(absl::StrCat("g", Below(policy_.agreements.size())));
  request.purpose = Chance(3) ? "P9" : absl::StrCat("P", Below(3));
  request.lawful_basis = Chance(85) ? "B0" : Chance(50) ? "B1" : "";
  if (Chance(60)) request.special_category_basis = absl::StrCat("S", Below(2));
  if (Chance(85)) request.gateway = absl::StrCat("G", Below(4));
  if (Chance(60)) request.case_reference = "c";
  if (Chance(50)) request.considered_by = "c";
  if (Chance(50)) request.detriment_assessment = "c";
  if (Chance(35)) request.break_glass = BreakGlass{Chance(85) ? "r" : "", Chance(85)};
  if (Chance(85)) AimAtAClause(&request);
  return request;
}

// Most requests come near a clause, else hardly one in a hundred would reach any.
void RandomWorld::AimAtAClause(PolicyRequest* request) {
  const pb::Agreement& agreement = policy_.agreements[Below(policy_.agreements.size())];
  const pb::Clause& clause = agreement.clause(static_cast<int>(Below(agreement.clause_size())));
  const auto aim = [&](const auto& list, std::string* word) {
    if (!list.empty() && list[0] != "ANY" && !Chance(6)) *word = list[0];
  };
  if (!Chance(10)) request->agreement = AgreementId(agreement.id());
  if (!Chance(5))
    AimAt(clause.recipient(0), &request->agency, &request->agency_type, &request->region,
          &request->unit);
  if (!Chance(5))
    AimAt(clause.supplier(0), &request->custodian, &request->custodian_type,
          &request->custodian_region, &request->custodian_unit);
  aim(clause.role(), &request->role);
  aim(clause.purpose(), &request->purpose);
  aim(clause.lawful_basis(), &request->lawful_basis);
  aim(clause.special_category_basis(), &request->special_category_basis);
  aim(clause.gateway(), &request->gateway);
  if (!Chance(10)) {
    request->disclosure = static_cast<DisclosureKind>(clause.disclosure(0) - 1);
    request->record_type = clause.record_type(0) == "X1" ? "X1" : "X0";
  }
  if (request->record_type == "X0") request->parts |= Chance(50) ? 3 : 0;
}

void RandomWorld::AimAt(const pb::OrganisationSelector& selector, AgencyId* agency,
                        std::string* type, std::string* region, UnitId* unit) {
  if (selector.has_agency() && selector.agency() != "ANY") *agency = AgencyId(selector.agency());
  if (selector.has_agency_type()) *type = selector.agency_type();
  if (!selector.region().empty()) *region = selector.region(0);
  if (selector.has_group()) *agency = AgencyId("a1");
  if (selector.unit(0) != "ANY") *unit = UnitId(selector.unit(0));
}

Facts RandomWorld::SomeFacts() {
  Facts facts;
  facts.complete = !Chance(2);
  facts.today = Date(2026, 1, 1) + static_cast<int>(Below(365));
  if (Chance(85)) facts.date_of_birth = Date(2004, 2, 29) + static_cast<int>(Below(7000));
  if (Chance(85)) facts.school_leaving_date = Date(2026, 6, 26);
  facts.decision_maker = static_cast<DecisionMaker>(Below(5));
  facts.caller_relationships = Below(128) & Below(128);
  facts.custodian_relationships = Below(128) & Below(128);
  const uint32_t usual = kAddressRestricted | kPoliceIntelligence | kGang | kFgm;
  facts.protections = static_cast<uint32_t>(random_() & random_()) & usual;
  if (Chance(2)) facts.protections |= kIdentitySevered;
  facts.cleared_protections = facts.protections & static_cast<uint32_t>(random_());
  facts.consent.given = Chance(70) ? random_() & 0x1F : 0;
  for (PartMask* mask :
       {&facts.consent.refused, &facts.consent.withdrawn, &facts.consent.expired,
        &facts.consent.superseded, &facts.consent.conflict, &facts.consent.not_decision_maker}) {
    *mask = Chance(30) ? Mask() : 0;
  }
  facts.standing_decision = Chance(50) ? random_() & 0x1F : 0;
  facts.approved = Chance(30) ? Mask() : 0;
  if (Chance(70)) facts.area = absl::StrCat(Below(2));
  if (Chance(80)) facts.disclosures_today = Below(4);
  facts.break_glass_uses_today = Below(3);
  facts.break_glass_suspended = Chance(10);
  return facts;
}

absl::Time RandomWorld::Now() {
  const Date first = Chance(90) ? Date(2026, 3, 1) : Date(2025, 12, 28);
  return LondonMidnight(first) + absl::Minutes(Below(120 * 24 * 60));
}

std::string CompareWithOracle(uint64_t first_seed, int worlds, int requests, uint64_t* compared) {
  for (int i = 0; i < worlds; ++i) {
    RandomWorld world(first_seed + i);
    const auto one = world.Compile(world.Shuffled());
    const auto other = world.Compile(world.Shuffled());
    for (int j = 0; j < requests; ++j) {
      const PolicyRequest request = world.Request();
      const Facts facts = world.SomeFacts();
      const absl::Time now = world.Now();
      const std::string expected = AskOracle(world.policy(), request, facts, now).ToString();
      for (const PolicySnapshot* policy : {one.get(), other.get()}) {
        ++*compared;
        const std::string actual = FromDecision(Decide(request, facts, now, *policy)).ToString();
        if (actual == expected) continue;
        return absl::StrCat("seed ", first_seed + i, ", request ", j, "\noracle: ", expected,
                            "\nengine: ", actual);
      }
    }
  }
  return "";
}

}  // namespace ehc
