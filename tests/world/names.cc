#include "tests/world/names.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace ehc {
namespace {

constexpr const char* kForenames[] = {
    "Arlen",    "Brisa",   "Corrin",     "Delwyn",   "Elowyn",   "Farren",   "Gwendra",  "Halric",
    "Isolwen",  "Jorren",  "Kestra",     "Lumen",    "Mirelle",  "Nerys",    "Orrin",    "Pellan",
    "Quenby",   "Rosmer",  "Saffi",      "Tamsyl",   "Ulric",    "Vesper",   "Wendric",  "Xanthea",
    "Yorath",   "Zoëlle",  "Ambrin",     "Bexley",   "Cadmar",   "Dovira",   "Emrysse",  "Fionnbar",
    "Gelsie",   "Hesper",  "Ivorie",     "Jessamer", "Kaelin",   "Lorcanna", "Maëlle",   "Nolwen",
    "Oswinna",  "Perrin",  "Rhoswen",    "Sorrel",   "Tavish",   "Undine",   "Valerin",  "Wystan",
    "Ysolde",   "Zephan",  "Adaeze-Lin", "Bilqara",  "Chidorin", "Dilnaza",  "Eshanvir", "Fatimeh",
    "Gurleena", "Hamzien", "Ikraan",     "Jaspreen"};

constexpr const char* kSurnames[] = {"Thornvale",
                                     "Quillmere",
                                     "Ashgarth",
                                     "Birkenholt",
                                     "Caldwether",
                                     "Dunmarrow",
                                     "Elmscroft",
                                     "Fennick",
                                     "Garthwyn",
                                     "Hollinbrack",
                                     "Ivelstone",
                                     "Jessomer",
                                     "Kelderby",
                                     "Larkspire",
                                     "Mossendale",
                                     "Netherby",
                                     "Oakenshaw",
                                     "Pennerton",
                                     "Quarrendon",
                                     "Ravelstone",
                                     "Skelderfen",
                                     "Tarnfold",
                                     "Ullenwick",
                                     "Varleigh",
                                     "Wexcombe",
                                     "Yarrowby",
                                     "Zellinger",
                                     "O'Fennick",
                                     "Ash-Wynter",
                                     "Brackenridge",
                                     "Copperthwaite-Lamb",
                                     "D'Arlo",
                                     "Eskermoor",
                                     "Foxholme",
                                     "Grimsettle",
                                     "Haverbeck",
                                     "Inglewhite",
                                     "Kirkanvil",
                                     "Lowenstrand",
                                     "Marchbanke",
                                     "Nightingarth",
                                     "Orrisdale",
                                     "Pellowe",
                                     "Rookhope",
                                     "Sallowfield",
                                     "Tolverne",
                                     "Underhaugh",
                                     "Velmoray",
                                     "Winterslow",
                                     "Adeyomo",
                                     "Bhattarin",
                                     "Chaudrelle",
                                     "Dhalivar",
                                     "Eze-Okonte",
                                     "Farooqan",
                                     "Ghelani",
                                     "Hosseinar",
                                     "Iqbalin",
                                     "Kowalczar",
                                     "Nguyenne"};

constexpr const char* kStreets[] = {"Larkspire Way",   "Tanner's Mead",  "Old Foundry Lane",
                                    "Saffron Rise",    "Cobbler's Yard", "Weir Head",
                                    "Mallow Crescent", "Ferrous Street", "Plover Close",
                                    "Quince Walk",     "Heronry Road",   "Samphire Gardens"};

constexpr const char* kTowns[] = {"Penge Hollow", "Upper Cray End", "Keston Vale",
                                  "Shortmere",    "Orpen Green",    "Chelsmarsh"};

char Inward(Random& random) {
  constexpr char kLetters[] = "ABDEFGHJLNPQRSTUWXYZ";
  return kLetters[random.Below(static_cast<int>(sizeof(kLetters)) - 1)];
}

constexpr const char* kSchoolNames[] = {"Alderwick", "Beaconhurst", "Cherry Tree", "Dovecote",
                                        "Eastmere",  "Fairlands",   "Greenholm",   "Hawksmoor",
                                        "Ivydene",   "Juniper Hill"};

}  // namespace

std::string Forename(Random& random) { return random.Pick(kForenames); }

std::string Surname(Random& random) { return random.Pick(kSurnames); }

Address AddressOf(uint64_t seed, int household) {
  Random random(seed, static_cast<uint64_t>(household), Topic::kHousehold);
  Address address;
  address.house = absl::StrCat(random.Between(1, 180));
  if (random.Chance(250)) address.flat = absl::StrCat("Flat ", random.Between(1, 24));
  address.street = random.Pick(kStreets);
  address.town = random.Pick(kTowns);
  address.uprn = absl::StrFormat("99%010d", household);
  const int area = random.Between(1, 8);
  const int sector = random.Between(0, 9);
  const char first = Inward(random);
  const char second = Inward(random);
  address.postcode = absl::StrFormat("ZZ9%d%d%c%c", area, sector, first, second);
  return address;
}

std::string AddressJson(const Address& address) {
  return absl::StrCat(R"({"ROOM": "", "FLOOR": "", "FLAT": ")", address.flat,
                      R"(", "BUILDING": "", "HOUSE": ")", address.house, R"(", "STREET": ")",
                      address.street, R"(", "TOWN": ")", address.town, R"(", "UPRN": ")",
                      address.uprn, R"(", "EASTING": "", "NORTHING": ""})");
}

School SchoolAt(int index) {
  School school;
  school.urn = absl::StrCat(990001 + index);
  if (index == kOakfield) {
    school.name = "Oakfield School";
    school.agency = "agencies/oakfield-school";
    school.type = "MAINSTREAM";
  } else if (index == kElmGrove) {
    school.name = "Elm Grove School";
    school.agency = "agencies/elm-grove-school";
    school.type = "MAINSTREAM";
  } else if (index == kCollege) {
    school.name = "Ravensmead College";
    school.type = "POST_16_COLLEGE";
  } else {
    constexpr const char* kTypes[] = {"MAINSTREAM", "MAINSTREAM", "RESOURCED_PROVISION",
                                      "SPECIAL_SCHOOL"};
    school.type = kTypes[index % 4];
    school.name = absl::StrCat(kSchoolNames[index % 10], index < 20 ? " Primary" : " Academy",
                               school.type == "SPECIAL_SCHOOL" ? " (Special)" : "");
  }
  return school;
}

}  // namespace ehc
