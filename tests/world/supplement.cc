// What the dataset lacks: docs/formats/extract.md, "The supplement".
#include "absl/strings/str_cat.h"
#include "server/model/calendar.h"
#include "tests/world/names.h"
#include "tests/world/texts.h"
#include "tests/world/world.h"

namespace ehc {
namespace {

constexpr const char* kSections[] = {"A", "B", "C", "D", "E", "F", "G", "H1", "H2", "I", "J", "K"};

const char* SenCode(const Child& child) {
  return child.HasPlanInForce() ? "E" : child.sen_support ? "K" : "N";
}

int Age(const World& world, const Child& child) { return AgeOn(*child.born, world.as_at()); }

// Type only where the child is on no roll: parents may have made their own arrangements.
std::string PlacementType(const Child& child) {
  return child.school < 0 ? "EARLY_YEARS" : SchoolAt(child.school).type;
}

bool OmitsSection(absl::string_view section, const Child& child, Random& random) {
  if (section == "I" && child.plan == PlanStage::kDraft) return true;  // blank until final
  if (child.number <= kFewestChildren) return false;
  if (section == "J") return !random.Chance(100);
  if (section == "C" || section == "G") return random.Chance(250);
  // The weak spot of real plans: no social care.
  if (section == "D" || section == "H1" || section == "H2") return random.Chance(400);
  return false;
}

std::string Text(absl::string_view section, const Child& child, Random& random) {
  if (section == "I") {
    return child.school < 0 ? "An early years setting (type only)."
                            : absl::StrCat(SchoolAt(child.school).name, ", ", PlacementType(child));
  }
  std::string text = SectionText(section, child.need_type, random);
  const bool names_school = section == "F" && child.school >= 0 && random.Chance(400);
  if (names_school) absl::StrAppend(&text, "\nDelivered at ", SchoolAt(child.school).name, ".");
  return text;
}

// A section is marked as read and free of locations where it is; section I never is.
bool LocationChecked(absl::string_view section, const std::string& text, const Child& child,
                     Random& random) {
  if (section == "I" || section == "K") return false;
  if (child.school >= 0 && text.find(SchoolAt(child.school).name) != std::string::npos)
    return false;
  return random.Chance(800);
}

void WriteSections(World& world, const Child& child, Random& random) {
  for (const char* section : kSections) {
    if (OmitsSection(section, child, random)) continue;
    const std::string text = Text(section, child, random);
    const bool health = std::string(section) == "C" || std::string(section) == "G";
    world.extract.Add(
        "supplement_plan_sections",
        {{"plan_id", PlanId(child)},
         {"section_code", section},
         {"text", text},
         {"location_checked", LocationChecked(section, text, child, random) ? "Y" : "N"},
         {"source_agency", health ? kTrust : ""}});
  }
}

const char* PlanStatusCode(PlanStage stage) {
  switch (stage) {
    case PlanStage::kDraft: return "DRAFT";
    case PlanStage::kAmending: return "AMENDING";
    case PlanStage::kCeased: return "CEASED";
    default: return "FINAL";
  }
}

void WritePlan(World& world, const Child& child) {
  const bool content =
      child.HasPlanInForce() || child.plan == PlanStage::kDraft || child.plan == PlanStage::kCeased;
  if (!content) return;
  Random random = world.Draw(child, Topic::kSend);
  world.extract.Add("supplement_plan_headlines",
                    {{"plan_id", PlanId(child)},
                     {"person_id", child.id},
                     {"badge", child.plan == PlanStage::kDraft ? "DRAFT" : "FINAL"},
                     {"status", PlanStatusCode(child.plan)},
                     {"plan_type", "EHCP"},
                     {"placement_type", PlacementType(child)},
                     {"b_headline", HeadlineText(child.need_type)},
                     {"contact_ref", Caseworker(world, child)}});
  WriteSections(world, child, random);
  if (!child.HasPlanInForce()) return;
  const bool on_roll = child.school >= 0;
  const School school = on_roll ? SchoolAt(child.school) : School();
  world.extract.Add("supplement_named_institutions", {{"plan_id", PlanId(child)},
                                                      {"person_id", child.id},
                                                      {"agency", school.agency},
                                                      {"urn", school.urn},
                                                      {"institution_name", school.name},
                                                      {"institution_type", PlacementType(child)},
                                                      {"from_date", world.as_at() - 31},
                                                      {"to_date", ""}});
  world.extract.Add("supplement_commissioners", {{"person_id", child.id},
                                                 {"agency", kIcb},
                                                 {"from_date", world.as_at() - 365},
                                                 {"to_date", ""}});
}

void WriteEnrolment(World& world, const Child& child) {
  if (child.school < 0 || !child.born) return;
  const int age = Age(world, child);
  const Date joined = AddMonths(*child.born, (age >= 17 ? 16 : age >= 11 ? 11 : 4) * 12);
  const School school = SchoolAt(child.school);
  world.extract.Add("supplement_enrolments", {{"person_id", child.id},
                                              {"agency", school.agency},
                                              {"urn", school.urn},
                                              {"from_date", joined},
                                              {"to_date", ""},
                                              {"sen_provision", SenCode(child)}});
  if (age < 11 || child.number % 5 != 0) return;
  const School before = SchoolAt(child.number % kSchools);
  world.extract.Add("supplement_enrolments", {{"person_id", child.id},
                                              {"agency", before.agency},
                                              {"urn", before.urn},
                                              {"from_date", AddMonths(*child.born, 48)},
                                              {"to_date", joined - 1},
                                              {"sen_provision", "N"}});
}

struct Party {
  const char* kind;
  std::string ref;
  const char* unit = "";
  bool responsible = true;
  const char* evidence = "";
  bool prohibited = false;
};

void WriteParty(World& world, const Child& child, int index, const Party& party, Date from) {
  world.extract.Add("supplement_relationships",
                    {{"relationship_id", RowId("R", child, index)},
                     {"person_id", child.id},
                     {"party_kind", party.kind},
                     {"party_ref", party.ref},
                     {"party_unit", party.unit},
                     {"parental_responsibility", party.responsible ? "Y" : "N"},
                     {"evidence", party.evidence},
                     {"contact_prohibited", party.prohibited ? "Y" : "N"},
                     {"from_date", from},
                     {"to_date", ""}});
}

std::string PartyRef(const Child& child, const char* who) {
  return absl::StrCat("party-", child.id, "-", who);
}

void WriteParents(World& world, const Child& child, Random& random) {
  const Date born = *child.born;
  if (child.story == IdentityStory::kAdopted) {
    const Date order = AddMonths(born, 24);
    WriteParty(world, child, 1, {"PARENT", PartyRef(child, "1"), "", true, "ADOPTION_ORDER"},
               order);
    WriteParty(world, child, 2, {"PARENT", PartyRef(child, "2"), "", true, "ADOPTION_ORDER"},
               order);
    return;
  }
  WriteParty(world, child, 1, {"PARENT", PartyRef(child, "1"), "", true, "MOTHER"}, born);
  const int lot = random.Below(100);
  const bool prohibited = child.contact_prohibited || lot >= 98;
  if (lot < 45) {
    WriteParty(world, child, 2, {"PARENT", PartyRef(child, "2"), "", true, "MARRIAGE", prohibited},
               born);
  } else if (lot < 75 || prohibited) {
    WriteParty(world, child, 2,
               {"PARENT", PartyRef(child, "2"), "", true, "BIRTH_CERTIFICATE", prohibited}, born);
  } else if (lot < 85) {
    WriteParty(world, child, 2, {"PARENT", PartyRef(child, "2"), "", false}, born);
  }
}

void WriteRelationships(World& world, const Child& child) {
  if (!child.born || child.died) return;
  Random random = world.Draw(child, Topic::kFamily);
  WriteParents(world, child, random);
  const Date recent = world.as_at() - 60;
  if (child.need == NeedLevel::kLookedAfter) {
    WriteParty(world, child, 3, {"LOCAL_AUTHORITY", kBromley, "social-care", true, "CARE_ORDER"},
               recent);
    WriteParty(world, child, 4, {"CARER", PartyRef(child, "carer"), "", false}, recent);
  } else if (random.Chance(10)) {
    WriteParty(world, child, 4,
               {"CARER", PartyRef(child, "guardian"), "", true, "SPECIAL_GUARDIANSHIP_ORDER"},
               recent);
  }
  const bool adult_age = Age(world, child) >= 16;
  if (child.represented || (adult_age && child.HasPlanInForce() && random.Chance(50))) {
    WriteParty(world, child, 5, {"REPRESENTATIVE", PartyRef(child, "rep"), "", false}, recent);
  }
  if (child.need == NeedLevel::kCin2 && random.Chance(200)) {
    WriteParty(world, child, 6, {"KEY_WORKER", kProvider, "", false}, recent);
  }
}

void Protect(World& world, const Child& child, int index, const char* label, const char* cleared,
             const std::string& recipients, const char* reason) {
  world.extract.Add("supplement_protections", {{"protection_id", RowId("PROT", child, index)},
                                               {"person_id", child.id},
                                               {"label", label},
                                               {"address_cleared", cleared},
                                               {"cleared_recipients", recipients},
                                               {"reason", reason},
                                               {"from_date", world.as_at() - 45},
                                               {"to_date", ""}});
}

void WriteProtections(World& world, const Child& child) {
  Random random = world.Draw(child, Topic::kProtection);
  const bool restricted = random.Chance(30);
  const bool reviewed = random.Chance(700);
  const bool hidden = child.address_restricted.value_or(restricted);
  if (child.BeforeAdoption()) {
    Protect(world, child, 1, "IDENTITY_SEVERED", "N", "", "The child was adopted.");
    return;
  }
  if (child.story == IdentityStory::kAdopted) {
    Protect(world, child, 1, "ADOPTED", "N", "", "The record before the order is closed.");
  }
  if (hidden) {
    const bool trust_too = child.number > kFewestChildren && random.Chance(300);
    Protect(world, child, 2, "ADDRESS_RESTRICTED", "N",
            trust_too ? absl::StrCat(kBromley, ";", kTrust) : kBromley,
            "A parent must not learn where the child is.");
  } else if (child.address_reviewed.value_or(reviewed)) {
    Protect(world, child, 3, "NONE", "Y", "", "Read by a person; nothing to protect.");
  }
  if (child.covert_enquiry) {
    Protect(world, child, 4, "COVERT_ENQUIRY", "N", "",
            "The family is not to know of the enquiry.");
  }
  if (child.sensitive_service) {
    Protect(world, child, 5, "SENSITIVE_SERVICE", "N", kTrust, "A service sought in confidence.");
  }
  if (child.youth_justice) {
    Protect(world, child, 6, "YOUTH_JUSTICE", "N", kBromley, "Until the order is spent.");
  }
  if (random.Chance(5)) {
    Protect(world, child, 7, "COURT_RESTRICTED", "N", kBromley, "Family proceedings.");
  }
  if (random.Chance(10)) {
    Protect(world, child, 8, "THIRD_PARTY", "N", kBromley, "Holds a sibling's information.");
  }
}

void WriteHealth(World& world, const Child& child) {
  if (!child.born || child.died || child.BeforeAdoption()) return;
  Random random = world.Draw(child, Topic::kHealth);
  const bool fixed = child.number <= kFewestChildren && child.HasPlanInForce();
  if (!fixed && !random.Chance(child.HasPlanInForce() ? 700 : 20)) return;
  const char* kParts[] = {"SUMMARY", "MEDICATION", "SERVICES", "APPOINTMENTS", "GP", "SENSITIVE"};
  for (const std::string part : kParts) {
    if (part == "SENSITIVE" && !child.sensitive_service) continue;
    const bool reveals = part == "GP" || part == "APPOINTMENTS";
    world.extract.Add("supplement_health_records",
                      {{"record_id", RowId("H", child)},
                       {"person_id", child.id},
                       {"custodian_agency", kTrust},
                       {"custodian_unit", "community-paediatrics"},
                       {"record_type", "HEALTH_RECORD"},
                       {"part_code", part},
                       {"text", HealthText(part, child.need_type, random)},
                       {"location_checked", reveals ? "N" : "Y"},
                       {"from_date", world.as_at() - random.Between(10, 400)},
                       {"to_date", ""},
                       {"contact_ref", kTrustDesk}});
  }
}

struct Flag {
  const char* kind;
  const char* agency;
  const char* unit;
  const char* desk;
  const char* detail;
  int months;  // until it expires; 0: never by itself
};

void WriteFlag(World& world, const Child& child, int index, const Flag& flag) {
  const Date from = world.as_at() - 20 - child.number % 100;
  world.extract.Add(
      "supplement_flags",
      {{"flag_id", RowId("F", child, index)},
       {"person_id", child.id},
       {"custodian_agency", flag.agency},
       {"custodian_unit", flag.unit},
       {"kind", flag.kind},
       {"detail", flag.detail},
       {"location_checked", "Y"},
       {"from_date", from},
       {"expires_on",
        flag.months > 0 ? std::optional<Date>(AddMonths(from, flag.months)) : std::nullopt},
       {"contact_ref", flag.desk}});
}

void WriteFlags(World& world, const Child& child) {
  if (!child.born || child.died || child.BeforeAdoption()) return;
  Random random = world.Draw(child, Topic::kFlags);
  if (child.need == NeedLevel::kProtection) {
    WriteFlag(world, child, 1,
              {"CHILD_PROTECTION_PLAN", kBromley, "social-care", kCareDesk,
               "Ring the front door before acting.", 0});
  }
  if (child.need == NeedLevel::kLookedAfter) {
    WriteFlag(world, child, 2,
              {"LOOKED_AFTER", kBromley, "social-care", kCareDesk,
               "The authority shares parental responsibility.", 0});
  }
  if (child.youth_justice) {
    WriteFlag(world, child, 3,
              {"YOUTH_JUSTICE", kBromley, "youth-justice", kCareDesk, "Order in force.", 6});
  }
  if (child.covert_enquiry || random.Chance(4)) {
    WriteFlag(world, child, 4,
              {"MARAC", kPolice, "public-protection", kPoliceDesk,
               "Heard at a multi-agency risk assessment conference.", 12});
  }
  if (random.Chance(3)) {
    WriteFlag(world, child, 5,
              {"GANG", kPolice, "public-protection", kPoliceDesk, "Need to know only.", 6});
  }
}

}  // namespace

void WriteSupplement(World& world, const Child& child) {
  if (child.born) {
    WritePlan(world, child);
    WriteEnrolment(world, child);
  }
  WriteRelationships(world, child);
  WriteProtections(world, child);
  WriteHealth(world, child);
  WriteFlags(world, child);
}

}  // namespace ehc
