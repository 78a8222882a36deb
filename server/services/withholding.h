// What is kept from a family, and why: disclosures whose agreement says DO_NOT_TELL_FAMILY, those
// that a hold covers, and those under police intelligence. They stay so until an officer of the
// custodian releases one; no date does.
#ifndef EHC_SERVER_SERVICES_WITHHOLDING_H_
#define EHC_SERVER_SERVICES_WITHHOLDING_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "ehc/hub/v1/access.pb.h"
#include "ehc/store/v1/access.pb.h"
#include "server/audit/audit_log.h"
#include "server/model/audit_entry.h"
#include "server/services/matters.h"

namespace ehc {

// One disclosure in the custodian's queue; opener and addressee are the custodian.
struct WithheldDisclosures {
  using Body = store::v1::WithheldBody;
  using Value = hub::v1::WithheldDisclosure;
  static constexpr char kKind[] = "WITHHELD_DISCLOSURE";
  static constexpr char kCollection[] = "withheldDisclosures";
  static std::string UnitOf(const Opened<WithheldDisclosures>& opened, Side);
};

// A hold; opener and addressee are whoever placed it.
struct DisclosureHolds {
  using Body = store::v1::DisclosureHoldBody;
  using Value = hub::v1::DisclosureHold;
  static constexpr char kKind[] = "DISCLOSURE_HOLD";
  static constexpr char kCollection[] = "disclosureHolds";
  static std::string UnitOf(const Opened<DisclosureHolds>& opened, Side);
};

// An entry of the log that tells of a disclosure about a child, opened.
struct DisclosureEntry {
  int64_t index = 0;
  Digest leaf_hash{};
  absl::Time at;
  SubjectId named;  // the number of the child that it is about
  AuditRecord record;
};

// nullopt: the entry tells of no disclosure (a denial, a write, a reading of one's own), or its key
// was destroyed.
absl::StatusOr<std::optional<DisclosureEntry>> ReadDisclosure(const StoredEntry& entry);

// Everything that bears on what a custodian's report about one child may tell.
class Withholdings {
 public:
  static absl::StatusOr<Withholdings> Read(ReadView& view, SubjectId subject,
                                           const AgencyId& custodian,
                                           const store::v1::Dossier& dossier, absl::Time now);

  struct Found {
    hub::v1::WithholdingCause cause = hub::v1::WITHHOLDING_CAUSE_UNSPECIFIED;
    bool released = false;
    const Opened<WithheldDisclosures>* matter =
        nullptr;                                    // what an officer has decided; may be none
    const Opened<DisclosureHolds>* hold = nullptr;  // in force; may be none
  };
  // nullopt: nothing keeps it, or ever kept it, from the family.
  std::optional<Found> Of(const DisclosureEntry& entry) const;

  // Whether the family may be told.
  bool Hides(const DisclosureEntry& entry) const {
    const std::optional<Found> found = Of(entry);
    return found.has_value() && (!found->released || found->hold != nullptr);
  }

 private:
  struct Period {
    std::string from;  // YYYY-MM-DD; empty: open
    std::string to;
    std::string recorded_by;
  };
  bool IsPoliceMatter(const DisclosureEntry& entry) const;

  absl::flat_hash_map<std::string, Opened<WithheldDisclosures>> matters_;  // by leaf hash
  std::vector<Opened<DisclosureHolds>> holds_;
  std::vector<Period> police_intelligence_;
  absl::flat_hash_set<std::string> police_;  // agencies, where the above is not empty
  std::string today_;
};

void FillWithholding(const Rooms& rooms, const CaseFile& file, const Withholdings::Found& found,
                     hub::v1::Withholding& out);

MatterShow<WithheldDisclosures> WithheldShow(const Desks& desks);
MatterShow<DisclosureHolds> HoldShow(const Desks& desks);

// A new matter in the queue of the entry's custodian.
absl::StatusOr<Opened<WithheldDisclosures>> NewWithheld(Store& store, const AgencyId& custodian,
                                                        SubjectId subject, absl::Time due);
void Describe(const DisclosureEntry& entry, hub::v1::WithholdingCause cause,
              store::v1::WithheldBody& body);

// Puts each disclosure that the family is not told of into its custodian's queue, with its entry.
class WithholdingDuty : public DisclosureDuties {
 public:
  WithholdingDuty(Store& store, const Calendar& calendar) : store_(store), calendar_(calendar) {}

  absl::StatusOr<std::vector<Change>> ChangesFor(const CaseFile& file, const Release& release,
                                                 const EntryRow& entry) const override;

 private:
  Store& store_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_WITHHOLDING_H_
