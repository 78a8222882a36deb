#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/world/world.h"

namespace ehc {
namespace {

// Population (2011 census), pupils with a plan or statement, and their share of pupils in tenths of
// a per cent: the innovation programme's evaluation (2017), Table 1.
struct Authority {
  const char* name;
  int population;
  int plans_2013;
  int share_2013;
  int plans_2016;
  int share_2016;
};
constexpr Authority kAuthorities[] = {{"Bromley", 309392, 1901, 36, 1621, 30},
                                      {"Cornwall", 537400, 2051, 28, 1883, 26},
                                      {"Enfield", 324500, 1181, 21, 1350, 23},
                                      {"West Sussex", 806892, 3288, 28, 3633, 30},
                                      {"York", 198051, 526, 20, 565, 21}};

// `part` of `whole` in tenths of one per `unit` (1000: per mille), rounded.
std::string Rate(int64_t part, int64_t whole, int64_t unit) {
  const int64_t tenths = (part * unit * 10 + whole / 2) / whole;
  return absl::StrCat(tenths / 10, ".", tenths % 10);
}

std::string Tenths(int tenths) { return absl::StrCat(tenths / 10, ".", tenths % 10); }

}  // namespace

std::string Table1(const World& world) {
  std::string out =
      "authority,population_2011,plans_2013,percent_of_pupils_2013,plans_2016,"
      "percent_of_pupils_2016,plans_2013_per_1000_people,plans_2016_per_1000_people\n";
  int64_t population = 0, plans_2013 = 0, plans_2016 = 0;
  for (const Authority& a : kAuthorities) {
    absl::StrAppend(&out, a.name, ",", a.population, ",", a.plans_2013, ",", Tenths(a.share_2013),
                    ",", a.plans_2016, ",", Tenths(a.share_2016), ",",
                    Rate(a.plans_2013, a.population, 1000), ",",
                    Rate(a.plans_2016, a.population, 1000), "\n");
    population += a.population;
    plans_2013 += a.plans_2013;
    plans_2016 += a.plans_2016;
  }
  absl::StrAppend(&out, "Sum,", population, ",", plans_2013, ",,", plans_2016, ",,",
                  Rate(plans_2013, population, 1000), ",", Rate(plans_2016, population, 1000),
                  "\n");
  const int64_t children = static_cast<int64_t>(world.children.size());
  const int64_t plans = std::count_if(world.children.begin(), world.children.end(),
                                      [](const Child& child) { return child.HasPlanInForce(); });
  const Authority& bromley = kAuthorities[0];
  absl::StrAppend(&out, "\nextract,children,plans_in_force,percent_of_children,");
  absl::StrAppend(&out, "people_such_an_authority_would_have\n");
  absl::StrAppend(&out, "Generated,", children, ",", plans, ",", Rate(plans, children, 100), ",",
                  (plans * bromley.population + bromley.plans_2013 / 2) / bromley.plans_2013, "\n");
  return out;
}

}  // namespace ehc
