// ssd_person, ssd_address, ssd_linked_identifiers, ssd_disability.
#include "absl/strings/str_cat.h"
#include "server/model/calendar.h"
#include "tests/world/names.h"
#include "tests/world/world.h"

namespace ehc {
namespace {

constexpr const char* kEthnicities[] = {"WBRI", "WBRI", "WBRI", "WBRI", "WOTH", "MWBC", "MOTH",
                                        "AIND", "APKN", "BAFR", "BCRB", "OOTH", "NOBT", "REFU"};
constexpr const char* kDisabilities[] = {"AUT", "LD",  "COMM", "BEH", "MOB",  "PC",
                                         "INC", "CON", "HEAR", "VIS", "HAND", "DDA"};

const char* GenderCode(char sex) { return sex == 'M' ? "01" : sex == 'F' ? "02" : "00"; }

void WritePerson(World& world, const Child& child) {
  Random random = world.Draw(child, Topic::kFamily);
  const bool school_age = child.born && AgeOn(*child.born, world.as_at()) >= 4;
  world.extract.Add("ssd_person",
                    {{"pers_person_id", child.id},
                     {"pers_forename", child.forename},
                     {"pers_surname", child.surname},
                     {"pers_sex", std::string(1, child.sex)},
                     {"pers_gender", GenderCode(child.sex)},
                     {"pers_ethnicity", child.born ? random.Pick(kEthnicities) : ""},
                     {"pers_dob", child.born},
                     {"pers_common_child_id", child.nhs},
                     {"pers_legacy_id", random.Chance(200) ? absl::StrCat("L", child.number) : ""},
                     {"pers_upn_unknown", child.born && !school_age ? "UN1" : ""},
                     {"pers_send_flag", child.HasPlanInForce() ? "Y" : "N"},
                     {"pers_expected_dob", child.expected},
                     {"pers_death_date", child.died},
                     {"pers_is_mother", "N"},
                     {"pers_nationality", ""}});
}

void WriteAddress(World& world, const Child& child, int index, const char* type, int household,
                  Date from, std::optional<Date> to) {
  const Address address = AddressOf(world.options.seed, household);
  world.extract.Add("ssd_address", {{"addr_table_id", RowId("A", child, index)},
                                    {"addr_address_json", AddressJson(address)},
                                    {"addr_person_id", child.id},
                                    {"addr_address_type", type},
                                    {"addr_address_start_date", from},
                                    {"addr_address_end_date", to},
                                    {"addr_address_postcode", address.postcode}});
}

void WriteAddresses(World& world, const Child& child) {
  if (!child.born) return;
  Random random = world.Draw(child, Topic::kHousehold);
  const Date moved = *child.born + (world.as_at() - *child.born) / 2;
  const int before = child.household + 2 * kMostChildren;
  const bool away = child.need == NeedLevel::kLookedAfter;
  if (random.Chance(300)) {
    WriteAddress(world, child, 1, "Home", before, *child.born, moved);
    WriteAddress(world, child, 2, away ? "Placement" : "Home", child.household, moved,
                 std::nullopt);
  } else {
    WriteAddress(world, child, 1, away ? "Placement" : "Home", child.household, *child.born,
                 std::nullopt);
  }
}

void Link(World& world, const Child& child, int index, const char* type, const std::string& value,
          std::optional<Date> from, std::optional<Date> to) {
  world.extract.Add("ssd_linked_identifiers", {{"link_table_id", RowId("L", child, index)},
                                               {"link_person_id", child.id},
                                               {"link_identifier_type", type},
                                               {"link_identifier_value", value},
                                               {"link_valid_from_date", from},
                                               {"link_valid_to_date", to}});
}

// The authority keeps the threads that lead back across an adoption; nothing may carry them on.
void LinkAdoption(World& world, const Child& child) {
  const Child& before = world.children[child.number];
  const Date order = AddMonths(*child.born, 24);
  Link(world, child, 3, "Former NHS Number", before.nhs, child.born, order);
  if (!before.upn.empty()) {
    Link(world, child, 4, "Former Unique Pupil Number", before.upn, child.born, order);
  }
  Link(world, child, 5, "Pre-Adoption Person ID", before.id, child.born, order);
  Link(world, child, 6, "RAA ID", absl::StrCat("RAA", child.number), order, std::nullopt);
}

void WriteLinks(World& world, const Child& child) {
  if (!child.born) return;
  Random random = world.Draw(child, Topic::kLinked);
  if (!child.upn.empty() && random.Chance(300)) {
    Link(world, child, 1, "Unique Pupil Number", child.upn, AddMonths(*child.born, 48),
         std::nullopt);
  }
  if (!child.former_upn.empty()) {
    Link(world, child, 2, "Former Unique Pupil Number", child.former_upn,
         AddMonths(*child.born, 48), world.as_at() - 200);
  }
  if (child.story == IdentityStory::kAdopted) LinkAdoption(world, child);
  if (child.need == NeedLevel::kLookedAfter) {
    Link(world, child, 7, "Court Case Number", absl::StrCat("ZC26C", child.number),
         world.as_at() - 300, std::nullopt);
  }
  if (child.youth_justice) {
    Link(world, child, 8, "YOT Number", absl::StrCat("YOT", child.number), world.as_at() - 90,
         std::nullopt);
  }
  if (random.Chance(50)) {
    Link(world, child, 9, "Case Number", absl::StrCat("C-", child.number, "/", 26),
         world.as_at() - 400, std::nullopt);
  }
}

void WriteDisabilities(World& world, const Child& child) {
  if (!child.born) return;
  const bool disabled = child.HasPlanInForce();
  if (!disabled && child.need == NeedLevel::kNone) return;
  Random random = world.Draw(child, Topic::kHealth);
  const int count = disabled ? random.Between(1, 3) : 0;
  const int first = random.Below(12);
  for (int i = 0; i < count; ++i) {
    world.extract.Add("ssd_disability",
                      {{"disa_person_id", child.id},
                       {"disa_table_id", RowId("D", child, i + 1)},
                       {"disa_disability_code", kDisabilities[(first + i) % 12]}});
  }
  if (count == 0) {
    world.extract.Add("ssd_disability", {{"disa_person_id", child.id},
                                         {"disa_table_id", RowId("D", child)},
                                         {"disa_disability_code", "NONE"}});
  }
}

}  // namespace

void WriteIdentity(World& world, const Child& child) {
  WritePerson(world, child);
  WriteAddresses(world, child);
  WriteLinks(world, child);
  WriteDisabilities(world, child);
}

}  // namespace ehc
