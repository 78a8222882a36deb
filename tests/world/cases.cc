// The twenty children whom demonstrations and tests know by number.
#include "server/model/date.h"
#include "tests/world/names.h"
#include "tests/world/options.h"
#include "tests/world/population.h"

namespace ehc {
namespace {

void Name(Child& child, const char* forename, const char* surname, char sex, Date born) {
  child.forename = forename;
  child.surname = surname;
  child.sex = sex;
  child.born = born;
}

void Plan(Child& child, int school) {
  child.plan = PlanStage::kFinal;
  child.school = school;
}

void ApplyPlanCase(Child& child) {
  switch (child.number) {
    case 1:
      Name(child, "Arlen", "Thornvale", 'M', Date(2017, 3, 14));
      Plan(child, kOakfield);
      child.nhs = "9434765870";
      child.address_reviewed = true;
      child.need_type = 0;
      break;
    case 2:
      Name(child, "Brisa", "Quillmere", 'F', Date(2015, 6, 2));
      Plan(child, kOakfield);
      child.nhs = "9000000025";
      child.address_restricted = true;
      break;
    case 3:
      Name(child, "Lumen", "Marchbanke", 'F', Date(2018, 1, 20));
      Plan(child, 5);
      child.story = IdentityStory::kAdopted;
      break;
    case 4:
      Name(child, "Kestra", "Fennick", 'F', Date(2018, 1, 20));
      child.story = IdentityStory::kBeforeAdoption;
      break;
    case 7:
      Name(child, "Halric", "Ivelstone", 'M', Date(2010, 8, 31));
      Plan(child, kCollege);
      break;
    case 8:
      Name(child, "Nerys", "Eskermoor", 'F', Date(2011, 2, 11));
      Plan(child, kOakfield);
      break;
    case 9:
      Name(child, "Jorren", "Haverbeck", 'M', Date(2016, 11, 5));
      Plan(child, kOakfield);
      child.contact_prohibited = true;
      break;
    case 10:
      Name(child, "Mirelle", "Wexcombe", 'F', Date(2013, 4, 23));
      Plan(child, kOakfield);
      child.need = NeedLevel::kLookedAfter;
      break;
    case 16:
      Name(child, "Sorrel", "Tarnfold", 'F', Date(2012, 12, 1));
      Plan(child, 7);
      child.plan = PlanStage::kAmending;
      break;
    case 17:
      Name(child, "Wystan", "Orrisdale", 'M', Date(2007, 4, 18));
      Plan(child, kCollege);
      child.represented = true;
      break;
    case 18:
      Name(child, "Tamsyl", "Rookhope", 'F', Date(2010, 10, 10));
      Plan(child, kOakfield);
      child.sensitive_service = true;
      break;
    default: break;
  }
}

void ApplyOtherCase(Child& child) {
  switch (child.number) {
    case 5:
      Name(child, "Corrin", "Skelderfen", 'M', Date(2014, 9, 9));
      Plan(child, 6);
      child.household = 5;
      break;
    case 6:
      Name(child, "Corin", "Skelderfen", 'M', Date(2014, 9, 9));
      child.household = 5;
      child.school = 6;
      child.sen_support = true;
      break;
    case 11:
      Name(child, "", "Haverbeck", 'U', Date());
      child.born.reset();
      child.expected = Date(2027, 1, 15);
      child.need = NeedLevel::kCin1;
      break;
    case 12:
      Name(child, "Quenby", "Varleigh", 'F', Date(2015, 2, 17));
      child.school = kElmGrove;
      child.need = NeedLevel::kProtection;
      child.covert_enquiry = true;
      break;
    case 13:
      Name(child, "Perrin", "Sallowfield", 'M', Date(2019, 7, 30));
      child.school = kOakfield;
      child.plan = PlanStage::kDraft;
      break;
    case 14:
      Name(child, "Ysolde", "Inglewhite", 'F', Date(2014, 5, 6));
      child.plan = PlanStage::kCeased;
      child.died = Date(2026, 5, 10);
      break;
    case 15:
      Name(child, "Orrin", "Lowenstrand", 'M', Date(2016, 1, 8));
      child.nhs = "9000000009";
      child.school = kElmGrove;
      child.sen_support = true;
      child.address_reviewed = true;
      break;
    case 19:
      Name(child, "Tavish", "Grimsettle", 'M', Date(2009, 12, 3));
      child.school = kElmGrove;
      child.youth_justice = true;
      break;
    case 20:
      Name(child, "Zoëlle", "O'Fennick-Ash", 'F', Date(2012, 2, 29));
      child.school = 9;
      child.sen_support = true;
      break;
    default: break;
  }
}

}  // namespace

void ApplyFixedCase(Child& child) {
  if (child.number > kFewestChildren) return;
  child.address_restricted = false;
  ApplyPlanCase(child);
  ApplyOtherCase(child);
}

}  // namespace ehc
