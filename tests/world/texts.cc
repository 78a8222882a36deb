#include "tests/world/texts.h"

#include "absl/strings/str_cat.h"

namespace ehc {
namespace {

constexpr const char* kLikes[] = {"drawing trains", "the school garden",
                                  "swimming",       "films with the sound turned low",
                                  "counting buses", "baking with my aunt"};
constexpr const char* kWishes[] = {"people to say what happens next",
                                   "to have a friend to sit with at lunch",
                                   "more time before I have to answer", "to travel on my own"};
constexpr const char* kHealthNeeds[] = {
    "Epilepsy, with two to three seizures a month; needs rescue medication within reach.",
    "Sleep difficulties that affect attention, behaviour and appetite.",
    "Hypermobility: tires quickly, and needs seating that supports the trunk.",
    "Asthma, controlled; an inhaler is to be at hand at all times.",
    "Feeding difficulties: a soft diet, small portions and supervision at meals."};
constexpr const char* kTherapies[] = {"speech and language therapy", "occupational therapy",
                                      "physiotherapy", "specialist nursing"};
constexpr const char* kCareNeeds[] = {
    "Cannot be left alone at home; needs an adult who knows how to calm distress.",
    "Needs help with washing, dressing and moving about outside the house.",
    "The family has no respite; siblings help beyond their years."};

std::string Title(int need_type) { return NeedTypes()[need_type].title; }

// Draws come before the call that uses them: compilers evaluate arguments in an order of their own.
std::string Views(Random& random) {
  const char* like = random.Pick(kLikes);
  const char* wish = random.Pick(kWishes);
  return absl::StrCat(
      "\"I like ", like, ", and I want ", wish,
      ".\"\nMy family would like one person to talk to, and letters in plain words.");
}

std::string Outcomes(Random& random) {
  const int minutes = random.Between(5, 20);
  const int lessons = random.Between(3, 5);
  return absl::StrCat("1. By the end of the key stage, works alone for ", minutes,
                      " minutes with a visual timetable.\n2. Within twelve months, asks for help, ",
                      "in words or by symbol, in ", lessons, " of 5 lessons.");
}

std::string HealthProvision(Random& random) {
  const char* therapy = random.Pick(kTherapies);
  const int sessions = random.Between(6, 24);
  const int minutes = random.Between(30, 60);
  return absl::StrCat("Direct ", therapy, ": ", sessions, " sessions a year of ", minutes,
                      " minutes, with a written programme for staff, reviewed each term.");
}

}  // namespace

std::string HeadlineText(int need_type) {
  return absl::StrCat("Primary need: ", Title(need_type), ".");
}

std::string SectionText(absl::string_view section, int need_type, Random& random) {
  if (section == "A") return Views(random);
  if (section == "B") {
    return absl::StrCat("Has ", Title(need_type),
                        ". Attention, working memory and the pace of new language are well below ",
                        "those of peers;\nchange without warning causes distress.");
  }
  if (section == "C") return random.Pick(kHealthNeeds);
  if (section == "D") return random.Pick(kCareNeeds);
  if (section == "E") return Outcomes(random);
  if (section == "F") {
    return absl::StrCat("Adult support for ", random.Between(10, 32),
                        " hours a week, small-group teaching, and a curriculum adapted for ",
                        Title(need_type), ".");
  }
  if (section == "G") return HealthProvision(random);
  if (section == "H1") {
    return absl::StrCat(random.Between(2, 6), " hours a week of support outside the home.");
  }
  if (section == "H2") {
    return absl::StrCat("Short breaks: ", random.Between(50, 150),
                        " hours a year, in the holidays.");
  }
  if (section == "J") {
    return absl::StrCat("A direct payment of £", random.Between(20, 90),
                        ".00 a week, for support under section H1.");
  }
  return "Advice was received from the parents, the school, an educational psychologist, "
         "community paediatrics and social care, within the time allowed.";
}

std::string HealthText(absl::string_view part, int need_type, Random& random) {
  if (part == "SUMMARY") {
    return absl::StrCat("Known to community paediatrics for ", Title(need_type), ". ",
                        random.Pick(kHealthNeeds));
  }
  if (part == "MEDICATION") {
    return random.Chance(500) ? "Melatonin 3 mg at night.\nNo known allergies."
                              : "None regular. Allergy: penicillin (rash).";
  }
  if (part == "SERVICES") return absl::StrCat("Receives ", random.Pick(kTherapies), ".");
  if (part == "APPOINTMENTS") {
    return absl::StrCat("Not brought to ", random.Below(3), " of the last 4 appointments.");
  }
  if (part == "GP") return "Saffron Rise Surgery, Keston Vale";
  return "Attends a service in confidence.";
}

}  // namespace ehc
