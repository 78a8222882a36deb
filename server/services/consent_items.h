// What the calls about consents share: how an item is shown, and how a change of one is planned,
// with its tasks and its receipt.
#ifndef EHC_SERVER_SERVICES_CONSENT_ITEMS_H_
#define EHC_SERVER_SERVICES_CONSENT_ITEMS_H_

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "ehc/hub/v1/consent_service.pb.h"
#include "server/base/status_macros.h"
#include "server/services/consent_tasks.h"
#include "server/services/consent_words.h"
#include "server/services/dossier_items.h"

namespace ehc {

// As its recorder sees it, in the state that it is in now. `own`: OwnView of the child's dossier.
hub::v1::Consent ShowConsent(const Desks& desks, const CaseFile& file,
                             const store::v1::Dossier& own, const store::v1::ConsentItem& item);

std::string ConsentName(const Desks& desks, const CaseFile& file, int64_t number);

// Says who wrote an item down as it stands, when, and by what act; keeps how it stood before.
void WriteDown(const CaseFile& file, hub::v1::ConsentAct act, store::v1::ConsentItem& item);
void KeepPast(store::v1::ConsentItem& item);

// Fills what RecordConsent, ReconfirmConsent and WithdrawConsent have in common, and says in
// `digest` what the entry is to prove.
absl::Status FillChanged(const Desks& desks, const CaseFile& file, ReadView& view,
                         const store::v1::Dossier& after, int64_t number, hub::v1::Consent& consent,
                         hub::v1::ConsentReceipt& receipt, Digest& digest);

// A change of one consent. What differs is in Change().
template <typename Resp>
class ConsentChange : public Mutation {
 public:
  explicit ConsentChange(const Desks& desks) : desks_(desks) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView& view) const override {
    if (!file.facts.subject_known) return NotRegistered();
    store::v1::Dossier dossier = file.dossier;
    Plan plan;
    auto response = std::make_unique<Resp>();
    EHC_ASSIGN_OR_RETURN(const int64_t number, Change(file, view, dossier, *response, plan));
    EHC_RETURN_IF_ERROR(KeepTasks(desks_, file, view, dossier, plan));
    EHC_RETURN_IF_ERROR(Describe(file, view, dossier, number, std::move(response), plan.written));
    plan.content_digest = plan.written.content_digest;
    plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView& view,
                                 const std::string& resource) const override {
    if (!file.facts.subject_known) return NotRegistered();
    const int64_t number = ItemOfResource(file, resource);
    store::v1::Dossier dossier = file.dossier;
    if (FindOwn<ConsentItems>(dossier, number, file.caller.agency()) == nullptr) {
      return NoSuchItem();
    }
    Written written;
    EHC_RETURN_IF_ERROR(Describe(file, view, dossier, number, std::make_unique<Resp>(), written));
    return written;
  }

 protected:
  const Desks& desks() const { return desks_; }

 private:
  // Changes the dossier; the number of the consent that the answer is about.
  virtual absl::StatusOr<int64_t> Change(const CaseFile& file, ReadView& view,
                                         store::v1::Dossier& dossier, Resp& response,
                                         Plan& plan) const = 0;

  absl::Status Describe(const CaseFile& file, ReadView& view, const store::v1::Dossier& after,
                        int64_t number, std::unique_ptr<Resp> response, Written& written) const {
    EHC_RETURN_IF_ERROR(FillChanged(desks_, file, view, after, number, *response->mutable_consent(),
                                    *response->mutable_receipt(), written.content_digest));
    written.resource =
        absl::StrCat("subject/", file.subject.value, "/", ConsentItems::kCollection, "/", number);
    written.version = 1;
    written.value = std::move(response);
    return absl::OkStatus();
  }

  const Desks& desks_;
};

// With the proof of the entry that has just been written.
template <typename Resp>
void ShapeChanged(const Audited<Written>& audited, const Rooms& rooms, Resp& response) {
  response.CopyFrom(*audited.value().value);
  FillProof(audited.file(), audited.proof(), rooms, *response.mutable_receipt()->mutable_proof());
}

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_CONSENT_ITEMS_H_
