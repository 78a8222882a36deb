#include "server/model/joined.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace ehc {
namespace {

using store::v1::Dossier;
using store::v1::JoinedSubject;

using Agencies = google::protobuf::RepeatedPtrField<std::string>;

bool Has(const Agencies& agencies, const std::string& agency) {
  return std::find(agencies.begin(), agencies.end(), agency) != agencies.end();
}

void AddOnce(Agencies& agencies, const std::string& agency) {
  if (!Has(agencies, agency)) *agencies.Add() = agency;
}

void Remove(Agencies& agencies, const std::string& agency) {
  agencies.erase(std::remove(agencies.begin(), agencies.end(), agency), agencies.end());
}

// Of an agency that the member brought: it stays where it registered another number too.
void TakeOut(const std::string& agency, Dossier& root) {
  for (JoinedSubject& other : *root.mutable_joined()) {
    if (!Has(other.registered_by(), agency)) continue;
    AddOnce(*other.mutable_added(), agency);
    return;
  }
  Remove(*root.mutable_registered_by(), agency);
}

// Every kind of item that bears an origin.
template <typename Do>
void ForEachKind(Dossier& a, Dossier& b, Do visit) {
  visit(*a.mutable_identifiers(), *b.mutable_identifiers());
  visit(*a.mutable_relationships(), *b.mutable_relationships());
  visit(*a.mutable_consents(), *b.mutable_consents());
  visit(*a.mutable_protections(), *b.mutable_protections());
  visit(*a.mutable_capacities(), *b.mutable_capacities());
  visit(*a.mutable_standing_decisions(), *b.mutable_standing_decisions());
  visit(*a.mutable_accounts(), *b.mutable_accounts());
}

bool IsOwn(const JoinedSubject& joined, int64_t item) {
  return item > joined.offset() && item <= joined.offset() + joined.last_number();
}

using Protections = google::protobuf::RepeatedPtrField<store::v1::ProtectionItem>;

// Of those set since the join: about the member, or about the others.
Protections ProtectionsSince(const Dossier& root, const JoinedSubject& joined, bool about_member) {
  Protections since;
  for (const store::v1::ProtectionItem& item : root.protections()) {
    const bool about = item.origin().about() == joined.subject();
    if (item.origin().number() > joined.joined_last() && about == about_member) *since.Add() = item;
  }
  return since;
}

void AddAsNew(Protections items, Dossier& dossier) {
  for (store::v1::ProtectionItem& item : items) {
    item.mutable_origin()->clear_about();
    dossier.set_last_number(dossier.last_number() + 1);
    item.mutable_origin()->set_number(dossier.last_number());
    *dossier.add_protections() = std::move(item);
  }
}

// A consent that says another one again names it by its number.
template <typename Item>
void Renumber(Item& item, int64_t by) {
  item.mutable_origin()->set_number(item.origin().number() + by);
  if constexpr (requires { item.reconfirms(); }) {
    if (item.reconfirms() != 0) item.set_reconfirms(item.reconfirms() + by);
  }
}

bool IsAmong(const Dossier& dossier, const store::v1::PlanTransferItem& transfer) {
  const auto& all = dossier.plan_transfers();
  return std::any_of(all.begin(), all.end(), [&](const store::v1::PlanTransferItem& one) {
    return one.transfer() == transfer.transfer();
  });
}

// What it says again is gone where it stayed with the other child.
template <typename Item>
void FollowReconfirmed(const std::map<int64_t, int64_t>& renumbered, Item& item) {
  if constexpr (requires { item.reconfirms(); }) {
    const auto found = renumbered.find(item.reconfirms());
    item.set_reconfirms(found == renumbered.end() ? 0 : found->second);
  }
}

// Moves the member's items out of `from` into `to`, each under its own number again; what has been
// recorded since keeps its number, under which it was named.
template <typename Items>
void TakeBack(const JoinedSubject& joined, Items& from, Items& to) {
  to.Clear();
  Items rest;
  std::map<int64_t, int64_t> renumbered;
  for (auto& item : from) {
    if (item.origin().about() != joined.subject()) {
      *rest.Add() = std::move(item);
      continue;
    }
    auto& back = *to.Add();
    back = std::move(item);
    const int64_t number = back.origin().number();
    const int64_t again = IsOwn(joined, number) ? number - joined.offset() : number;
    back.mutable_origin()->clear_about();
    back.mutable_origin()->set_number(again);
    renumbered[number] = again;
  }
  for (auto& item : to) FollowReconfirmed(renumbered, item);
  from = std::move(rest);
}

}  // namespace

const JoinedSubject* FindJoined(const Dossier& dossier, SubjectId number) {
  for (const JoinedSubject& joined : dossier.joined()) {
    if (joined.subject() == number.value) return &joined;
  }
  return nullptr;
}

bool IsNumberOf(const Dossier& dossier, SubjectId root, SubjectId number) {
  return number.known() && (number == root || FindJoined(dossier, number) != nullptr);
}

SubjectId NumberFor(const Dossier& dossier, SubjectId root, SubjectId named,
                    const AgencyId& agency) {
  if (dossier.joined().empty()) return root;
  const JoinedSubject* under = nullptr;
  bool only_added = false;
  for (const JoinedSubject& joined : dossier.joined()) {
    if (!Has(joined.registered_by(), agency.value())) continue;
    if (under == nullptr) under = &joined;
    only_added = only_added || Has(joined.added(), agency.value());
  }
  if (under == nullptr) return IsRegisteredBy(dossier, agency) ? root : named;
  return only_added ? SubjectId{under->subject()} : root;
}

bool IsRegisteredAs(const Dossier& dossier, SubjectId root, SubjectId number,
                    const AgencyId& agency) {
  const JoinedSubject* joined = FindJoined(dossier, number);
  if (joined != nullptr) return Has(joined->registered_by(), agency.value());
  const auto& all = dossier.joined();
  return number == root && IsRegisteredBy(dossier, agency) &&
         std::none_of(all.begin(), all.end(),
                      [&](const JoinedSubject& one) { return Has(one.added(), agency.value()); });
}

SubjectId NumberMeantBy(const Dossier& dossier, SubjectId root, SubjectId named,
                        const AgencyId& agency) {
  return IsRegisteredAs(dossier, root, named, agency) ? named
                                                      : NumberFor(dossier, root, named, agency);
}

int64_t ItemNumberOf(const Dossier& dossier, SubjectId number, int64_t code) {
  if (code < 0) return -code;
  const JoinedSubject* joined = FindJoined(dossier, number);
  return joined == nullptr ? code : code + joined->offset();
}

int64_t ItemCodeOf(const Dossier& dossier, SubjectId number, int64_t item) {
  const JoinedSubject* joined = FindJoined(dossier, number);
  if (joined == nullptr) return item;
  return IsOwn(*joined, item) ? item - joined->offset() : -item;
}

bool IsRegisteredBy(const Dossier& dossier, const AgencyId& agency) {
  return Has(dossier.registered_by(), agency.value());
}

void AddRegistration(Dossier& dossier, SubjectId root, SubjectId number, const AgencyId& agency) {
  for (JoinedSubject& joined : *dossier.mutable_joined()) {
    if (number == root) Remove(*joined.mutable_added(), agency.value());
    if (number == root || joined.subject() != number.value) continue;
    if (!IsRegisteredBy(dossier, agency)) AddOnce(*joined.mutable_added(), agency.value());
    AddOnce(*joined.mutable_registered_by(), agency.value());
  }
  AddOnce(*dossier.mutable_registered_by(), agency.value());
}

void JoinInto(Dossier& root, SubjectId root_number, SubjectId member, Dossier& dossier) {
  Dossier joining = dossier;
  dossier.set_joined_into(root_number.value);
  const int64_t offset = root.last_number();
  JoinedSubject& joined = *root.add_joined();
  joined.set_subject(member.value);
  joined.set_offset(offset);
  joined.set_last_number(dossier.last_number());
  *joined.mutable_registered_by() = dossier.registered_by();
  if (root.person().date_of_birth().empty() && !dossier.person().date_of_birth().empty()) {
    *joined.mutable_person_before() = root.person();
    *root.mutable_person() = dossier.person();
  }
  for (const std::string& agency : dossier.registered_by()) {
    if (Has(root.registered_by(), agency)) continue;
    *joined.add_added() = agency;
    *root.add_registered_by() = agency;
  }
  ForEachKind(root, joining, [&](auto& to, auto& from) {
    for (auto& item : from) {
      Renumber(item, offset);
      if (item.origin().about() == 0) item.mutable_origin()->set_about(member.value);
      *to.Add() = std::move(item);
    }
  });
  root.set_last_number(offset + dossier.last_number());
  joined.set_joined_last(root.last_number());
  for (JoinedSubject further : dossier.joined()) {
    further.set_offset(further.offset() + offset);
    further.set_joined_last(root.last_number());
    *root.add_joined() = std::move(further);
  }
  for (const int64_t child : dossier.children()) root.add_children(child);
  root.mutable_plan_transfers()->MergeFrom(dossier.plan_transfers());
}

Dossier SplitFrom(Dossier& root, SubjectId root_number, SubjectId member, const Dossier& before) {
  const JoinedSubject joined = *FindJoined(root, member);  // a copy: it is removed below
  Dossier own = before;
  own.clear_joined_into();
  if (joined.has_person_before()) *root.mutable_person() = joined.person_before();
  Protections of_others = ProtectionsSince(root, joined, false);
  Protections of_member = ProtectionsSince(root, joined, true);
  ForEachKind(root, own, [&](auto& from, auto& to) { TakeBack(joined, from, to); });
  // A name given while they were one never means something newer.
  if (root.last_number() > joined.joined_last()) own.set_last_number(root.last_number());
  AddAsNew(std::move(of_others), own);
  AddAsNew(std::move(of_member), root);
  *own.mutable_registered_by() = joined.registered_by();
  // What had been joined to it before it was joined itself stays with the root.
  for (const JoinedSubject& further : before.joined()) {
    for (const std::string& agency : further.added()) Remove(*own.mutable_registered_by(), agency);
  }
  own.clear_joined();
  auto& all = *root.mutable_joined();
  all.erase(std::remove_if(all.begin(), all.end(),
                           [&](const JoinedSubject& one) { return one.subject() == member.value; }),
            all.end());
  for (const std::string& agency : joined.added()) TakeOut(agency, root);
  auto& transfers = *root.mutable_plan_transfers();
  transfers.erase(std::remove_if(transfers.begin(), transfers.end(),
                                 [&](const auto& one) { return IsAmong(before, one); }),
                  transfers.end());
  auto& children = *root.mutable_children();
  for (const int64_t child : before.children()) {
    const auto found = std::find(children.begin(), children.end(), child);
    if (found != children.end()) children.erase(found);
  }
  root.add_kept_apart(member.value);
  root.add_parted_from(member.value);
  own.add_kept_apart(root_number.value);
  own.add_parted_from(root_number.value);
  return own;
}

}  // namespace ehc
