#include "tests/world/world.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/world/names.h"

namespace ehc {
namespace {

constexpr int kChildrenPerWorker = 60;
constexpr int kFewestWorkers = 6;

struct Job {
  const char* title;
  const char* team;
};
constexpr Job kJobs[] = {
    {"Social Worker", "T-CIN"}, {"EHC Plan Coordinator", "T-SEND"}, {"Early Help Worker", "T-EH"}};

int WorkersPerJob(const WorldOptions& options) {
  return kFewestWorkers + options.children / kChildrenPerWorker;
}

std::string WorkerId(int job, int index) { return absl::StrFormat("W%d%04d", job + 1, index + 1); }

void WriteContact(Extract& extract, const std::string& id, const std::string& name,
                  const std::string& role, const std::string& organisation, int line) {
  // 020 7946 0000 to 0999 are reserved for fiction.
  extract.Add("supplement_contacts",
              {{"contact_ref", id},
               {"display_name", name},
               {"role", role},
               {"organisation", organisation},
               {"telephone", absl::StrFormat("020 7946 %04d", line % 1000)},
               {"email", absl::StrCat("contact", line, "@example.org")},
               {"out_of_hours_telephone", line % 7 == 0 ? "020 7946 0999" : ""}});
}

void WriteWorker(World& world, int job, int index, int line) {
  Random random(world.options.seed, static_cast<uint64_t>(line), Topic::kStaff);
  const std::string id = WorkerId(job, index);
  const std::string forename = Forename(random);
  const std::string name = absl::StrCat(forename, " ", Surname(random));
  world.extract.Add(
      "ssd_professionals",
      {{"prof_professional_id", id},
       {"prof_staff_id", absl::StrCat("S", line)},
       {"prof_professional_name", name},
       {"prof_social_worker_registration_no", job == 0 ? absl::StrFormat("SW%06d", line) : ""},
       {"prof_professional_job_title", kJobs[job].title},
       {"prof_professional_caseload", absl::StrCat(random.Between(8, 24))},
       {"prof_professional_department", kJobs[job].team},
       {"prof_full_time_equivalency", random.Chance(250) ? "0.6" : "1.0"},
       {"prof_agency_worker_flag", random.Chance(150) ? "Y" : "N"}});
  WriteContact(world.extract, id, name, kJobs[job].title, "London Borough of Bromley", line);
}

}  // namespace

std::string RowId(const char* prefix, const Child& child, int index) {
  return absl::StrFormat("%s%07d%02d", prefix, child.number, index);
}

std::string PlanId(const Child& child) { return RowId("EHCN", child); }

std::string SocialWorker(const World& world, const Child& child) {
  return WorkerId(0, child.number % WorkersPerJob(world.options));
}

std::string Caseworker(const World& world, const Child& child) {
  return WorkerId(1, child.number % WorkersPerJob(world.options));
}

void WriteStaff(World& world) {
  int line = 1;
  for (int job = 0; job < 3; ++job) {
    for (int i = 0; i < WorkersPerJob(world.options); ++i) WriteWorker(world, job, i, line++);
  }
  WriteContact(world.extract, kTrustDesk, "Community paediatrics desk", "Duty desk",
               "Kings Park NHS Trust", line++);
  WriteContact(world.extract, kPoliceDesk, "Public protection desk", "Duty desk",
               "Northshire Police", line++);
  WriteContact(world.extract, kCareDesk, "Children's social care front door", "Duty desk",
               "London Borough of Bromley", line++);
}

World MakeWorld(const WorldOptions& options) {
  World world;
  world.options = options;
  world.children = MakePopulation(options);
  world.extract.Add("supplement_extract",
                    {{"la_code", "305"}, {"agency", kBromley}, {"as_at", options.as_at}});
  WriteStaff(world);
  for (const Child& child : world.children) {
    WriteIdentity(world, child);
    WriteSend(world, child);
    WriteSocialCare(world, child);
    WriteSupplement(world, child);
  }
  return world;
}

}  // namespace ehc
