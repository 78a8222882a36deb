// The items of a child's dossier as resources: named subjects/<pairwise>/<collection>/<sealed>,
// listed and changed only by the agency that recorded them.
#ifndef EHC_SERVER_SERVICES_DOSSIER_ITEMS_H_
#define EHC_SERVER_SERVICES_DOSSIER_ITEMS_H_

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/model/joined.h"
#include "server/services/common.h"
#include "server/services/publication.h"

namespace ehc {

// The traits of a kind of item: where it lives in the dossier and what its collection is called.
struct RelationshipItems {
  using Item = store::v1::RelationshipItem;
  using Value = hub::v1::Relationship;
  static constexpr char kCollection[] = "relationships";
  static auto* In(store::v1::Dossier& dossier) { return dossier.mutable_relationships(); }
};
struct ProtectionItems {
  using Item = store::v1::ProtectionItem;
  using Value = hub::v1::Protection;
  static constexpr char kCollection[] = "protections";
  static auto* In(store::v1::Dossier& dossier) { return dossier.mutable_protections(); }
};
struct ConsentItems {
  using Item = store::v1::ConsentItem;
  using Value = hub::v1::Consent;
  static constexpr char kCollection[] = "consents";
  static auto* In(store::v1::Dossier& dossier) { return dossier.mutable_consents(); }
};
struct CapacityItems {
  using Item = store::v1::CapacityItem;
  using Value = hub::v1::CapacityAssessment;
  static constexpr char kCollection[] = "capacityAssessments";
  static auto* In(store::v1::Dossier& dossier) { return dossier.mutable_capacities(); }
};

// "subjects/x/consents/y" of the collection asked for; number 0 when it is not the caller's name of
// such an item.
struct ItemName {
  std::string subject;  // "subjects/x"
  int64_t number = 0;
};
// "subjects/x/consents": what an item's name and a page's token are sealed for. Numbers count over
// all agencies of a child: one seal for every child would tell how far they have got.
std::string CollectionOf(absl::string_view subject, absl::string_view collection);
std::string ItemNameOf(const SubjectNames& names, const AgencyId& agency, absl::string_view subject,
                       absl::string_view collection, int64_t number);
ItemName ReadItemName(const SubjectNames& names, const AgencyId& agency, absl::string_view name,
                      absl::string_view collection);

absl::Status NoSuchItem();
absl::Status NotRegistered();

// Who writes an item down now, under the next number of the dossier.
store::v1::Origin NextOrigin(const CaseFile& file, store::v1::Dossier& dossier);

// The item as its recorder sees it.
template <typename Items>
typename Items::Value Show(const typename Items::Item& item, const CaseFile& file,
                           const SubjectNames& names) {
  typename Items::Value value = item.value();
  value.set_name(ItemNameOf(names, file.caller.agency(), file.searcher_subject, Items::kCollection,
                            ItemCodeOf(file.dossier, file.known_as, item.origin().number())));
  if constexpr (requires { value.set_etag(""); }) value.set_etag(EtagOf(item.origin().revision()));
  return value;
}

template <typename Items>
typename Items::Item* FindOwn(store::v1::Dossier& dossier, int64_t number, const AgencyId& agency) {
  for (typename Items::Item& item : *Items::In(dossier)) {
    if (item.origin().number() == number && item.origin().agency() == agency.value()) return &item;
  }
  return nullptr;
}

// The item that the caller's name means: `code` is what the name says under the number that it
// names the child by.
template <typename Items>
typename Items::Item* FindNamed(const CaseFile& file, store::v1::Dossier& dossier, int64_t code) {
  return FindOwn<Items>(dossier, ItemNumberOf(file.dossier, file.named, code),
                        file.caller.agency());
}

// The item's number now, from "subject/4/consents/2" as a mutation wrote it down; 0: unreadable.
int64_t ItemOfResource(const CaseFile& file, absl::string_view resource);

// A mutation that edits the dossier of a child that the caller's agency registered and answers with
// one item of it. `edit` changes the dossier and returns the item's number, or a refusal.
template <typename Items>
class DossierEdit : public Mutation {
 public:
  using Edit = std::function<absl::StatusOr<int64_t>(const CaseFile&, store::v1::Dossier&)>;
  DossierEdit(const SubjectNames& names, Edit edit) : names_(names), edit_(std::move(edit)) {}

  absl::StatusOr<Plan> MakePlan(const CaseFile& file, ReadView&) const override {
    if (!file.facts.subject_known) return NotRegistered();
    store::v1::Dossier dossier = file.dossier;
    absl::StatusOr<int64_t> number = edit_(file, dossier);
    if (!number.ok()) return number.status();
    Plan plan;
    plan.written = Describe(file, dossier, *number);
    plan.changes.push_back(PutSubject{file.subject, std::move(dossier)});
    return plan;
  }

  absl::StatusOr<Written> Recall(const CaseFile& file, ReadView&,
                                 const std::string& resource) const override {
    if (!file.facts.subject_known) return NotRegistered();
    store::v1::Dossier dossier = file.dossier;
    const int64_t number = ItemOfResource(file, resource);
    if (FindOwn<Items>(dossier, number, file.caller.agency()) == nullptr) return NoSuchItem();
    return Describe(file, dossier, number);
  }

 private:
  Written Describe(const CaseFile& file, store::v1::Dossier& dossier, int64_t number) const {
    const auto* item = FindOwn<Items>(dossier, number, file.caller.agency());
    Written written;
    written.resource =
        absl::StrCat("subject/", file.subject.value, "/", Items::kCollection, "/", number);
    written.version = item->origin().revision();
    written.value = std::make_unique<typename Items::Value>(Show<Items>(*item, file, names_));
    return written;
  }

  const SubjectNames& names_;
  Edit edit_;
};

// The edit that adds one item.
template <typename Items>
typename DossierEdit<Items>::Edit Adding(typename Items::Value value) {
  return [value = std::move(value)](const CaseFile& file, store::v1::Dossier& dossier) {
    typename Items::Item& item = *Items::In(dossier)->Add();
    *item.mutable_origin() = NextOrigin(file, dossier);
    *item.mutable_value() = value;
    item.mutable_value()->clear_name();
    if constexpr (requires { item.mutable_value()->clear_etag(); }) {
      item.mutable_value()->clear_etag();
    }
    return absl::StatusOr<int64_t>(item.origin().number());
  };
}

// The edit that ends one item on a day.
template <typename Items>
typename DossierEdit<Items>::Edit Ending(int64_t number, std::string etag, std::string valid_to) {
  return [number, etag = std::move(etag), valid_to = std::move(valid_to)](
             const CaseFile& file, store::v1::Dossier& dossier) -> absl::StatusOr<int64_t> {
    typename Items::Item* item = FindNamed<Items>(file, dossier, number);
    if (item == nullptr) return NoSuchItem();
    absl::Status matches = CheckEtag(etag, item->origin().revision());
    if (!matches.ok()) return matches;
    if (!item->value().valid_from().empty() && valid_to < item->value().valid_from()) {
      return FieldInvalid("valid_to: lies before valid_from; state a later day");
    }
    item->mutable_value()->set_valid_to(valid_to);
    item->mutable_origin()->set_revision(item->origin().revision() + 1);
    return item->origin().number();
  };
}

// One page of the caller's own items, oldest first.
template <typename Value>
struct ItemPage {
  std::vector<Value> values;
  int64_t next_after = 0;  // 0: there is no next page
};

template <typename Items>
class ItemLister : public RecordSource<ItemPage<typename Items::Value>> {
 public:
  using Value = typename Items::Value;
  ItemLister(const SubjectNames& names, int64_t after, int page_size,
             std::function<bool(const Value&)> wanted)
      : names_(names), after_(after), page_size_(page_size), wanted_(std::move(wanted)) {}

 private:
  absl::StatusOr<std::optional<ItemPage<Value>>> Fetch(const CaseFile& file,
                                                       ReadView&) const override {
    if (!file.facts.subject_known) return std::nullopt;
    store::v1::Dossier dossier = file.dossier;
    ItemPage<Value> page;
    int64_t last = 0;
    for (const typename Items::Item& item : *Items::In(dossier)) {
      if (item.origin().agency() != file.caller.agency().value()) continue;
      if (item.origin().number() <= after_ || !wanted_(item.value())) continue;
      if (static_cast<int>(page.values.size()) == page_size_) {
        page.next_after = last;
        break;
      }
      page.values.push_back(Show<Items>(item, file, names_));
      last = item.origin().number();
    }
    return page;
  }

  const SubjectNames& names_;
  int64_t after_;
  int page_size_;
  std::function<bool(const Value&)> wanted_;
};

// A page of at most 200 things; 50 when the caller does not say.
int PageSize(int asked);
// What the page tokens of an answer are sealed for: the list, and every field of the request but
// the page's size and token. A token is good for the question that it was given to, and no other.
std::string PageListOf(const Desks& desks, absl::string_view list,
                       const google::protobuf::Message& request);
// The position in the token; FIELD_INVALID when it is not this caller's token for this list.
absl::StatusOr<int64_t> ReadPageToken(const Desks& desks, const Caller& caller,
                                      absl::string_view list, const std::string& token);

// The Ask of a mutation about the child named `subject` (a reference or an item's subject).
template <typename Req>
absl::StatusOr<Ask> ItemAsk(const Desks& desks, const Caller& caller, const char* method,
                            const char* action, const Req& request, const std::string& subject) {
  Ask ask = MutationAsk(desks, method, action, request.request_id(), request);
  absl::StatusOr<SubjectRef> ref = ReadSubject(desks, caller, subject);
  if (!ref.ok()) return ref.status();
  ask.subject = *std::move(ref);
  ask.request.custodian = caller.agency();
  if constexpr (requires { request.unit(); }) {
    absl::Status unit = CheckUnit(caller, request.unit());
    if (!unit.ok()) return unit;
    ask.request.custodian_unit = ActingUnit(caller, request.unit());
  }
  ask.request.case_reference = request.case_reference();
  if constexpr (requires { request.validate_only(); }) ask.validate_only = request.validate_only();
  return ask;
}

// The Ask of reading one's own items about a child.
absl::StatusOr<Ask> OwnReadingAsk(const Desks& desks, const Caller& caller, const char* method,
                                  const char* action, const std::string& subject);

}  // namespace ehc

#endif  // EHC_SERVER_SERVICES_DOSSIER_ITEMS_H_
