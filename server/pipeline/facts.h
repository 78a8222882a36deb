// FactsReader, the only maker of Informed: reads what storage knows about the child that the call
// names, by the same statements whether or not there is such a child, and assembles the facts.
#ifndef EHC_SERVER_PIPELINE_FACTS_H_
#define EHC_SERVER_PIPELINE_FACTS_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/model/calendar.h"
#include "server/model/stages.h"
#include "server/pipeline/names.h"
#include "server/storage/store.h"

namespace ehc {

class PolicySnapshot;

// Pure. What the dossier means for this request at this time: relationships in force, who decides,
// what that person has said about each asked part, what the custodian decided in their place, which
// protections hold against this caller. Relationships, consents, assessments and standing decisions
// count only as the custodian recorded them; protections count whoever recorded them. `policy` says
// what consent for the purpose has to be like and which roles and purposes are wider than others;
// null: every purpose is ordinary, and nothing covers more than itself.
Facts AssembleFacts(const store::v1::Dossier& dossier, const PolicyRequest& request,
                    const RecordSchema* schema, absl::Time now, const Calendar& calendar,
                    const PolicySnapshot* policy = nullptr);

// The dossier as one agency wrote it, protections of every agency included.
store::v1::Dossier OwnView(const store::v1::Dossier& dossier, const AgencyId& agency);

// The transfer by which this authority's plan of the child has moved away; nullptr: it has not, or
// it has come back since.
const store::v1::PlanTransferItem* MovedAway(const store::v1::Dossier& dossier,
                                             const AgencyId& authority, absl::Time now);

// Where an identifier is bound that an agency registered for its own child although the hub held it
// for another: to that agency's writes it means its own child, so that the conflict, which goes to
// an officer, is never told by what happens next. To searches it means the other child still.
Digest DisputedDigest(const Store& store, const Identifier& identifier, const AgencyId& agency);

class FactsReader {
 public:
  FactsReader(const Store& store, const SubjectNames& names, const Calendar& calendar)
      : store_(store), names_(names), calendar_(calendar) {}

  // The facts and what they rest on (ReadSet) come from `view`. Any error means that the store
  // could not be read: the caller answers UNAVAILABLE.
  absl::StatusOr<Informed> Read(Call call, ReadView& view) const;

  // Bank holidays and school leaving, by which days are counted.
  const Calendar& calendar() const { return calendar_; }

 private:
  absl::StatusOr<SubjectId> Resolve(const CaseFile& file, ReadView& view, ReadSet& reads) const;
  absl::Status ReadChild(CaseFile& file, ReadView& view) const;
  absl::Status ReadApproval(CaseFile& file, ReadView& view) const;
  absl::Status ReadCounts(CaseFile& file, ReadView& view) const;

  const Store& store_;
  const SubjectNames& names_;
  const Calendar& calendar_;
};

}  // namespace ehc

#endif  // EHC_SERVER_PIPELINE_FACTS_H_
