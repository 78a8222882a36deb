#ifndef EHC_TESTS_WORLD_TEXTS_H_
#define EHC_TESTS_WORLD_TEXTS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "tests/world/population.h"
#include "tests/world/random.h"

namespace ehc {

// Made-up text of one section of a plan, some of it over several lines, with commas and quotation
// marks. Only sections I and (for some children) F name a school.
std::string SectionText(absl::string_view section, int need_type, Random& random);

// One sentence.
std::string HeadlineText(int need_type);

// Text of one part of a health record.
std::string HealthText(absl::string_view part, int need_type, Random& random);

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_TEXTS_H_
