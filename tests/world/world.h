#ifndef EHC_TESTS_WORLD_WORLD_H_
#define EHC_TESTS_WORLD_WORLD_H_

#include <string>
#include <vector>

#include "tests/world/options.h"
#include "tests/world/population.h"
#include "tests/world/tables.h"

namespace ehc {

// The agencies of the invented area, by their names on the hub.
inline constexpr char kBromley[] = "agencies/bromley";
inline constexpr char kTrust[] = "agencies/kings-park-nhs-trust";
inline constexpr char kIcb[] = "agencies/south-east-london-icb";
inline constexpr char kPolice[] = "agencies/northshire-police";
inline constexpr char kProvider[] = "agencies/bridge-care";

// What the writers of tables share.
struct World {
  WorldOptions options;
  std::vector<Child> children;
  Extract extract;

  Date as_at() const { return options.as_at; }
  Random Draw(const Child& child, Topic topic) const {
    return Random(options.seed, static_cast<uint64_t>(child.number), topic);
  }
};

// Everything, without bad rows. The same options make the same bytes on every machine.
World MakeWorld(const WorldOptions& options);

// Each writes one child's rows (WriteStaff: everybody's) of the tables named in its file.
void WriteStaff(World& world);
void WriteIdentity(World& world, const Child& child);
void WriteSend(World& world, const Child& child);
void WriteSocialCare(World& world, const Child& child);
void WriteSupplement(World& world, const Child& child);

// Appends one row of every kind of fault, and expected_errors.csv, which lists them.
void AddBadRows(Extract& extract);

// Counts of plans beside the published ones of five authorities, as CSV.
std::string Table1(const World& world);

// Ids that link tables; one child has at most one of each.
std::string RowId(const char* prefix, const Child& child, int index = 1);
std::string PlanId(const Child& child);

// A worker or desk of supplement_contacts and (workers) ssd_professionals.
std::string SocialWorker(const World& world, const Child& child);
std::string Caseworker(const World& world, const Child& child);
inline constexpr char kTrustDesk[] = "DESK-TRUST";
inline constexpr char kPoliceDesk[] = "DESK-POLICE";
inline constexpr char kCareDesk[] = "DESK-CARE";

}  // namespace ehc

#endif  // EHC_TESTS_WORLD_WORLD_H_
