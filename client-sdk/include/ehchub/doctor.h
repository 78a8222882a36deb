// What is wrong with a profile, found before anybody rings the helpdesk.
#ifndef EHCHUB_DOCTOR_H_
#define EHCHUB_DOCTOR_H_

#include <string>
#include <vector>

#include "ehchub/options.h"
#include "ehchub/profile.h"

namespace ehchub {

enum class Health { kWell, kDoubtful, kIll, kNotExamined };

struct Finding {
  std::string check;  // "certificate dates"
  Health health = Health::kWell;
  std::string detail;  // what was found and, where it is not well, what to do
};

// Examines files, keys, chain, clock, the hub's door, enrolment, the assertion, the log's
// checkpoint and, for an agency's administrator, which of its credentials end within 30 days, in
// that order. Changes nothing at the hub.
std::vector<Finding> Examine(const Profile& profile, const Options& options = {});

}  // namespace ehchub

#endif  // EHCHUB_DOCTOR_H_
