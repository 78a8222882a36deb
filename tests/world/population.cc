#include "tests/world/population.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "server/model/calendar.h"
#include "server/model/identifiers.h"
#include "tests/world/names.h"

namespace ehc {
namespace {

constexpr int kCarePerMille = 60;      // of children, with an open episode
constexpr int kSupportPerMille = 130;  // SEN support, code K
constexpr int kAdoptedPerMille = 2;
constexpr int kUnbornPerMille = 3;
constexpr int kAdoptionDays = 3 * 366;  // old enough for an order in the past
constexpr int kEpisodeDays = 120;       // old enough for every step of an episode

// Numbers with a meaning of their own elsewhere: fixed cases, and one that must stay unknown.
const std::set<std::string>& ReservedNhsNumbers() {
  static const auto* const numbers =
      new std::set<std::string>{"9434765870", "9000000025", "9000000009", "9111231130"};
  return *numbers;
}

class Issuer {
 public:
  std::string Nhs(Random& random) {
    for (;;) {
      const std::string nine = absl::StrCat(900000000 + random.Below(99999999));
      const char check = NhsCheckDigit(nine);
      const std::string number = absl::StrCat(nine, std::string(1, check));
      if (check == 0 || number == "9999999999" || ReservedNhsNumbers().count(number) > 0) continue;
      if (issued_.insert(number).second) return number;
    }
  }

  std::string Uln(Random& random) {
    for (;;) {
      const std::string nine = absl::StrCat(100000000 + random.Below(899999999));
      const char check = UlnCheckDigit(nine);
      const std::string number = absl::StrCat(nine, std::string(1, check));
      if (check != 0 && issued_.insert(absl::StrCat("uln", number)).second) return number;
    }
  }

  // Bromley's own: 305, a made-up establishment, the year of admission, a serial number.
  std::string Upn(Random& random, Date admitted) {
    for (;;) {
      const int establishment = 9000 + random.Below(1000);
      const int serial = random.Below(1000);
      const std::string rest = absl::StrFormat("305%04d%02d%03d", establishment,
                                               static_cast<int>(admitted.year() % 100), serial);
      const std::string number = absl::StrCat(std::string(1, UpnCheckLetter(rest)), rest);
      if (issued_.insert(number).second) return number;
    }
  }

 private:
  std::set<std::string> issued_;
};

void DrawIdentity(const WorldOptions& options, Random& random, Child& child) {
  child.forename = Forename(random);
  child.surname = Surname(random);
  child.sex = random.Chance(495) ? 'F' : (random.Chance(5) ? 'U' : 'M');
  const bool young_adult = random.Chance(40);
  const int days = young_adult ? random.Between(19 * 366, 24 * 365) : random.Below(18 * 365);
  child.born = options.as_at - days;
  if (random.Chance(kUnbornPerMille)) {
    child.born.reset();
    child.forename.clear();
    child.sex = 'U';
    child.expected = options.as_at + random.Between(20, 200);
  }
  child.household = child.number > 1 && random.Chance(250) ? child.number - 1 : child.number;
}

void DrawSchool(const WorldOptions& options, Child& child) {
  if (!child.born || child.school >= 0 || child.died || child.BeforeAdoption()) return;
  Random random(options.seed, child.number, Topic::kSchool);
  const int age = AgeOn(*child.born, options.as_at);
  if (age < 4 || age > 24 || random.Chance(10)) return;
  if (age >= 17) {
    child.school = kCollege;
  } else if (random.Chance(80)) {
    child.school = kOakfield;
  } else if (random.Chance(65)) {
    child.school = kElmGrove;
  } else {
    child.school = random.Between(kCollege + 1, kSchools - 1);
  }
}

void DrawIdentifiers(const WorldOptions& options, Issuer& issuer, Random& random, Child& child) {
  if (!child.born) return;
  if (child.nhs.empty()) child.nhs = issuer.Nhs(random);
  const int age = AgeOn(*child.born, options.as_at);
  if (age >= 4) {
    child.upn = issuer.Upn(random, AddMonths(*child.born, 48));
    const bool moved = random.Chance(30) || child.story == IdentityStory::kAdopted;
    if (moved && age >= 6) child.former_upn = issuer.Upn(random, AddMonths(*child.born, 48));
  }
  if (age >= 14) child.uln = issuer.Uln(random);
}

// Adopted children come in pairs of records that nothing may join: the child, then who the child
// was.
void DrawAdoption(std::vector<Child>& children, const WorldOptions& options) {
  for (size_t i = kFewestChildren; i + 1 < children.size(); i += 2) {
    Random random(options.seed, i, Topic::kAdoption);
    if (!random.Chance(2 * kAdoptedPerMille) || !children[i].born) continue;
    if (options.as_at - *children[i].born < kAdoptionDays) continue;
    children[i].story = IdentityStory::kAdopted;
    children[i + 1].story = IdentityStory::kBeforeAdoption;
    children[i + 1].born = children[i].born;
    children[i + 1].expected.reset();
    children[i + 1].sex = children[i].sex;
    children[i + 1].household = children[i + 1].number;
    if (children[i + 1].forename.empty()) children[i + 1].forename = Forename(random);
  }
}

using Eligible = bool (*)(const Child&, Date);

// Up to `quota` eligible children, chosen by lot but always the same for one seed.
std::vector<Child*> ByLot(std::vector<Child>& children, const WorldOptions& options, Topic topic,
                          int quota, Eligible eligible) {
  std::vector<std::pair<uint64_t, Child*>> lots;
  for (Child& child : children) {
    if (child.number <= kFewestChildren || !eligible(child, options.as_at)) continue;
    lots.emplace_back(Random(options.seed, child.number, topic).Next(), &child);
  }
  std::sort(lots.begin(), lots.end(), [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first < b.first : a.second->number < b.second->number;
  });
  std::vector<Child*> chosen;
  for (size_t i = 0; i < lots.size() && static_cast<int>(i) < quota; ++i) {
    chosen.push_back(lots[i].second);
  }
  return chosen;
}

bool MayHaveAPlan(const Child& child, Date as_at) {
  if (!child.born || child.died || child.BeforeAdoption()) return false;
  const int age = AgeOn(*child.born, as_at);
  return age >= 3 && age < 25;
}

bool MayBeInNeed(const Child& child, Date as_at) {
  return child.born && !child.died && child.story == IdentityStory::kOrdinary &&
         AgeOn(*child.born, as_at) < 18 && as_at - *child.born > kEpisodeDays;
}

int PerMille(int children, int share) { return (children * share + 500) / 1000; }

void AssignPlans(std::vector<Child>& children, const WorldOptions& options) {
  int in_force = PerMille(options.children, options.plans_per_mille);
  for (const Child& child : children) in_force -= child.HasPlanInForce() ? 1 : 0;
  in_force = std::max(in_force, 0);
  struct Quota {
    PlanStage stage;
    int count;
  };
  const int some = PerMille(options.children, 3);
  const Quota quotas[] = {{PlanStage::kFinal, in_force - in_force / 20},
                          {PlanStage::kAmending, in_force / 20},
                          {PlanStage::kRequested, some},
                          {PlanStage::kAssessing, some},
                          {PlanStage::kRefusedToAssess, some},
                          {PlanStage::kRefusedToIssue, some},
                          {PlanStage::kDraft, some},
                          {PlanStage::kCeased, some}};
  int total = 0;
  for (const Quota& quota : quotas) total += quota.count;
  std::vector<Child*> chosen = ByLot(children, options, Topic::kSendQuota, total, MayHaveAPlan);
  size_t next = 0;
  for (const Quota& quota : quotas) {
    for (int i = 0; i < quota.count && next < chosen.size(); ++i)
      chosen[next++]->plan = quota.stage;
  }
}

// 270 : 29 : 37 of 336 cases, as Bromley counted them; the last group is child protection and care.
void AssignNeedLevels(std::vector<Child>& children, const WorldOptions& options) {
  const int total = PerMille(options.children, kCarePerMille);
  int cin2 = (total * 29 + 168) / 336;
  int cin3 = (total * 37 + 168) / 336;
  int cin1 = total - cin2 - cin3;
  for (const Child& child : children) {
    cin1 -= child.need == NeedLevel::kCin1 ? 1 : 0;
    cin3 -= child.need == NeedLevel::kProtection || child.need == NeedLevel::kLookedAfter ? 1 : 0;
  }
  cin1 = std::max(cin1, 0);
  cin3 = std::max(cin3, 0);
  const std::vector<Child*> chosen =
      ByLot(children, options, Topic::kCareQuota, cin1 + cin2 + cin3, MayBeInNeed);
  for (int i = 0; i < static_cast<int>(chosen.size()); ++i) {
    NeedLevel& need = chosen[i]->need;
    if (i < cin1) {
      need = NeedLevel::kCin1;
    } else if (i < cin1 + cin2) {
      need = NeedLevel::kCin2;
    } else {
      need = i % 2 == 0 ? NeedLevel::kProtection : NeedLevel::kLookedAfter;
    }
  }
}

void AssignNeedTypes(std::vector<Child>& children, const WorldOptions& options) {
  for (Child& child : children) {
    Random random(options.seed, child.number, Topic::kNeedType);
    const int drawn = DrawNeedType(random);
    if (child.need_type < 0) child.need_type = drawn;
  }
}

void AssignSupport(std::vector<Child>& children, const WorldOptions& options) {
  for (Child& child : children) {
    if (child.number <= kFewestChildren || child.school < 0 || child.HasPlanInForce()) continue;
    child.sen_support =
        Random(options.seed, child.number, Topic::kSupport).Chance(kSupportPerMille);
  }
}

}  // namespace

std::vector<Child> MakePopulation(const WorldOptions& options) {
  std::vector<Child> children(options.children);
  for (int i = 0; i < options.children; ++i) {
    Child& child = children[i];
    child.number = i + 1;
    child.id = absl::StrFormat("P%07d", child.number);
    Random random(options.seed, child.number, Topic::kIdentity);
    DrawIdentity(options, random, child);
    if (child.number <= kFewestChildren) {
      child.household = child.number;
      child.expected.reset();
    }
    ApplyFixedCase(child);
  }
  DrawAdoption(children, options);
  Issuer issuer;
  for (Child& child : children) {
    Random random(options.seed, child.number, Topic::kLinked);
    DrawSchool(options, child);
    DrawIdentifiers(options, issuer, random, child);
  }
  AssignPlans(children, options);
  AssignNeedLevels(children, options);
  AssignSupport(children, options);
  AssignNeedTypes(children, options);
  return children;
}

const std::vector<NeedType>& NeedTypes() {
  static const auto* const types =
      new std::vector<NeedType>{{"ASD", 330, "autism"},
                                {"SLCN", 200, "speech, language and communication needs"},
                                {"SEMH", 205, "social, emotional and mental health needs"},
                                {"SLD", 85, "severe learning difficulty"},
                                {"MLD", 70, "moderate learning difficulty"},
                                {"SPLD", 35, "specific learning difficulty"},
                                {"PD", 30, "physical disability"},
                                {"PMLD", 20, "profound and multiple learning difficulty"},
                                {"HI", 12, "hearing impairment"},
                                {"VI", 6, "vision impairment"},
                                {"MSI", 2, "multi-sensory impairment"},
                                {"OTH", 5, "other difficulty"}};
  return *types;
}

int DrawNeedType(Random& random) {
  int lot = random.Below(1000);
  const std::vector<NeedType>& types = NeedTypes();
  for (size_t i = 0; i < types.size(); ++i) {
    lot -= types[i].share;
    if (lot < 0) return static_cast<int>(i);
  }
  return 0;
}

}  // namespace ehc
